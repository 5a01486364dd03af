"""Attachments: what is in a file counts and not its name; content is kept once, for those who see the record, and goes for good."""

from __future__ import annotations

import os
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.kernel.workshop import declared
from tests.personas import Personas
from waystation.hall.notes import acts, api
from waystation.hall.notes.models import Attachment
from waystation.hall.notes.queries import kinds
from waystation.hall.notes.queries.stored import folder, path_of
from waystation.hall.notes.tests.making import REGISTER, attach, packed, piece
from waystation.kernel.acts import do
from waystation.kernel.refusals import Refused

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
TAKEN = {
    "picture.png": (b"\x89PNG\r\n\x1a\n" + b"\0" * 20, "image/png"),
    "photo.JPG": (b"\xff\xd8\xff\xe0" + b"\0" * 20, "image/jpeg"),
    "move.gif": (b"GIF89a" + b"\0" * 20, "image/gif"),
    "new.webp": (b"RIFF\x10\0\0\0WEBPVP8 ", "image/webp"),
    "letter.pdf": (b"%PDF-1.7\n%", "application/pdf"),
    "lists.csv": (b"a;b\n1;2\n", "text/csv"),
    "noms.csv": ("nom,âge\nHélène,4\n".encode("cp1252"), "text/csv"),
    "utf16.txt": ("قائمة".encode("utf-16"), "text/plain"),
    "note.txt": ("قائمة المواقع 3 < 4".encode(), "text/plain"),
    "report.docx": (packed(word__document_xml=b"x"), kinds.DOCX.media),
    "table.xlsx": (packed(xl__workbook_xml=b"x"), kinds.XLSX.media),
    "talk.pptx": (packed(ppt__presentation_xml=b"x"), kinds.PPTX.media),
    "old.xls": (OLE + "Workbook".encode("utf-16-le") + b"\0\0", "application/vnd.ms-excel"),
    "old.doc": (OLE + "WordDocument".encode("utf-16-le") + b"\0\0", "application/msword"),
}
PAGE = b"<html><script>alert(1)</script></html>"
HOSTILE = {
    "page.png": PAGE,
    "page.txt": b"\xef\xbb\xbf \n<!DOCTYPE html>",
    "late.csv": b"a,b\n1,<script>alert(1)</script>\n",
    "drawing.svg": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "page16.txt": PAGE.decode().encode("utf-16"),
    "archive.docx": packed(readme_xml=b"x"),
    "macros.xlsx": packed(xl__workbook_xml=b"x", xl__vbaProject_bin=b"x"),
    "cut.docx": packed(word__document_xml=b"x")[:-30],
    "many.docx": b"PK\x03\x04" + b"PK\x05\x06" + b"\0" * 4 + b"\xff\xff\xff\xff" + b"\0" * 10,
    "macros.xls": OLE + "Workbook\0_VBA_PROJECT\0".encode("utf-16-le"),
    "installer.msi": OLE,
    "program.exe": b"MZ\x90\0\x03\0\0\0",
    "program.pdf": b"\x7fELF\x02\x01\x01\0",
}


@pytest.fixture
def tent(personas: Personas) -> Iterator[Any]:
    with declared():
        yield piece(personas)


def contents() -> list[str]:
    return sorted(one.name for one in folder().glob("??/*"))


@pytest.mark.parametrize("name", TAKEN)
def test_what_is_taken_is_known_by_its_bytes(personas: Personas, tent: Any, tmp_path: Path, name: str) -> None:
    content, kind = TAKEN[name]
    with personas.asking(personas.amina):
        made = attach(tmp_path, tent.ref, content, "whatever.it.says")
        assert (made.kind, made.size) == (kind, len(content))
        assert api.attachment_file(made.ref).path.read_bytes() == content


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_not_taken_leaves_nothing(personas: Personas, tent: Any, tmp_path: Path, name: str) -> None:
    with personas.asking(personas.amina), pytest.raises(Refused) as no:
        attach(tmp_path, tent.ref, HOSTILE[name], name)
    assert no.value.code == "notes.file_not_taken"
    assert not Attachment._base_manager.exists()
    assert contents() == []


