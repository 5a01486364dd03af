"""The bytes of a file: how large they may be, how they are opened, and what they are (never by name)."""

from __future__ import annotations

import gzip
import io
import os
import tempfile
import weakref
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal, NoReturn

from waystation.intake.refusals import refuse

Kind = Literal["csv", "xlsx", "json"]
MEBIBYTE = 1 << 20
CHUNK = 1 << 18


@dataclass(frozen=True)
class Limits:
    """What is too much: bytes as sent, rows, columns, ``unpacked`` bytes in all and per packed byte (``ratio``)."""

    bytes: int = 150 * MEBIBYTE
    rows: int = 2_000_000
    columns: int = 2_000
    ratio: int = 200
    unpacked: int = 2048 * MEBIBYTE


def size_in_words(size: int) -> str:
    """A size in bytes as a person reads it."""
    return f"{size / MEBIBYTE:.1f} MB" if size >= MEBIBYTE // 10 else f"{size / 1024:.1f} kB"


def refuse_bomb(name: str, limits: Limits, ratio: int) -> NoReturn:
    """Refuse a file that unpacks too far."""
    refuse("unpacks_too_large", file=name, limit=size_in_words(limits.unpacked), ratio=ratio)


class Content:
    """A named file, from a path or from bytes, unpacked from gzip if it was packed.

    Refuses what is larger than ``limits.bytes`` before reading any of it.
    """

    def __init__(self, origin: str | os.PathLike[str] | bytes, name: str, limits: Limits) -> None:
        self.name, self.limits = name, limits
        self._origin: Path | bytes = origin if isinstance(origin, bytes) else Path(origin)
        self.size = len(origin) if isinstance(origin, bytes) else os.stat(origin).st_size
        if self.size > limits.bytes:
            refuse("too_large", file=name, size=size_in_words(self.size), limit=size_in_words(limits.bytes))
        if not self.size:
            refuse("empty_file", file=name)
        self.packed = False
        if self.head(2) == b"\x1f\x8b":
            self._unpack()

    def open(self) -> BinaryIO:
        """A new stream from the first byte on; the caller closes it."""
        if isinstance(self._origin, bytes):
            return io.BytesIO(self._origin)
        return self._origin.open("rb")

    def head(self, size: int = CHUNK) -> bytes:
        """The first bytes."""
        with self.open() as stream:
            return stream.read(size)

    def _unpack(self) -> None:
        """Unpack gzip into memory or, when large, into a temporary file that goes away with this object."""
        packed, size = self.size, 0
        with tempfile.SpooledTemporaryFile(max_size=16 * MEBIBYTE) as spool:
            try:
                with self.open() as raw, gzip.GzipFile(fileobj=raw) as stream:
                    while chunk := stream.read(CHUNK):
                        size += len(chunk)
                        if size > self.limits.unpacked or (size > MEBIBYTE and size > packed * self.limits.ratio):
                            refuse_bomb(self.name, self.limits, size // packed)
                        spool.write(chunk)
            except EOFError:
                refuse("truncated", file=self.name, detail="gzip")
            except (OSError, zlib.error) as error:
                refuse("damaged", file=self.name, detail=f"gzip: {error}")
            if not size:
                refuse("empty_file", file=self.name)
            spool.seek(0)
            self.size, self.packed = size, True
            self._origin = spool.read() if size <= 16 * MEBIBYTE else self._on_disk(spool)

    def _on_disk(self, spool: tempfile.SpooledTemporaryFile[bytes]) -> Path:
        handle, path = tempfile.mkstemp(prefix="intake-")
        weakref.finalize(self, os.unlink, path)
        with os.fdopen(handle, "wb") as out:
            while chunk := spool.read(CHUNK):
                out.write(chunk)
        return Path(path)


_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"PAR1", "a Parquet file"),
    (b"SQLite format 3", "a database"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"{\\rtf", "a text document"),
)


def sniff(content: Content) -> Kind:
    """What the content is, by its first bytes. Refuses what is certainly no table."""
    head = content.head(4096)
    if head[:4] == b"PK\x03\x04" or head[:4] == b"PK\x05\x06":
        return "xlsx"
    if head[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        refuse("old_workbook", file=content.name)
    for start, what in _SIGNATURES:
        if head.startswith(start):
            refuse("not_a_table", file=content.name, what=what)
    text = _as_text(head)
    if not text:
        refuse("empty_file", file=content.name)
    lowered = text[:500].lower()
    if lowered.startswith(("<!doctype html", "<table")) or "<html" in lowered:
        refuse("web_page", file=content.name)
    if lowered.startswith(("<?xml", "<svg")):
        refuse("not_a_table", file=content.name, what="an XML document")
    rest = text[1:].lstrip()
    if text[0] == "{" and rest[:1] in ('"', "}"):
        return "json"
    if text[0] == "[" and rest[:1] in tuple('{["]'):
        return "json"
    return "csv"


def _as_text(head: bytes) -> str:
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig")):
        if head.startswith(mark):
            return head.decode(encoding, "replace").strip()
    return head.decode("latin-1").strip(" \t\r\n\x00")
