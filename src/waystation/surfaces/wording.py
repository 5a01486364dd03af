"""How numbers, shares and days are said in a reader's language: the one place for every surface.

Babel (CLDR) knows separators, percent patterns and month names. Two of its habits are mended here: it writes
Latin digits whatever the locale's number system is, and its *stand-alone* month names leak from one language
into another once Chinese was loaded (seen in 2.18), so only the *format* names are used.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from babel.numbers import format_compact_decimal, format_decimal, format_percent, format_scientific
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from waystation.kernel.screens import Percent, Sentence

Kind = Literal["text", "number", "share", "date", "state", "link"]
COMMAS = {"ar": "\u060c ", "fa": "\u060c ", "ur": "\u060c ", "zh": "\u3001"}  # between things side by side
LEFTWARDS = re.compile(r"[A-Za-z0-9]")  # what a right-to-left line would take apart
HUGE = 10**21  # from here on numbers are written as 1E21
ZEROS = {"arab": "\u0660", "arabext": "\u06f0", "deva": "\u0966", "beng": "\u09e6", "mymr": "\u1040"}


@lru_cache(maxsize=64)
def language(locale: str) -> Locale:
    """Babel's locale for a Django language code ("fr", "ar", "zh-hans"); English for an unknown one."""
    try:
        return Locale.parse(locale.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def direction(locale: str) -> Literal["ltr", "rtl"]:
    """Which way the language is written."""
    return "rtl" if language(locale).character_order == "right-to-left" else "ltr"


@lru_cache(maxsize=64)
def digits(locale: str) -> str:
    """The ten digits of the locale's default number system, zero first."""
    zero = ord(ZEROS.get(language(locale).default_numbering_system, "0"))
    return "".join(chr(zero + i) for i in range(10))


def _in_digits(text: str, locale: str) -> str:
    """The text in the locale's digits; in right-to-left writing U+200E keeps the minus in front, as CLDR has it."""
    if direction(locale) == "rtl":
        text = text.replace("-", "\u200e-")
    own = digits(locale)
    return text if own[0] == "0" else text.translate({ord("0") + i: own[i] for i in range(10)})


def isolated(text: str, locale: str | None = None) -> str:
    """``text`` between Unicode isolates, so that its neighbours cannot reorder it in right-to-left lines.

    Without a ``locale`` the inside runs left to right (U+2066: numbers); with one, as that language does.
    HTML uses ``<bdi>`` instead.
    """
    opening = "\u2067" if locale and direction(locale) == "rtl" else "\u2066"
    return f"{opening}{text}\u2069"


def _not_available(locale: str) -> str:
    with override(locale):
        return _("not available")


def _absent(value: float | Decimal) -> bool:
    return not math.isfinite(value)


def number(value: float | Decimal | None, locale: str, decimals: int | None = None) -> str:
    """A number grouped by the language's rules; None, NaN and infinity are "not available".

    ``decimals`` fixes the places; left out, whole numbers show none and others at most two, or two
    significant digits below 0.01, so that nothing but zero is shown as 0. A ``Percent`` is said as a share.
    """
    if value is None or _absent(value):
        return _not_available(locale)
    if isinstance(value, Percent):
        return share(value, locale)
    places = decimals if decimals is not None else 2
    if decimals is None and 0 < abs(float(value)) < 0.01:
        places = min(1 - math.floor(math.log10(abs(float(value)))), 12)
    least = decimals if decimals is not None else 0
    if abs(float(value)) >= HUGE:
        return _in_digits(format_scientific(value, locale=language(locale), numbering_system="default"), locale)
    whole = language(locale).decimal_formats[None].pattern.split(";")[0].split(".")[0]
    pattern = f"{whole}.{'0' * least}{'#' * (places - least)}" if places else whole
    text = format_decimal(value, pattern, locale=language(locale), numbering_system="default")
    return _in_digits(text, locale)


def short_number(value: float, locale: str) -> str:
    """A large number in few letters ("12.3M", "12,3 Md"), for axes and legends where the full one has no room."""
    if abs(value) >= HUGE:
        return number(value, locale)
    text = format_compact_decimal(value, locale=language(locale), fraction_digits=1, numbering_system="default")
    return _in_digits(text, locale)


def share(value: float | Decimal | None, locale: str, decimals: int = 0) -> str:
    """A share 0..1 as a percentage. A share that only *rounds* to 0 % or 100 % gets a decimal, since it is neither."""
    if value is None or _absent(value):
        return _not_available(locale)
    shown = float(value)
    while decimals < 3 and shown not in (0.0, 1.0) and round(shown, decimals + 2) in (0.0, 1.0):
        decimals += 1
    pattern = language(locale).percent_formats[None].pattern
    if decimals:
        pattern = pattern.replace("0", "0." + "0" * decimals, 1)
    text = format_percent(value, pattern, locale=language(locale), numbering_system="default")
    return _in_digits(text, locale)


def percent_point(value: float | Decimal | None, locale: str, decimals: int = 1) -> str:
    """A difference of two shares (0.031 is 3.1 percentage points), always with its sign."""
    if value is None or _absent(value):
        return _not_available(locale)
    text = number(abs(float(value)) * 100, locale, decimals)
    sign = "\u2212" if value < 0 else "+"
    with override(locale):
        return _("%(number)s percentage points") % {"number": sign + text}


def _dated(value: date, skeleton: str, locale: str) -> str:
    known = language(locale)
    if str(known) == "en":
        known = language("en_GB")  # "3 Dec 2026", not "Dec 3, 2026"
    pattern = str(known.datetime_skeletons[skeleton].pattern).replace("L", "M")
    return _in_digits(format_date(value, pattern, locale=known), locale)


def day(value: date | datetime | None, locale: str) -> str:
    """A day as people say it: "3 Dec 2026", "3 déc. 2026"."""
    return _not_available(locale) if value is None else _dated(value, "yMMMd", locale)


def month(value: date | None, locale: str) -> str:
    """A month of a year: "Dec 2026"."""
    return _not_available(locale) if value is None else _dated(value, "yMMM", locale)


def year(value: date | None, locale: str) -> str:
    """A year's number in the locale's digits."""
    return _not_available(locale) if value is None else _in_digits(str(value.year), locale)


def moment(value: datetime | None, locale: str) -> str:
    """A day with its hour and minute, as the value's own time zone has them."""
    if value is None:
        return _not_available(locale)
    return f"{day(value, locale)}{_parting(locale)}{_in_digits(format_time(value, 'HH:mm', locale=language(locale)), locale)}"


def _parting(locale: str) -> str:
    """What stands between a day and its time."""
    return " " if language(locale).language == "zh" else COMMAS.get(language(locale).language, ", ")


def listed(values: Iterable[Any], locale: str) -> str:
    """Several things side by side, parted as the language does it: "a, b", "أ، ب", "甲、乙"."""
    return COMMAS.get(language(locale).language, ", ").join(spoken(one, locale) for one in values)


def said(value: Any, kind: Kind, locale: str) -> str:
    """Any value of a block in words: by its column's ``kind``, or by its type where the kind is "text".

    A link is said by its text; None is "not available"; lazily translated texts are said in ``locale``.
    """
    with override(locale):
        value = getattr(value, "text", value)
        if value is None:
            return _("not available")
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(value, datetime):
            return moment(value, locale)
        if isinstance(value, date):
            return day(value, locale)
        if isinstance(value, (list, tuple)):
            return listed(value, locale)
        if isinstance(value, (int, float, Decimal)):
            return share(value, locale) if kind == "share" else number(value, locale)
        return str(value)


def spoken(value: Any, locale: str = "") -> str:
    """A value in a sentence, in the active language; in right-to-left lines each keeps to itself: a number, a day, and
    a name or an address by its own first letter, so that its edges stay where they are."""
    locale = locale or get_language() or "en"
    text = said(value, "text", locale)
    if direction(locale) == "ltr" or isinstance(value, bool):
        return text
    if isinstance(value, date):
        return isolated(text, locale)
    if isinstance(value, (int, float, Decimal)):
        return isolated(text)
    return f"\u2068{text}\u2069" if LEFTWARDS.search(text) and not isinstance(value, (list, tuple)) else text


Sentence.say = spoken