def test_a_bomb_is_never_opened(personas: Personas, tent: Any, tmp_path: Path) -> None:
    """Ten gigabytes of nothing in ten megabytes: an archive is refused and an office document kept, at once, both unopened."""
    bomb = tmp_path / "bomb"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b"<Types/>")
        archive.writestr("xl/workbook.xml", b"\0" * 50_000_000)
    content = bomb.read_bytes().replace((50_000_000).to_bytes(4, "little"), (4_000_000_000).to_bytes(4, "little"))
    begun = time.process_time()
    with personas.asking(personas.amina):
        assert attach(tmp_path, tent.ref, content, "sheet.xlsx").kind == kinds.XLSX.media
        with pytest.raises(Refused):
            attach(tmp_path, tent.ref, content.replace(b"xl/workbook", b"xy/workbook"), "photo.png")
    assert time.process_time() - begun < 2


def test_too_large_empty_or_changed_meanwhile(personas: Personas, tent: Any, tmp_path: Path, settings: Any) -> None:
    settings.ATTACHMENT_LIMIT_BYTES = 10
    with personas.asking(personas.amina):
        for content, code in ((b"01234567890", "notes.file_too_large"), (b"", "notes.file_empty")):
            with pytest.raises(Refused) as no:
                attach(tmp_path, tent.ref, content)
            assert no.value.code == code
        (tmp_path / "upload").write_bytes(b"0123456789")
        checked = kinds.checked(tmp_path / "upload", "list.txt")
        (tmp_path / "upload").write_bytes(b"another")
        with pytest.raises(Refused) as no:
            do(acts.attach, about=tent, file=checked)
    assert no.value.code == "notes.file_changed"
    assert contents() == []
    assert not Attachment._base_manager.exists()


@pytest.mark.parametrize(
    "given,kept,served",
    [
        ("../../etc/passwd", "passwd", "passwd.txt"),
        ("C:\\Users\\x\\list.TXT", "list.TXT", "list.TXT"),
        ("report.pdf.exe", "report.pdf.exe", "report.pdf.exe.txt"),
        ("photo\u202egnp.exe", "photognp.exe", "photognp.exe.txt"),
        ("a\r\nSet-Cookie: x=1.txt", "aSet-Cookie: x=1.txt", "aSet-Cookie: x=1.txt"),
        ("قائمة.txt", "قائمة.txt", "قائمة.txt"),
        ("..", "unnamed file", "unnamed file.txt"),
        ("x" * 300 + ".txt", "x" * 108 + ".txt", "x" * 108 + ".txt"),
    ],
)
def test_a_name_is_text_and_leads_nowhere(
    personas: Personas, tent: Any, tmp_path: Path, given: str, kept: str, served: str
) -> None:
    with personas.asking(personas.amina):
        made = attach(tmp_path, tent.ref, b"some text", given)
        assert made.name == kept
        file = api.attachment_file(made.ref)
    assert file.name == served
    assert file.path.is_relative_to(folder())
    assert file.path.name == made.digest


