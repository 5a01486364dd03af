"""What a file is, found from its bytes: its name proves nothing. Nothing that is packed is ever unpacked for it."""

from __future__ import annotations

import re
import struct
import unicodedata
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from waystation.hall.notes.shapes import CheckedFile
from waystation.kernel.refusals import Refused, require
from waystation.kernel.values import file_digest

LONGEST_NAME = 120
MOST_ENTRIES = 5_000  # in the table of contents of an office document
HEAD = 4096
TAIL = 22 + 0xFFFF  # where the end of a zip's table of contents must lie


@dataclass(frozen=True)
class Kind:
    """A kind of file that is taken: its media type, its word for people and the endings its names have."""

    media: str
    word: Any
    endings: tuple[str, ...]


_office = "application/vnd.openxmlformats-officedocument."
_open = "application/vnd.oasis.opendocument."
PNG = Kind("image/png", gettext_lazy("picture"), (".png",))
JPEG = Kind("image/jpeg", gettext_lazy("picture"), (".jpg", ".jpeg"))
GIF = Kind("image/gif", gettext_lazy("picture"), (".gif",))
WEBP = Kind("image/webp", gettext_lazy("picture"), (".webp",))
PDF = Kind("application/pdf", "PDF", (".pdf",))
CSV = Kind("text/csv", gettext_lazy("table (CSV)"), (".csv", ".tsv", ".txt"))
TEXT = Kind("text/plain", gettext_lazy("plain text"), (".txt", ".md", ".log", ".json", ".geojson"))
DOCX = Kind(f"{_office}wordprocessingml.document", gettext_lazy("text document"), (".docx",))
XLSX = Kind(f"{_office}spreadsheetml.sheet", gettext_lazy("spreadsheet"), (".xlsx",))
PPTX = Kind(f"{_office}presentationml.presentation", gettext_lazy("presentation"), (".pptx",))
ODT = Kind(f"{_open}text", gettext_lazy("text document"), (".odt",))
ODS = Kind(f"{_open}spreadsheet", gettext_lazy("spreadsheet"), (".ods",))
ODP = Kind(f"{_open}presentation", gettext_lazy("presentation"), (".odp",))
DOC = Kind("application/msword", gettext_lazy("text document"), (".doc",))
XLS = Kind("application/vnd.ms-excel", gettext_lazy("spreadsheet"), (".xls",))
PPT = Kind("application/vnd.ms-powerpoint", gettext_lazy("presentation"), (".ppt",))
KINDS = {
    one.media: one for one in (PNG, JPEG, GIF, WEBP, PDF, CSV, TEXT, DOCX, XLSX, PPTX, ODT, ODS, ODP, DOC, XLS, PPT)
}

PICTURES = ((b"\x89PNG\r\n\x1a\n", PNG), (b"\xff\xd8\xff", JPEG), (b"GIF87a", GIF), (b"GIF89a", GIF))
PARTS = (
    ("word/document.xml", DOCX),
    ("xl/workbook.xml", XLSX),
    ("xl/workbook.bin", XLSX),
    ("ppt/presentation.xml", PPTX),
)
STREAMS = (("WordDocument", DOC), ("Workbook", XLS), ("Book", XLS), ("PowerPoint Document", PPT))
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MARKUP = re.compile(rb"\A\s*(<|\xef\xbb\xbf\s*<)|<\s*(!doctype|html|script|svg|iframe|body|\?xml)", re.IGNORECASE)
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")


