"""Small bad files, built in code."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable
from xml.sax.saxutils import escape

import pytest

from waystation.intake import Source, letters, open_table
from waystation.kernel.refusals import Refused

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="dd\\-mmm\\-yy"/>'
    '<numFmt numFmtId="165" formatCode="[h]:mm"/></numFmts><cellXfs count="4"><xf numFmtId="0"/><xf numFmtId="14"/>'
    '<xf numFmtId="164"/><xf numFmtId="165"/></cellXfs></styleSheet>'
)


class Raw(str):
    """A cell given as its XML: everything after the place, such as ``t="e"><v>#REF!</v>``."""


def cell_xml(place: str, value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Raw):
        return f'<c r="{place}" {value}</c>'
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    return f'<c r="{place}"><v>{value}</v></c>'


def sheet_xml(rows: Iterable[Iterable[object]], merged: Iterable[str] = (), before: str = "") -> str:
    lines = "".join(
        f'<row r="{n}">' + "".join(cell_xml(f"{letters(i)}{n}", v) for i, v in enumerate(row)) + "</row>"
        for n, row in enumerate(rows, 1)
    )
    areas = "".join(f'<mergeCell ref="{area}"/>' for area in merged)
    merges = f"<mergeCells>{areas}</mergeCells>" if areas else ""
    return f'{before}<worksheet xmlns="{MAIN}"><sheetData>{lines}</sheetData>{merges}</worksheet>'


def book_bytes(
    sheets: dict[str, str], *, more: dict[str, str] | None = None, hidden: str = "", settings: str = ""
) -> bytes:
    """An .xlsx of sheets given as XML, with more parts or parts replaced."""
    states = {hidden: 'state="hidden" '}
    listed = "".join(
        f'<sheet name="{name}" sheetId="{n}" {states.get(name, "")}r:id="rId{n}"/>' for n, name in enumerate(sheets, 1)
    )
    relations = "".join(
        f'<Relationship Id="rId{n}" Type="{RELATIONS}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, len(sheets) + 1)
    )
    styles = f'<Relationship Id="rIdS" Type="{RELATIONS}/styles" Target="styles.xml"/>'
    strings = f'<Relationship Id="rIdT" Type="{RELATIONS}/sharedStrings" Target="/xl/sharedStrings.xml"/>'
    parts = {
        "xl/workbook.xml": (
            f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">{settings}<sheets>{listed}</sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": f"<Relationships>{relations}{styles}{strings}</Relationships>",
        "xl/styles.xml": STYLES,
        **{f"xl/worksheets/sheet{n}.xml": xml for n, xml in enumerate(sheets.values(), 1)},
        **(more or {}),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


@pytest.fixture(scope="session")
def raw() -> type[Raw]:
    return Raw


@pytest.fixture(scope="session")
def book() -> Callable[..., bytes]:
    """An .xlsx of one sheet from rows of values."""

    def build(rows: Iterable[Iterable[object]], merged: Iterable[str] = (), before: str = "", **more: object) -> bytes:
        return book_bytes({"Sheet 1": sheet_xml(rows, merged, before)}, **more)  # type: ignore[arg-type]  # passed on

    return build


@pytest.fixture(scope="session")
def books() -> Callable[..., bytes]:
    """An .xlsx of several sheets from rows of values by name."""

    def build(sheets: dict[str, Iterable[Iterable[object]]], **more: object) -> bytes:
        return book_bytes({n: sheet_xml(r) for n, r in sheets.items()}, **more)  # type: ignore[arg-type]  # passed on

    return build


@pytest.fixture(scope="session")
def csv_of() -> Callable[..., Source]:
    """A source opened from the text of a CSV file."""

    def build(text: str, name: str = "file.csv") -> Source:
        return open_table(text.encode(), name=name)

    return build


@pytest.fixture(scope="session")
def code_of() -> Callable[..., str]:
    """The code of the refusal that a call ends in; its message must be complete and name the file."""

    def run(call: Callable[[], object]) -> str:
        with pytest.raises(Refused) as caught:
            call()
        problem = caught.value.problems[0]
        assert problem.message
        assert "{" not in problem.message
        assert problem.file
        return caught.value.code.removeprefix("intake.")

    return run