def test_the_same_content_is_kept_once_and_goes_with_the_last(
    personas: Personas, tent: Any, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    other = piece(personas, "Pole")
    with personas.asking(personas.amina):
        first = attach(tmp_path, tent.ref, b"the same", "Maryam.txt")
        second = attach(tmp_path, other.ref, b"the same", "other.txt")
        assert contents() == [first.digest] == [second.digest]
        with django_capture_on_commit_callbacks(execute=True):
            do(acts.remove, Attachment.objects.get(ref=first.ref))
        assert contents() == [first.digest], "another record has it"
        with django_capture_on_commit_callbacks(execute=True):
            do(acts.remove, Attachment.objects.get(ref=second.ref))
        assert contents() == []
        (gone,) = api.attachments_of(REGISTER, tent.ref)
        assert (gone.removed, gone.name, gone.digest, gone.acts) == (True, "", first.digest, ())
        with pytest.raises(Refused) as no:
            api.attachment_file(first.ref)
        assert no.value.code == "notes.removed"
        again = attach(tmp_path, tent.ref, b"the same", "again.txt")
        assert api.attachment_file(again.ref).path.read_bytes() == b"the same"


def test_only_who_attached_it_or_a_steward_removes_it(personas: Personas, tent: Any, tmp_path: Path) -> None:
    type(tent).everything.filter(pk=tent.pk).update(office=personas.nairobi)
    with personas.asking(personas.chiara):
        made = attach(tmp_path, tent.ref, b"text")
    type(tent).everything.filter(pk=tent.pk).update(office=personas.dakar)
    with personas.asking(personas.amina), pytest.raises(Refused) as no:
        do(acts.remove, Attachment.objects.get(ref=made.ref))
    assert no.value.code == "kernel.not_allowed"


def test_a_lost_process_leaves_nothing_for_ever(personas: Personas, tent: Any, tmp_path: Path) -> None:
    with personas.asking(personas.amina):
        kept = attach(tmp_path, tent.ref, b"kept")
    left = path_of("ab" * 32)
    left.parent.mkdir(parents=True, exist_ok=True)
    left.write_bytes(b"left over")
    (left.parent / ".1234.part").write_bytes(b"half")
    assert api.sweep() == 0, "it may be under way"
    for one in folder().glob("??/*"):
        os.utime(one, (time.time() - 100_000,) * 2)
    assert api.sweep() == 2
    assert contents() == [kept.digest]


def test_files_are_handed_out_so_that_no_browser_runs_them(personas: Personas, tent: Any, tmp_path: Path) -> None:
    with personas.asking(personas.amina):
        made = attach(tmp_path, tent.ref, "naïve; list".encode(), "naïve list.txt")
    reader = Client()
    reader.force_login(personas.amina)
    answer = reader.get(f"/attachments/{made.ref}/")
    assert b"".join(answer.streaming_content) == "naïve; list".encode()
    assert answer["Content-Disposition"].startswith("attachment; filename*=")
    assert answer["Content-Type"] == "text/plain"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["Cache-Control"] == "private, no-store"
    assert "naïve" not in answer.request["PATH_INFO"]
    reader.force_login(personas.chiara)
    hidden, nothing = reader.get(f"/attachments/{made.ref}/"), reader.get("/attachments/ATT-00000000/")
    assert hidden.status_code == nothing.status_code == 404
    assert Client().get(f"/attachments/{made.ref}/").status_code == 302


def test_real_files_are_what_they_are(personas: Personas, tent: Any, shared_data: Path) -> None:
    """Workbooks (one of them an old one under a new name), tables and papers as organisations publish them; archives are refused."""
    expected = {".xlsx": {kinds.XLSX, kinds.XLS}, ".csv": {kinds.CSV, kinds.TEXT}, ".pdf": {kinds.PDF}}
    with personas.asking(personas.amina):
        for ending, allowed in expected.items():
            for path in small(shared_data, ending):
                made = api.attach(REGISTER, tent.ref, path=path, name=path.name)
                assert made.kind in {one.media for one in allowed}, path
        for path in small(shared_data, ".zip"):
            with pytest.raises(Refused):
                api.attach(REGISTER, tent.ref, path=path, name="photo.png")
        found = [one.kind for one in api.attachments_of(REGISTER, tent.ref)]
    assert found.count(kinds.XLSX.media) > 3
    assert kinds.XLS.media in found


def small(shared_data: Path, ending: str) -> list[Path]:
    return [one for one in sorted(shared_data.rglob(f"*{ending}")) if one.stat().st_size < 5_000_000][:8]
