"""Numbers and dates as people write them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waystation.intake.dates import FORMS, column_form, read_date
from waystation.intake.numbers import Unread, column_style, read_decimal, read_integer, style_of

Style = Literal["point", "comma"]
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
whole = st.integers(-(10**15), 10**15)
exact = st.decimals(-(10**9), 10**9, places=4)


@given(whole, st.sampled_from(["", ",", " ", "\u00a0", "\u202f", "'", "’"]))
def test_whole_numbers_in_the_point_style(number: int, mark: str) -> None:
    assert read_integer(f"{number:,}".replace(",", mark), "point") == number


@given(whole)
def test_whole_numbers_in_the_comma_style_and_in_arabic(number: int) -> None:
    assert read_integer(f"{number:,}".replace(",", "."), "comma") == number
    assert read_integer(f"{number:,}".replace(",", "٬").translate(ARABIC)) == number


@given(exact, st.sampled_from(["point", "comma"]))
def test_decimals_are_exact_in_both_styles(number: Decimal, style: Style) -> None:
    text = f"{number:,.4f}"
    text = text if style == "point" else text.replace(",", " ").replace(".", ",").replace(" ", ".")
    assert read_decimal(text, style) == number
    assert isinstance(read_decimal(text, style), Decimal)
    assert style_of(text) in (style, "either")


@given(st.text(alphabet="0123456789.,-+ ()eE", max_size=15), st.sampled_from(["point", "comma", None]))
def test_whatever_is_written_is_a_number_or_is_refused(text: str, style: Style | None) -> None:
    try:
        value = read_decimal(text, style)
    except Unread:
        return
    digits = [c for c in text if c.isdecimal()]
    assert "".join(digits).strip("0") == "".join(c for c in f"{value:f}" if c.isdecimal()).strip("0")


@given(st.integers(1, 999), st.integers(0, 999))
def test_what_fits_both_styles_is_refused_without_a_style(left: int, right: int) -> None:
    for mark in ",.":
        with pytest.raises(Unread) as caught:
            read_integer(f"{left}{mark}{right:03}")
        assert caught.value.code == "number_unclear"


@pytest.mark.parametrize(
    "text, style, value",
    [("(12)", None, -12), ("−7", None, -7), ("- 7", None, -7), ("+5", None, 5), (" 12.0 ", None, 12), ("007", None, 7),
     ("1 234 567", None, 1234567), ("12,34,567", None, 1234567), ("1.234,00", None, 1234), ("١٢٣", None, 123)],
)  # fmt: skip
def test_ways_to_write_a_whole_number(text: str, style: Style | None, value: int) -> None:
    assert read_integer(text, style) == value


@pytest.mark.parametrize(
    "text, style, code",
    [("12.5", None, "not_whole"), ("1.234", "point", "number_unclear"), ("1,234", "comma", "number_unclear"),
     ("1.234.567", "point", "number_unclear"), ("abc", None, "not_a_number"), ("", None, "not_a_number"),
     ("1.2E+05", None, "number_shortened"), ("12%", None, "not_a_number"), ("1,23,45", None, "not_a_number"),
     ("--5", None, "not_a_number"), (".", "point", "not_a_number"), ("1_000", None, "not_a_number")],
)  # fmt: skip
def test_what_is_no_whole_number(text: str, style: Style | None, code: str) -> None:
    with pytest.raises(Unread) as caught:
        read_integer(text, style)
    assert caught.value.code == code


@pytest.mark.parametrize(
    "texts, counts, style, code",
    [
        (["1", "20"], True, None, None),
        (["1,234", "12"], True, "point", None),
        (["1.234", "12"], True, "comma", None),
        (["1,234", "1.234"], True, None, "mixed_decimals"),
        (["1,234.5", "2.345,6"], False, None, "mixed_decimals"),
        (["1,234.5", "1.234"], True, None, "mixed_decimals"),
        (["1,234", "1.234"], False, None, "mixed_decimals"),
        (["1,234"], False, None, "ambiguous_decimals"),
        (["1,234", "0,5"], False, "comma", None),
        (["1,234", "1,234,567"], False, "point", None),
        (["Not available", "-"], True, None, None),
    ],
)
def test_the_style_of_a_column(texts: list[str], counts: bool, style: str | None, code: str | None) -> None:
    assert column_style(texts, counts)[:2] == (style, code)


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.sampled_from(FORMS))
def test_dates_come_back(day: date, form: str) -> None:
    back = read_date(day.strftime(form), form)
    assert (back.month, back.day, back.year % 100) == (day.month, day.day, day.year % 100)
    if "%Y" in form:
        assert back == day
    assert read_date(day.isoformat()) == read_date(f"{day}T10:20:30Z") == day


@pytest.mark.parametrize(
    "texts, form, code",
    [
        (["2021-01-02", "2021-01-02T00:00:00"], "iso", None),
        (["25/12/2021", "01/02/2021"], "%d/%m/%Y", None),
        (["12/25/2021", "01/02/2021"], "%m/%d/%Y", None),
        (["01/02/2021", "03/04/2021"], None, "ambiguous_dates"),
        (["01/01/2021", "02/02/2021"], "%d/%m/%Y", None),
        (["03-Mar-21"], "%d-%b-%y", None),
        (["44197", "44228"], "serial", None),
        (["20210131"], "iso", None),
        (["soon"], None, None),
        ([], "iso", None),
    ],
)
def test_the_form_of_a_column_of_dates(texts: list[str], form: str | None, code: str | None) -> None:
    assert column_form(texts)[:2] == (form, code)


@pytest.mark.parametrize("text", ["2021-02-30", "x", "31/12/2021"])
def test_what_is_no_date(text: str) -> None:
    with pytest.raises(Unread):
        read_date(text)
