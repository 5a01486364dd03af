"""Screens on paper: accessible, honest, in the reader's language, with every text taken as data."""

from __future__ import annotations

import hashlib
import io
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pypdf
import pytest

from waystation.kernel.screens import (
    Bars,
    Choice,
    Column,
    Facts,
    Form,
    Link,
    Map,
    Notice,
    Number,
    Numbers,
    Point,
    Question,
    Screen,
    Shape,
    Slider,
    Table,
    Trend,
)
from waystation.surfaces import paper
from waystation.surfaces.paper import fetch_fonts

PRINTED = datetime(2026, 12, 4, 9, 30, tzinfo=UTC)
MARKUP = '#panic("x") $x$ *bold* _it_ <label> @ref \\u{41} //no `raw` = not a heading [c] "q"'
SQUARE = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]}
NUMBERS = (1234567.0, -9876.0, 45000.5)


def screen(**changed: object) -> Screen:
    rows = [{"name": f"Site {i}", "people": 1000.0 + i, "share": i / 120, "day": date(2026, 1, 1)} for i in range(120)]
    columns = [
        Column("name", "Name of the site"),
        Column("people", "People", "number"),
        Column("share", "Share", "share"),
        Column("day", "Day", "date"),
    ]
    whole = Screen(
        title="Displaced people",
        summary="One sentence a colleague could read aloud.",
        source="Displacement tracking",
        as_of=date(2026, 11, 30),
        parents=[Link("Places", "/places/")],
        links=[Link("The figure behind it", "/figures/1/")],
        blocks=[
            Notice("Read this first", "attention"),
            Numbers([Number("People", n, "persons") for n in NUMBERS] + [Number("Gone", None)]),
            Facts([("Day", date(2026, 12, 3)), ("Nothing", None), ("Yes", True)]),
            Map(
                "Map",
                "A square",
                [Shape("1", "x", SQUARE, 5), Shape("2", "y", SQUARE)],
                unit="people",
                note="Not a border.",
            ),
            Trend("Trend", "Two points", [Point(date(2026, 1, 1), 4, coverage=0.5), Point(date(2026, 2, 1), 6)]),
            Bars("Bars", "Two bars", [("One", 1), ("None", None)]),
            Slider("round", "Round", [("1", "Round 1", 0.5), ("2", "Round 2", None)], "2"),
            Choice("area", "Area", [("a", "North"), ("b", "South")], "b"),
            Form("Send", [Question("q", "Question not for paper")]),
            Table(columns, rows, "Sites", "Counted once", {"name": "Total", "people": 2.0e9}),
            Table([Column("a", "A")], [], "Nothing", empty="Add a site first."),
        ],
    )
    return replace(whole, **changed)  # type: ignore[arg-type] # tests change one field by name


def printed(shown: Screen, locale: str = "en") -> pypdf.PdfReader:
    made = paper.pdf(
        shown, locale=locale, printed_at=PRINTED, organisation="Waystation", page_url="https://w.example/a/"
    )
    return pypdf.PdfReader(io.BytesIO(made))


def text(reader: pypdf.PdfReader) -> str:
    return "\n".join(page.extract_text() for page in reader.pages)


def flat(words: str) -> str:
    """Words without isolates and with single spaces, as a reader compares them."""
    return re.sub(r"\s+", " ", re.sub("[\u2066-\u2069\u200e]", "", words))


def test_a_page_is_accessible_and_says_what_it_is() -> None:
    reader = printed(screen())
    assert reader.metadata is not None
    assert reader.metadata.title == "Displaced people"
    assert str(reader.root_object["/Lang"]) == "en"
    assert "/StructTreeRoot" in reader.root_object
    assert b"<pdfuaid:part>1</pdfuaid:part>" in paper.pdf(screen(), printed_at=PRINTED)
    box = reader.pages[0].mediabox
    assert (round(box.width), round(box.height)) == (595, 842)


def test_pictures_have_their_words() -> None:
    made = paper.pdf(screen(), printed_at=PRINTED)
    alternatives = {
        str(o["/Alt"])
        for o in (ref.get_object() for ref in _objects(made))
        if isinstance(o, pypdf.generic.DictionaryObject) and "/Alt" in o
    }
    assert {"A square", "Two points", "Two bars"} <= alternatives


def _objects(made: bytes) -> list[pypdf.generic.IndirectObject]:
    reader = pypdf.PdfReader(io.BytesIO(made))
    return [pypdf.generic.IndirectObject(i, 0, reader) for i in range(1, len(reader.xref_objStm) + len(reader.xref[0]))]


def test_everything_shown_is_there_and_controls_are_sentences() -> None:
    words = flat(text(printed(screen())))
    for part in (
        "Places", "One sentence a colleague could read aloud.", "Read this first", "1,234,567", "-9,876", "45,000.5",
        "not available", "3 Dec 2026", "Not a border.", "No data", "Round: Round 2", "Area: South", "Site 119",
        "Counted once", "Total 2,000,000,000", "Add a site first.", "See also: The figure behind it",
    ):  # fmt: skip
        assert part in words, part
    assert "Question not for paper" not in words


