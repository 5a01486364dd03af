"""Dates as people write them, and how a column writes its dates."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache

from waystation.intake.numbers import Unread

FORMS = (
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%d.%m.%Y",
    "%Y/%m/%d",
    "%d/%m/%y",
    "%m/%d/%y",
    "%d-%b-%Y",
    "%d-%b-%y",
    "%d %b %Y",
    "%d %B %Y",
    "%B %d, %Y",
    "%b %d, %Y",
    "%Y%m%d",
)
_SERIALS = range(20_000, 80_000)  # 1954 to 2119: day numbers of a workbook that could be meant as dates


@lru_cache(maxsize=50_000)
def read_date(text: str, form: str = "iso") -> date:
    """A date from text: ``form`` is ``iso`` (a time is dropped) or a strptime pattern. Raises ``Unread``."""
    text = text.strip()
    try:
        if form == "iso":
            return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text).date()
        return date(*time.strptime(text, form)[:3])
    except ValueError:
        raise Unread("not_a_date", text) from None


def is_serial(number: object) -> bool:
    """Whether a number could be a workbook's day number."""
    return isinstance(number, int) and number in _SERIALS


def column_form(texts: Sequence[str]) -> tuple[str | None, str | None, str]:
    """The form all texts have, a refusal's code or None, and an example for it.

    The form is ``serial`` for day numbers, and None with 'ambiguous_dates' when day and month could be swapped.
    """
    texts = [t.strip() for t in texts if t.strip()]
    if not texts:
        return "iso", None, ""
    fits = [form for form in ("iso", *FORMS) if all(_reads(t, form) for t in texts)]
    if "iso" in fits:
        return "iso", None, ""
    if not fits:
        serial = all(t.isdecimal() and int(t) in _SERIALS for t in texts)
        return ("serial", None, "") if serial else (None, None, texts[0])
    rival = fits[0].replace("%d", "%x").replace("%m", "%d").replace("%x", "%m")
    if rival != fits[0] and rival in fits and any(read_date(t, rival) != read_date(t, fits[0]) for t in texts):
        return None, "ambiguous_dates", next(t for t in texts if read_date(t, rival) != read_date(t, fits[0]))
    return fits[0], None, ""


def _reads(text: str, form: str) -> bool:
    try:
        read_date(text, form)
    except Unread:
        return False
    return True
