"""Zipped boundaries, unpacked with suspicion: no bombs, no paths that lead elsewhere, only what belongs to a layer."""

from __future__ import annotations

import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from waystation.intake.content import size_in_words
from waystation.kernel.refusals import Problem, Refused

MEBIBYTE = 1 << 20
SENT = 200 * MEBIBYTE  # of a file as it comes
UNPACKED = 800 * MEBIBYTE  # of an archive's members together
RATIO = 100  # unpacked bytes per packed byte, of what is larger than a mebibyte
MEMBERS = 200
LAYERS = (".shp", ".geojson", ".json", ".topojson", ".gpkg")
BESIDE = (".shx", ".dbf", ".prj", ".cpg")


def refuse(code: str, file: str, /, **params: object) -> Refused:
    """The refusal of a whole file, to be raised."""
    return Refused(problems=[Problem(f"places.{code}", params, file=file)])


@contextmanager
def layer_file(path: Path, name: str) -> Iterator[Path]:
    """The file that holds the layer: ``path`` itself, or the one layer of a zip archive, unpacked for the time of the block.

    Raises Refused: too large, a bomb, paths that lead out of the archive, no layer or several.
    """
    size = path.stat().st_size
    if size > SENT:
        raise refuse("file_too_large", name, size=size_in_words(size), limit=size_in_words(SENT))
    if not zipfile.is_zipfile(path):
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="places-") as folder:
        try:
            with zipfile.ZipFile(path) as archive:
                found = _unpacked(archive, Path(folder), name)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
            raise refuse("archive_damaged", name, detail=str(error)) from error
        yield found


def _unpacked(archive: zipfile.ZipFile, folder: Path, name: str) -> Path:
    members = [one for one in archive.infolist() if not one.is_dir()]
    if len(members) > MEMBERS:
        raise refuse("archive_of_many", name, count=len(members), limit=MEMBERS)
    for one in members:
        place = PurePosixPath(one.filename.replace("\\", "/"))
        linked = (one.external_attr >> 16) & 0o170000 == 0o120000
        if place.is_absolute() or ".." in place.parts or ":" in place.parts[0] or linked:
            raise refuse("archive_leads_out", name, member=one.filename)
    wanted = [
        one
        for one in members
        if Path(one.filename).suffix.lower() in LAYERS + BESIDE and "__MACOSX" not in one.filename
    ]
    layers = [one for one in wanted if Path(one.filename).suffix.lower() in LAYERS]
    if len(layers) != 1:
        names = ", ".join(sorted(one.filename for one in layers)[:8]) or ", ".join(
            sorted(m.filename for m in members)[:8]
        )
        raise refuse("archive_of_layers" if layers else "archive_without_layer", name, names=names)
    stem = PurePosixPath(layers[0].filename).with_suffix("")
    left, found = UNPACKED, folder
    for one in wanted:
        if PurePosixPath(one.filename).with_suffix("") == stem:
            to = folder / f"layer{Path(one.filename).suffix.lower()}"
            left -= _copied(archive, one, to, left, name)
            found = to if one is layers[0] else found
    return found


def _copied(archive: zipfile.ZipFile, member: zipfile.ZipInfo, to: Path, left: int, name: str) -> int:
    """Copy one member, counting what really comes out: the sizes an archive states are not believed."""
    size = 0
    with archive.open(member) as packed, to.open("wb") as out:
        while chunk := packed.read(1 << 18):
            size += len(chunk)
            if size > left or (size > MEBIBYTE and size > RATIO * max(member.compress_size, 1)):
                raise refuse("archive_bomb", name, limit=size_in_words(UNPACKED), ratio=RATIO)
            out.write(chunk)
    return size
