"""Numbers, shares and days as each language says them."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from babel import Locale
from django.utils.translation import override

from waystation.kernel.screens import Link, Percent, Sentence
from waystation.surfaces import wording

DAY = date(2026, 12, 3)


@pytest.mark.parametrize(
    "locale, number, share, day, month",
    [
        ("en", "1,234,567.5", "12.5%", "3 Dec 2026", "Dec 2026"),
        ("fr", "1\u202f234\u202f567,5", "12,5\u00a0%", "3 déc. 2026", "déc. 2026"),
        ("es", "1.234.567,5", "12,5\u00a0%", "3 dic 2026", "dic 2026"),
        ("ru", "1\u00a0234\u00a0567,5", "12,5\u00a0%", "3 дек. 2026\u202fг.", "дек. 2026\u202fг."),
        ("zh-hans", "1,234,567.5", "12.5%", "2026年12月3日", "2026年12月"),
        ("ar", "1,234,567.5", "12.5%", "3 ديسمبر 2026", "ديسمبر 2026"),
        ("ar-eg", "١٬٢٣٤٬٥٦٧٫٥", "١٢٫٥%", "٣ ديسمبر ٢٠٢٦", "ديسمبر ٢٠٢٦"),
        ("uk", "1\u00a0234\u00a0567,5", "12,5%", "3 груд. 2026\u202fр.", "груд. 2026\u202fр."),
    ],
)
def test_a_language_says_numbers_and_days_its_own_way(
    locale: str, number: str, share: str, day: str, month: str
) -> None:
    Locale("zh").months  # noqa: B018 # loads Chinese month names, which Babel then mixes into other languages' own
    assert wording.number(1234567.5, locale) == number
    assert wording.share(0.125, locale, 1) == share
    assert wording.day(DAY, locale) == day
    assert wording.month(DAY, locale) == month


def test_absent_zero_and_almost_zero_never_look_alike() -> None:
    said = [wording.number(v, "en") for v in (None, 0, 0.00012, -0.004)]
    assert said == ["not available", "0", "0.00012", "-0.004"]
    assert [wording.number(v, "en") for v in (math.nan, math.inf, Decimal("NaN"))] == ["not available"] * 3
    assert [wording.share(v, "en") for v in (None, 0, 0.004, 0.5, 0.996, 1)] == [
        "not available",
        "0%",
        "0.4%",
        "50%",
        "99.6%",
        "100%",
    ]
    assert wording.day(None, "en") == wording.percent_point(None, "en") == "not available"


def test_decimals_are_as_asked() -> None:
    assert [wording.number(v, "en", 1) for v in (3, 2.25, Decimal("2.35"))] == ["3.0", "2.2", "2.4"]
    assert wording.number(10**18 + 1, "en") == "1,000,000,000,000,000,001"
    assert wording.number(Decimal("0.10"), "en") == "0.1"
    assert "E" in wording.number(1e300, "en")
    assert wording.short_number(12_345_678, "en") == "12.3M"


def test_a_difference_of_shares_has_its_sign() -> None:
    assert wording.percent_point(0.031, "en") == "+3.1 percentage points"
    assert wording.percent_point(-0.031, "en") == "\u22123.1 percentage points"


def test_right_to_left_keeps_the_minus_in_front() -> None:
    assert wording.direction("ar") == "rtl"
    assert wording.direction("en") == "ltr"
    assert wording.number(-5, "ar") == "\u200e-5"
    assert wording.isolated("5") == "\u20665\u2069"
    assert wording.isolated("عدد", "ar") == "\u2067عدد\u2069"


def test_any_value_can_be_said() -> None:
    moment = datetime(2026, 12, 3, 14, 5, tzinfo=UTC)
    values = (None, True, 5, DAY, moment, Link("A page", "/a/"), "text")
    assert [wording.said(v, "text", "en") for v in values] == [
        "not available",
        "yes",
        "5",
        "3 Dec 2026",
        "3 Dec 2026, 14:05",
        "A page",
        "text",
    ]
    assert wording.said(0.5, "share", "en") == "50%"
    assert wording.number(5, "no-such-language") == "5"


def test_a_sentence_says_its_values_in_the_readers_language() -> None:
    told = Sentence("{n} of {all} people ({share}) on {day}, {who}", {
        "n": 1234, "all": 2468, "share": Percent(0.5), "day": date(2026, 12, 3), "who": "Amina",
    })  # fmt: skip
    with override("en"):
        assert str(told) == "1,234 of 2,468 people (50%) on 3 Dec 2026, Amina"
    with override("ar-eg"):
        assert "\u2066١٬٢٣٤\u2069" in str(told)
        assert wording.said(told, "text", "ar-eg") == str(told)
