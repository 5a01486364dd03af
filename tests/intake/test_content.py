"""What is refused before or while opening a file, by its content and never by its name."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from waystation.intake import Limits, open_table
from waystation.intake.content import Content
from waystation.kernel.refusals import Refused

Bytes = Callable[..., bytes]
Code = Callable[..., str]
SMALL = b"name,count\nA,1\nB,2\n"


def test_a_file_beyond_the_limit_is_refused_before_it_is_read(tmp_path: Path, code_of: Code) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as out:  # a sparse file: 200 MB that take no room
        out.truncate(200 << 20)
    with pytest.raises(Refused) as caught:
        open_table(path, name="large.csv")
    assert caught.value.code == "intake.too_large"
    assert caught.value.status == 413
    assert "200.0 MB" in str(caught.value)
    assert code_of(lambda: open_table(SMALL, name="f", limits=Limits(bytes=5))) == "too_large"


@pytest.mark.parametrize("content", [b"", b"  \n\n", b"\xef\xbb\xbf", gzip.compress(b"")])
def test_an_empty_file_is_refused(content: bytes, code_of: Code) -> None:
    assert code_of(lambda: open_table(content, name="f.csv")) == "empty_file"


@pytest.mark.parametrize(
    "content, code",
    [
        (b"%PDF-1.7 ...", "not_a_table"),
        (b"\x89PNG\r\n", "not_a_table"),
        (b"<?xml version='1.0'?><a/>", "not_a_table"),
        (b"\x01\x00\x02\x00\x03\x00\x00\x00" * 40, "not_a_table"),
        (b"<!DOCTYPE html><html>Sign in</html>", "web_page"),
        (b"\n <html><table>", "web_page"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old_workbook"),
    ],
)
def test_what_is_no_table_is_named_and_refused(content: bytes, code: str, code_of: Code) -> None:
    assert code_of(lambda: open_table(content, name="data.csv")) == code


def zipped(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def test_other_archives_are_refused(code_of: Code) -> None:
    for part in ("word/document.xml", "content.xml", "xl/workbook.bin", "data.csv"):
        archive = zipped({part: b"x"})
        assert code_of(lambda content=archive: open_table(content, name="f.xlsx")) == "not_a_table"


def test_a_workbook_called_csv_and_a_csv_called_xlsx_are_read_as_what_they_are(book: Bytes) -> None:
    as_csv = open_table(book([["name", "count"], ["A", 1]]), name="round.csv")
    assert as_csv.kind == "xlsx"
    assert [f.code for f in as_csv.findings] == ["intake.named_otherwise"]
    assert "an Excel workbook" in as_csv.findings[0].message
    as_xlsx = open_table(SMALL, name="round.xlsx")
    assert (as_xlsx.kind, len(as_xlsx.findings)) == ("csv", 1)
    assert not open_table(SMALL, name="round.csv").findings


def test_gzip_is_unpacked_within_limits(book: Bytes, code_of: Code, tmp_path: Path) -> None:
    assert [c.header for c in open_table(gzip.compress(SMALL), name="f.csv.gz").columns] == ["name", "count"]
    assert open_table(gzip.compress(book([["name", "n"], ["A", 1]])), name="f.xlsx.gz").kind == "xlsx"
    bomb = gzip.compress(b"a,b\n" + b"0,0\n" * 2_000_000)
    assert code_of(lambda: open_table(bomb, name="f.gz")) == "unpacks_too_large"
    varied = gzip.compress(b"a,b\n" + b"".join(b"%d,%d\n" % (i, i * i) for i in range(100_000)))
    assert code_of(lambda: open_table(varied, name="f.gz", limits=Limits(unpacked=100_000))) == "unpacks_too_large"
    assert code_of(lambda: open_table(varied[:-2000], name="f.gz")) == "truncated"
    assert code_of(lambda: open_table(varied[:50] + b"junk" + varied[54:], name="f.gz")) == "damaged"


def test_a_large_gzip_waits_on_disk_and_is_removed() -> None:
    text = b"a,b\n" + b"".join(b"%d,%d\n" % (i, i * i) for i in range(1_200_000))
    content = Content(gzip.compress(text, 1), "f.csv.gz", Limits())
    path: Any = content._origin
    assert isinstance(path, Path)
    assert content.head(4) == b"a,b\n"
    del content
    assert not path.exists()


def test_zip_bombs_are_refused_by_declared_size_and_ratio(book: Bytes, books: Bytes, code_of: Code) -> None:
    bomb = book([["a", "b"], ["x", 1]], more={"xl/media/zero.xml": "0" * 30_000_000})
    assert code_of(lambda: open_table(bomb, name="f.xlsx")) == "unpacks_too_large"
    fine = book([["a", "b"], ["x", 1]], more={"xl/media/zero.xml": "0" * 300_000})
    assert code_of(lambda: open_table(fine, name="f.xlsx", limits=Limits(unpacked=200_000))) == "unpacks_too_large"
    assert open_table(fine, name="f.xlsx").columns


def test_a_declared_size_that_lies_is_not_believed(book: Bytes, code_of: Code) -> None:
    """The sheet says it unpacks to 10 bytes and unpacks to more: reading stops at 10 and the check sum fails."""
    content = bytearray(book([["name", "count"], *[["A", i] for i in range(500)]]))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    where = content.rfind(size.to_bytes(4, "little"))
    content[where : where + 4] = (10).to_bytes(4, "little")
    assert code_of(lambda: open_table(bytes(content), name="f.xlsx")) == "damaged"


def test_unsafe_names_and_entities_are_refused(book: Bytes, code_of: Code) -> None:
    for part in ("../../etc/passwd", "/etc/passwd", "xl/..\\..\\x", "C:/x"):
        evil = book([["a"], ["b"]], more={part: "x"})
        assert code_of(lambda content=evil: open_table(content, name="f.xlsx")) == "unsafe_archive"
    laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
    assert code_of(lambda: open_table(book([["a"], ["b"]], before=laughs), name="f.xlsx")) == "unsafe_xml"
    outside = '<!DOCTYPE x SYSTEM "file:///etc/passwd">'
    assert code_of(lambda: open_table(book([["a"], ["b"]], before=outside), name="f.xlsx")) == "unsafe_xml"


def test_truncated_and_broken_workbooks_are_refused(book: Bytes, code_of: Code) -> None:
    whole = book([["name", "count"], ["A", 1]])
    assert code_of(lambda: open_table(whole[: len(whole) // 2], name="f.xlsx")) == "truncated"
    broken = book([["name"]], more={"xl/worksheets/sheet1.xml": "<worksheet><sheetData><row>"})
    assert code_of(lambda: open_table(broken, name="f.xlsx")) == "damaged"
    empty = book([])
    assert code_of(lambda: open_table(empty, name="f.xlsx")) == "no_rows"


def test_rows_and_columns_are_limited(book: Bytes, code_of: Code) -> None:
    limits = Limits(rows=3, columns=3)
    long: list[list[object]] = [["name", "count"], *[["A", i] for i in range(9)]]
    wide: list[list[object]] = [["a", "b", "c", "d"], [1, 2, 3, 4]]
    for rows, code in ((long, "too_many_rows"), (wide, "too_many_columns")):
        text = "\n".join(",".join(map(str, r)) for r in rows).encode()
        for content in (book(rows), text):
            assert code_of(lambda c=content: list(open_table(c, name="f", limits=limits).lines())) == code
    listed = b'[{"a": 1}, {"a": 2}, {"a": 3}, {"a": 4}]'
    assert code_of(lambda: list(open_table(listed, name="f", limits=limits).lines())) == "too_many_rows"
    keys = b'[{"a": 1, "b": 1, "c": 1, "d": 1}]'
    assert code_of(lambda: open_table(keys, name="f", limits=limits)) == "too_many_columns"


def test_a_cell_at_the_far_corner_costs_nothing(book: Bytes) -> None:
    xml = (
        '<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>name</t></is></c></row>'
        '<row r="2"><c r="A2" t="inlineStr"><is><t>A</t></is></c><c r="XFD2" s="1"/></row>'
        '<row r="1048576"><c r="A1048576"><v>7</v></c></row></sheetData></worksheet>'
    )
    source = open_table(book([], more={"xl/worksheets/sheet1.xml": xml}), name="f.xlsx")
    assert list(source.lines()) == [(2, ["A"]), (1_048_576, [7])]
