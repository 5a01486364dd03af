"""What a list of areas changes in the areas held: decided here, written by the act."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from waystation.apps.places.models import Area, Country, Succession
from waystation.apps.places.shapes import DAY
from waystation.intake.arealists import AreaRow
from waystation.intake.cells import key as folded
from waystation.kernel.models import Office


@dataclass
class Changes:
    """Areas to add and to save, what became of what, and how many of each change."""

    new: list[Area] = field(default_factory=list)
    save: list[Area] = field(default_factory=list)
    successions: list[Succession] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    untouched: list[Area] = field(default_factory=list)


def changes_of(rows: Iterable[AreaRow], countries: dict[str, Country], office: Office, day: date | None) -> Changes:
    """Hold the rows against the areas of their countries. ``day`` is the date of rows that have none.

    The same name, level and parent again: unchanged, whatever the date of the list. Another name or parent from a later
    date: the area held ends the day before and another follows it. From the same date, or without one: a correction.
    """
    wanted = list(rows)
    held: dict[tuple[int, str], list[Area]] = defaultdict(list)
    scope = {countries[row.country].pk for row in wanted}
    for area in Area.objects.filter(country__in=scope).select_related("country").order_by("valid_from"):
        held[area.country_id, area.pcode].append(area)
    found = Changes()
    seen = set()
    for given in wanted:
        country = countries[given.country]
        spans = held.get((country.pk, given.pcode), [])
        # A list that leaves the parent out does not take a known one away.
        row = given if given.parent or not spans else given._replace(parent=spans[-1].parent)
        seen.add((country.pk, row.pcode))
        since = row.valid_from or day
        if spans:
            _hold_against(row, since, spans, found)
        else:
            found.new.append(area_of(row, country, office, since))
            found.counts["new"] += 1
    levels = {(countries[row.country].pk, row.level) for row in wanted}
    for key, spans in held.items():
        if key not in seen and (spans[-1].country_id, spans[-1].level) in levels and spans[-1].valid_until is None:
            found.untouched.append(spans[-1])
    return found


def area_of(row: AreaRow, country: Country, office: Office, since: date | None, *, again: bool = False) -> Area:
    """A new area from a row; ``again``: the code has been used before, so the reference carries the date."""
    area = Area(
        country=country, level=row.level, pcode=row.pcode, name=row.name, folded=folded(row.name)[:200],
        names=row.names, parent=row.parent, valid_from=since, valid_until=row.valid_until, office=office, state="listed",
    )  # fmt: skip
    if again:
        area.ref = f"{area.natural_ref()}.{since:%Y%m%d}"
    return area


def _hold_against(row: AreaRow, since: date | None, spans: list[Area], found: Changes) -> None:
    last = spans[-1]
    if _same(last, row):
        _keep(row, since, spans, found)
    elif since is None or since == last.valid_from:
        last.name, last.folded, last.parent, last.level = row.name, folded(row.name)[:200], row.parent, row.level
        last.names = last.names | row.names
        _saved(last, "corrected", found)
    elif last.valid_from is None or since > last.valid_from:
        _follow(row, since, last, found)
    else:
        _older(row, since, spans, found)


def _same(area: Area, row: AreaRow) -> bool:
    return (area.name, area.level, area.parent) == (row.name, row.level, row.parent)


def _keep(row: AreaRow, since: date | None, spans: list[Area], found: Changes) -> None:
    last, kind = spans[-1], "unchanged"
    if any(last.names.get(language) != name for language, name in row.names.items()):
        last.names, kind = last.names | row.names, "corrected"
    if since and last.valid_from and since < last.valid_from and len(spans) == 1:
        last.valid_from, kind = since, "known earlier"
    if row.valid_until and row.valid_until != last.valid_until:
        last.valid_until, kind = row.valid_until, "ended"
    if kind == "unchanged":
        found.counts[kind] += 1
    else:
        _saved(last, kind, found)


def _follow(row: AreaRow, since: date, last: Area, found: Changes) -> None:
    """Another name or parent from a later date."""
    kind = "rename" if last.name != row.name else "move"
    if last.valid_until is None or last.valid_until >= since:
        last.valid_until = since - DAY
    _saved(last, "renamed" if kind == "rename" else "moved", found)
    area = area_of(row, last.country, last.office, since, again=True)
    found.new.append(area)
    found.successions.append(Succession(kind=kind, old=last, new=area, on=since))


def _older(row: AreaRow, since: date, spans: list[Area], found: Changes) -> None:
    """A list older than what is held: it tells how the area was called before, if that is not known yet."""
    first = spans[0]
    if first.valid_from is None or since >= first.valid_from or _same(first, row):
        found.counts["older"] += 1
        return
    area = area_of(row, first.country, first.office, since, again=True)
    area.valid_until = first.valid_from - DAY
    found.new.append(area)
    kind = "rename" if first.name != row.name else "move"
    found.successions.append(Succession(kind=kind, old=area, new=first, on=first.valid_from))
    _saved(first, "known earlier", found)


def _saved(area: Area, kind: str, found: Changes) -> None:
    found.save.append(area)
    found.counts[kind] += 1


def end(areas: Iterable[Area], on: date, found: Changes) -> None:
    """End areas the day before ``on``: a complete list no longer holds them."""
    for area in areas:
        area.valid_until = max(on - DAY, area.valid_from or on - DAY)
        _saved(area, "ended", found)
