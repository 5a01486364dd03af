"""Files that a person names, and files that are whole or not there."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from pathlib import Path

from waystation.kernel.refusals import require


def files_of(names: Iterable[str]) -> list[Path]:
    """Paths of files that are there. Raises Refused ``kernel.no_file``."""
    found = [Path(name) for name in names]
    for path in found:
        require(path.is_file(), "kernel.no_file", path=path)
    return found


def put(path: Path, chunks: Iterable[bytes], mode: int = 0o644, *, anew: bool = True) -> None:
    """Write a file durably and put it in place at once: a full disk or a lost process leaves what was there before.

    ``anew`` False keeps a file that is there already, whoever wrote it first. Raises OSError.
    """
    unfinished = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as stream:
            for chunk in chunks:
                stream.write(chunk)
            stream.flush()
            os.fsync(stream.fileno())
        if anew:
            os.replace(unfinished, path)
        else:
            os.link(unfinished, path)
    except FileExistsError:
        if anew:
            raise
    finally:
        unfinished.unlink(missing_ok=True)