def checked(path: Path, name: str) -> CheckedFile:
    """The file with its kind, size and digest. Raises Refused ``notes.file_empty``, ``notes.file_too_large``, ``notes.file_not_taken``."""
    size = path.stat().st_size
    require(size, "notes.file_empty")
    most = settings.ATTACHMENT_LIMIT_BYTES
    require(size <= most, "notes.file_too_large", most=most // (1024 * 1024))
    return CheckedFile(path, plain_name(name), kind_of(path).media, size, file_digest(path))


def plain_name(name: str) -> str:
    """A file's name without folders and without characters that are not seen or turn the direction of writing."""
    last = re.split(r"[/\\]", name)[-1]
    kept = "".join(c for c in last if unicodedata.category(c)[0] != "C").strip(" .")
    stem, dot, ending = kept.rpartition(".")
    if len(kept) > LONGEST_NAME:
        kept = f"{stem[: LONGEST_NAME - 12]}{dot}{ending[:8]}"
    return kept or _("unnamed file")


def served_name(name: str, kind: str) -> str:
    """The name it is downloaded under, whose ending says what is in it: ``report.pdf.exe``, a PDF, is ``report.pdf.exe.pdf``."""
    endings = KINDS[kind].endings
    return name if name.lower().endswith(endings) else f"{name}{endings[0]}"


def kind_of(path: Path) -> Kind:
    """What is in the file. Raises Refused ``notes.file_not_taken``, saying what it seems to be."""
    with path.open("rb") as stream:
        head = stream.read(HEAD)
    for mark, kind in PICTURES:
        if head.startswith(mark):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head.startswith(b"%PDF-"):
        return PDF
    if head.startswith(b"PK"):
        return _packed(path, head)
    if head.startswith(COMPOUND):
        return _compound(path.read_bytes())
    return _written(path)


def _not_taken(what: str) -> Refused:
    return Refused("notes.file_not_taken", what=what)


def _packed(path: Path, head: bytes) -> Kind:
    """An office document, from the table of contents alone; nothing in it is unpacked."""
    if head[30:38] == b"mimetype":  # OpenDocument: the first entry, kept as it is
        return _open_document(path, head)
    names = _contents(path)
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise _not_taken(_("an office document with macros"))
    found = next((kind for part, kind in PARTS if part in names and "[Content_Types].xml" in names), None)
    if found is None:
        raise _not_taken(_("an archive"))
    return found


def _open_document(path: Path, head: bytes) -> Kind:
    size, extra = struct.unpack("<I", head[18:22])[0], struct.unpack("<H", head[28:30])[0]
    said = head[38 + extra : 38 + extra + min(size, 100)].decode("ascii", "replace")
    if any(name.startswith("Basic/") for name in _contents(path)):
        raise _not_taken(_("an office document with macros"))
    found = KINDS.get(said)
    if found not in (ODT, ODS, ODP):
        raise _not_taken(_("an archive"))
    return found


def _contents(path: Path) -> set[str]:
    """Names in a zip's table of contents, which is read only when it is short."""
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - TAIL))
        tail = stream.read()
    end = tail.rfind(b"PK\x05\x06")
    count = struct.unpack("<H", tail[end + 10 : end + 12])[0] if 0 <= end <= len(tail) - 22 else 0xFFFF
    if count > MOST_ENTRIES:
        raise _not_taken(_("an archive"))
    try:
        with zipfile.ZipFile(path) as packed:
            return set(packed.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, struct.error) as broken:
        raise _not_taken(_("a damaged archive")) from broken


def _compound(content: bytes) -> Kind:
    """An office document of the time before 2007, from the names of its streams."""
    if _stream("_VBA_PROJECT") in content:
        raise _not_taken(_("an office document with macros"))
    found = next((kind for name, kind in STREAMS if _stream(name) in content), None)
    if found is None:
        raise _not_taken(_("of a kind that is not known"))
    return found


def _stream(name: str) -> bytes:
    return name.encode("utf-16-le") + b"\0\0"


def _written(path: Path) -> Kind:
    """Text: whatever reads as such, has no control characters and is no page that a browser would run."""
    content = path.read_bytes()
    coding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = content.decode(coding)
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")  # spreadsheets of many offices still write it
    if CONTROLS.search(text) or "\ufffd" in text:
        raise _not_taken(_("of a kind that is not known"))
    if MARKUP.search(text[:HEAD].encode()):
        raise _not_taken(_("a web page or a drawing that may hold a program"))
    return CSV if _tabular(text) else TEXT


def _tabular(text: str) -> bool:
    """Whether the first lines have the same number of separators, and some."""
    lines = [line for line in text[: 16 * HEAD].splitlines()[:6] if line.strip()][:5]
    counts = [{line.count(mark) for line in lines} for mark in (",", ";", "\t")]
    return len(lines) > 1 and any(len(one) == 1 and one != {0} for one in counts)