def test_every_page_has_its_number_source_and_date_and_tables_repeat_their_head() -> None:
    reader = printed(screen())
    assert len(reader.pages) > 2
    for number, page in enumerate(reader.pages, start=1):
        words = flat(page.extract_text())
        assert "Source: Displacement tracking" in words
        assert "As of 30 Nov 2026" in words
        assert "Printed 4 Dec 2026, 09:30" in words
        assert f"Page {number} of {len(reader.pages)}" in words
        assert "https://w.example/a/" in words
    with_rows = [p for p in reader.pages if re.search(r"Site \d", p.extract_text())]
    assert len(with_rows) > 1
    assert all("Name of the site" in p.extract_text() for p in with_rows)


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_texts_are_data_never_markup(locale: str) -> None:
    table = Table([Column("a", MARKUP)], [{"a": MARKUP}, {"a": Link(MARKUP, "/x/")}], MARKUP, MARKUP, {"a": MARKUP})
    shown = screen(
        title=MARKUP,
        summary=MARKUP,
        source=MARKUP,
        links=[Link(MARKUP, "/")],
        blocks=[
            Notice(MARKUP),
            Facts([(MARKUP, MARKUP)], MARKUP),
            table,
            Bars(MARKUP, MARKUP, [(MARKUP, 1)], MARKUP),
            Map(MARKUP, MARKUP, [Shape("1", MARKUP, SQUARE, 1)], unit=MARKUP, note=MARKUP),
            Numbers([Number(MARKUP, 1, MARKUP, MARKUP)]),
        ],
    )
    words = flat(text(printed(shown, locale)))
    assert words.count("$x$") >= 12
    assert "*bold*" in words
    assert "@ref" in words


@pytest.mark.parametrize(
    "locale, expected",
    [
        ("en", ("1,234,567", "-9,876", "45,000.5")),
        ("fr", ("1 234 567", "-9 876", "45 000,5")),
        ("es", ("1.234.567", "-9.876", "45.000,5")),
        ("ru", ("1 234 567", "-9 876", "45 000,5")),
        ("ar", ("1,234,567", "-9,876", "45,000.5")),
        ("ar-eg", ("١٬٢٣٤٬٥٦٧", "٩٬٨٧٦", "٤٥٬٠٠٠٫٥")),
    ],
)
def test_numbers_are_those_of_the_reader_and_in_order(locale: str, expected: tuple[str, ...]) -> None:
    words = flat(text(printed(screen(), locale)))
    for number in expected:
        assert number in words


def test_a_right_to_left_page_is_one_and_keeps_each_number_in_one_piece() -> None:
    columns = [Column("n", "الاسم"), Column("v", "العدد", "number")]
    values = [1000 * i + 7 * i for i in range(1, 40)]
    # Names without digits: text extraction joins neighbouring cells of a right-to-left row.
    rows = [{"n": "موقع", "v": -v if i % 5 == 0 else v} for i, v in enumerate(values)]
    shown = screen(title="النازحون", summary="عدد النازحين", blocks=[Table(columns, rows, "المواقع")])
    reader = printed(shown, "ar")
    assert str(reader.root_object["/Lang"]) == "ar"
    assert reader.viewer_preferences is not None
    assert str(reader.viewer_preferences.direction) == "/R2L"
    found = re.findall(r"-?\d[\d,]*", re.sub("[\u2066-\u2069\u200e]", "", text(reader)))
    kept = {int(n.replace(",", "")) for n in found}
    assert {r["v"] for r in rows} <= kept


def test_many_columns_turn_the_page() -> None:
    columns = [Column(str(i), f"Column {i}") for i in range(9)]
    box = printed(screen(blocks=[Table(columns, [{str(i): i for i in range(9)}])])).pages[0].mediabox
    assert box.width > box.height


def test_the_same_screen_at_the_same_moment_is_the_same_file() -> None:
    one, other = (paper.pdf(screen(), printed_at=PRINTED) for _ in range(2))
    assert hashlib.sha256(one).digest() == hashlib.sha256(other).digest()
    assert paper.pdf(screen(), printed_at=PRINTED.replace(tzinfo=None))


def test_an_empty_screen_and_a_letter_without_a_font_still_print() -> None:
    assert len(printed(Screen("", [])).pages) == 1
    shown = Screen("A name \U0001f600 \u12a2\u1275\u12ee\u1335\u12eb \x00 \x07", [Notice("\u4e2d\u6587\ufffe")])
    assert len(printed(shown).pages) == 1


def test_fonts_fetched_are_those_expected(tmp_path: Path) -> None:
    assert not fetch_fonts.complete(tmp_path)
    if not fetch_fonts.complete(paper.FONTS):
        pytest.skip("the fonts were not fetched: run python -m waystation.surfaces.paper.fetch_fonts")
    fetch_fonts.fetch(paper.FONTS)  # nothing to do, and nothing asked of an index
    families = {f.family for f in paper.fonts().fonts()}
    assert {"Noto Sans", "Noto Naskh Arabic", "Noto Sans Arabic", "Noto Sans SC"} <= families
    used = {str(f) for f in re.findall(rb"/BaseFont\s*/\w+\+([\w-]+)", paper.pdf(screen(), printed_at=PRINTED))}
    assert not {f for f in used if "Liberation" in f}
