"""Zip archives, opened with suspicion: no bombs, no parts that lead elsewhere, only as much as they declare.

Python's zipfile never reads a part beyond the size it declares, so what is declared is what has to be bounded.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from waystation.intake.content import MEBIBYTE, Content, refuse_bomb
from waystation.intake.refusals import refuse

# What Python's zipfile raises for archives that are not what they say.
BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, RuntimeError)
MEMBERS = 20_000


def is_zip(content: Content) -> bool:
    """Whether the content is a zip archive, by its first bytes."""
    return content.head(4) in (b"PK\x03\x04", b"PK\x05\x06")


@contextmanager
def opened(content: Content) -> Iterator[zipfile.ZipFile]:
    """The archive, inspected. Raises Refused: broken off, a bomb, parts whose names lead out of it."""
    with content.open() as stream:
        try:
            archive = zipfile.ZipFile(stream)
        except BROKEN as error:
            refuse("truncated", file=content.name, detail=str(error))
        with archive:
            _inspect(archive, content)
            yield archive


@contextmanager
def member(archive: zipfile.ZipFile, name: str, file: str) -> Iterator[IO[bytes]]:
    """A part of the archive ``file`` as a stream; what goes wrong in unpacking it is a refusal."""
    try:
        with archive.open(name) as stream:
            yield stream
    except BROKEN as error:
        refuse("damaged", file=file, detail=f"{name}: {error}")


def _inspect(archive: zipfile.ZipFile, content: Content) -> None:
    limits, entries = content.limits, archive.infolist()
    if sum(e.file_size for e in entries) > limits.unpacked or len(entries) > MEMBERS:
        refuse_bomb(content.name, limits, sum(e.file_size for e in entries) // content.size)
    for entry in entries:
        name = entry.filename.replace("\\", "/")
        if name.startswith("/") or ".." in name.split("/") or re.match(r"[A-Za-z]:", name):
            refuse("unsafe_archive", file=content.name, part=entry.filename)
        if entry.file_size > MEBIBYTE and entry.file_size > limits.ratio * max(entry.compress_size, 1):
            refuse_bomb(content.name, limits, entry.file_size // max(entry.compress_size, 1))
