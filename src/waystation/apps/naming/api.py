"""What neighbours may ask about names of places: what they mean, and to ask people about those that are uncertain.

``country`` is ISO alpha-3; names and codes are by level, 1 to 4 for areas and 9 for single places.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from waystation.apps.naming.acts import asking
from waystation.apps.naming.queries import gazetteers, telling
from waystation.apps.naming.shapes import Found
from waystation.kernel.models import Office

__all__ = ["ask", "match", "open_questions", "suggestion", "why"]

Said = tuple[Mapping[int, str], Mapping[int, str]]  # names and known codes of a row, by level


def match(*, country: str, rows: Sequence[Said], source: str = "", on: date | None = None) -> list[dict[int, Found]]:
    """What the names of rows mean on a day, in their order; levels with a code already are only looked below.

    Decisions kept for ``source`` come first; those of other sources are candidates. Raises Refused
    ``places.unknown_country``.
    """
    matcher = gazetteers.matcher(country, source, on)
    return [matcher.row(country, names, codes) for names, codes in rows]


def suggestion(*, name: str, country: str, level: int, on: date | None = None) -> str | None:
    """The code and name of the one area a name certainly means at a level, or None."""
    found = gazetteers.matcher(country, on=on).name(name, country, level)
    return f"{found.code} {found.candidates[0].place.name}" if found.code else None


def ask(*, country: str, source: str, office: Office, found: Iterable[tuple[Found, int]]) -> int:
    """Ask people about names that are uncertain or unknown, each with how many rows have it, as the current scope; what is
    asked already is not asked again. Returns how many of the names are waiting for an answer."""
    return asking.ask_about(country, source, office, found)


def open_questions(*, source: str) -> int:
    """How many names of a source wait for an answer."""
    return asking.waiting(source)


def why(found: Found) -> str:
    """Why a name was decided or is asked about, in a sentence."""
    return telling.why(found)
