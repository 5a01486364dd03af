"""Numbers, shares and days in the language of the page being drawn."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils.translation import get_language

from waystation.surfaces import wording


def locale() -> str:
    """The active language."""
    return get_language() or "en"


def number(value: Any, decimals: int | None = None) -> str:
    """A number, grouped by the language's rules."""
    return wording.number(value, locale(), decimals)


def listed(values: Any) -> str:
    """Several things side by side."""
    return wording.listed(values, locale())


def share(value: Any) -> str:
    """A share 0..1 as a percentage."""
    return wording.share(value, locale())


def day(value: date | None) -> str:
    """A day."""
    return wording.day(value, locale())


def moment(value: datetime | None) -> str:
    """A day and a time."""
    return wording.moment(value, locale())
