"""What is asked of the words that feeds and plans are described with."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlsplit

from waystation.apps.places import api as places
from waystation.kernel.refusals import Refused, require
from waystation.kernel.values import today


def country_of(code: str) -> str:
    """The ISO alpha-3 code of a country. Raises Refused ``exchange.unknown_country``."""
    known = places.country(code=code)
    if known is None:
        raise Refused("exchange.unknown_country", country=code)
    return known.iso3


def address_of(text: str) -> str:
    """An address that a browser opens. Raises Refused ``exchange.address_wrong``."""
    address = text.strip()
    try:
        parts = urlsplit(address)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in address
    except ValueError:  # brackets that are no IPv6 address
        good = False
    require(good, "exchange.address_wrong", address=text)
    return address


def require_past(*days: date | None) -> None:
    """Refuse ``exchange.day_ahead`` for a day in the future."""
    for day in days:
        require(day is None or day <= today(), "exchange.day_ahead", day=day)
