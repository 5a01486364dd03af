"""What happens to one area: it is renamed, split, merged into another, or ends. Its code goes on meaning it for its time."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from waystation.apps.places.models import Area, Succession
from waystation.apps.places.queries.diffing import area_of
from waystation.apps.places.rules import keeper
from waystation.apps.places.shapes import DAY
from waystation.intake.arealists import AreaRow
from waystation.kernel.acts import Outcome, act
from waystation.kernel.refusals import require


def _ends(area: Area, on: date) -> None:
    """The area's last day is the day before ``on``."""
    require(area.valid_until is None, "places.already_ended", pcode=area.pcode, on=area.valid_until)
    require(
        area.valid_from is None or area.valid_from < on, "places.ends_too_early", pcode=area.pcode, on=area.valid_from
    )
    area.valid_until = on - DAY


def _successor(area: Area, pcode: str, name: str, on: date) -> Area:
    """A new area in the same place of the tree. A code that is in use by another area is refused."""
    used = Area.objects.filter(country=area.country, pcode=pcode)
    if pcode != area.pcode:
        require(not used.exists(), "places.code_in_use", pcode=pcode)
    row = AreaRow(row=0, country="", level=area.level, pcode=pcode, name=name, parent=area.parent)
    return area_of(row, area.country, area.office, on, again=used.exists())


@act("listed", by=keeper, said=_("renamed the area"))
def rename(area: Area, *, name: str, on: date, pcode: str = "") -> Outcome:
    """From a day on the area has another name, and another code if one is given; before, it keeps the old ones."""
    _ends(area, on)
    new = _successor(area, pcode.strip() or area.pcode, name.strip(), on)
    return Outcome(new=[new, Succession(kind="rename", old=area, new=new, on=on)])


@act("listed", by=keeper, said=_("split the area"), danger=True)
def split(area: Area, *, into: str, on: date) -> Outcome:
    """From a day on the area is several: ``into`` has a line for each, its new p-code and then its name."""
    lines = [line.split(maxsplit=1) for line in into.splitlines() if line.strip()]
    require(len(lines) > 1 and all(len(line) == 2 for line in lines), "places.split_into_two")
    require(len({code for code, _name in lines}) == len(lines), "places.split_codes_differ")
    _ends(area, on)
    parts = [_successor(area, code, name.strip(), on) for code, name in lines]
    steps = [Succession(kind="split", old=area, new=part, on=on) for part in parts]
    return Outcome(new=[*parts, *steps], answer={"into": [part.pcode for part in parts]})


@act("listed", by=keeper, said=_("merged the area into another"), danger=True)
def merge(area: Area, *, into: Area, on: date) -> Outcome:
    """From a day on the area is part of another one of the same country and level."""
    same = into.pk != area.pk and (into.country_id, into.level) == (area.country_id, area.level)
    require(same and into.valid_until is None, "places.merge_into_like", pcode=area.pcode, into=into.pcode)
    _ends(area, on)
    return Outcome(new=[Succession(kind="merge", old=area, new=into, on=on)])


@act("listed", by=keeper, said=_("ended the area"), danger=True)
def end(area: Area, *, on: date) -> Outcome:
    """From a day on the code means nothing any more, and nothing follows it."""
    _ends(area, on)
    return Outcome()
