"""A piece of the tests' workshop in Dakar, which Amina and the people of her office's duties see, and Chiara in Nairobi does not."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

from tests.kernel.workshop import make
from tests.personas import Personas
from waystation.hall.notes import api
from waystation.kernel.acts import do

REGISTER = "workshop.pieces"


def piece(people: Personas, name: str = "Tent") -> Any:
    """A new piece, made by Amina."""
    with people.asking(people.amina):
        return do(make, name=name, weight=12).record


def attach(folder: Path, ref: str, content: bytes, name: str = "list.txt", register: str = REGISTER) -> Any:
    """Attach some bytes under a name, as whoever is asking."""
    path = folder / "upload"
    path.write_bytes(content)
    return api.attach(register, ref, path=path, name=name)


def packed(**parts: bytes) -> bytes:
    """A zip of named parts; double underscores stand for slashes, and names end with ``_xml`` for ``.xml``."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b"<Types/>")
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin"), content)
    return made.getvalue()
