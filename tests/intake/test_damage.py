"""Whatever a file holds, it is read or refused: nothing else comes out."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from waystation.intake import Field, Source, Tally, batches, open_table, propose, rows
from waystation.kernel.refusals import Refused

FIELDS = [
    Field("area", "code", hxl=("#adm1+code",)),
    Field("name", "text"),
    Field("day", "date"),
    Field("people", "integer", minimum=0),
    Field("share", "decimal"),
]
LINES = [["area", "name", "day", "people", "share"], ["SS01", "Été", "2021-03-01", "1,234", "0.5"]]
LINES += [[f"SS{i:02}", "Juba", "2021-03-02", str(i), "1.25"] for i in range(5)] + [["Total", "", "", "10", ""]]
CSV = "\n".join(";".join(line) for line in LINES).encode()
JSON = json.dumps({"ok": True, "result": [dict(zip(LINES[0], line, strict=True)) for line in LINES[1:]]}).encode()
UNHURRIED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)

edits = st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 6), st.binary(max_size=6)), min_size=1, max_size=4)


def damage(content: bytes, changes: list[tuple[int, int, bytes]]) -> bytes:
    for at, cut, put in changes:
        at %= len(content) + 1
        content = content[:at] + put + content[at + cut :]
    return content


def survives(content: bytes) -> None:
    with contextlib.suppress(Refused):
        source = open_table(content, name="f")
        mapping = propose(source, FIELDS)
        tally = Tally()
        for _batch in batches(source, mapping, FIELDS, tally=tally):
            pass
        for problem in [*tally.problems, *tally.findings, *mapping.problems]:
            assert str(problem)
        assert 0 <= mapping.matches(source).score <= 1


@UNHURRIED
@given(st.sampled_from([CSV, JSON, CSV.decode().encode("utf-16"), CSV.decode().encode("cp1252")]), edits)
def test_text_files(content: bytes, changes: list[tuple[int, int, bytes]]) -> None:
    survives(damage(content, changes))


@UNHURRIED
@given(edits)
def test_workbooks_as_bytes(book: Callable[..., bytes], changes: list[tuple[int, int, bytes]]) -> None:
    survives(damage(book(LINES), changes))


tokens = st.sampled_from(
    ['r="x"', 's="-1"', 't="s"', 't="d"', "<v>1e999</v>", "<v>-5</v>", "<f>A1</f>", "<c/>", "<row>", "</c>", "&#0;", "é",
     "<v>99999999999999999999</v>", 'r="ZZZZZZ9"', 'r="1"', "<is/>", "<t>_xD800_</t>", "<v></v>", "</sheetData>"]
)  # fmt: skip


@UNHURRIED
@given(st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 9), tokens), min_size=1, max_size=4))
def test_workbooks_as_xml(book: Callable[..., bytes], changes: list[tuple[int, int, str]]) -> None:
    from tests.intake.conftest import sheet_xml  # the fixture builds whole books only

    xml = sheet_xml(LINES, ["A3:A5", "B1:C1"]).encode()
    xml = damage(xml, [(at, cut, token.encode()) for at, cut, token in changes])
    survives(book([], more={"xl/worksheets/sheet1.xml": xml.decode("utf-8", "replace")}))


def test_halves_of_characters_become_whole_or_show_as_damage(book: Callable[..., bytes]) -> None:
    for content in (
        b'[{"name": "\\ud83d\\ude00"}, {"name": "\\ud83d"}]',
        book([["name"], ["_xD83D__xDE00_"], ["_xD83D_"]]),
    ):
        source: Source = open_table(content, name="f")
        found = list(rows(source, propose(source, FIELDS), FIELDS))
        assert [r.values["name"] for r in found] == ["😀", "\ufffd"]
        assert [len(r.findings) for r in found] == [0, 1]
