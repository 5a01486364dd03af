"""From files to records, a whole file or nothing: what the command line, a form or a demonstration asks for."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction

from waystation.apps.places.acts import (
    close_site,
    load_areas,
    load_boundaries,
    load_countries,
    move_site,
    open_site,
    rename_site,
    reopen_site,
)
from waystation.apps.places.datasets.boundaries import Reading, read_boundaries
from waystation.apps.places.datasets.countries import read_countries
from waystation.apps.places.datasets.outlines import kept
from waystation.apps.places.datasets.sites import read_sites
from waystation.apps.places.models import Area, Country, Site
from waystation.apps.places.queries.gazetteer import find_country
from waystation.apps.places.queries.gazetteer import gazetteer_of as gazetteer
from waystation.apps.places.queries.soundness import kept_as
from waystation.apps.places.shapes import SiteRow
from waystation.intake.arealists import read_areas
from waystation.intake.cells import key as folded
from waystation.kernel.acts import do
from waystation.kernel.codelists import codelist
from waystation.kernel.datasets import Terms, keep_raw
from waystation.kernel.refusals import Problem, Refused, require
from waystation.kernel.values import today


@dataclass
class Taken:
    """What taking a file in changed (how many of what), and what was found in it, as an edition keeps it."""

    changes: dict[str, int] = field(default_factory=dict)
    findings: list[dict[str, Any]] = field(default_factory=list)


def take_countries(path: Path, terms: Terms, *, language: str = "en", leave_out: bool = False) -> Taken:
    """Keep the countries of a file beside those held, or correct these. Raises Refused; then nothing has changed."""
    countries, findings = read_countries(path, language=language, leave_out=leave_out)
    answer = do(load_countries, rows=countries, terms=terms, title=path.name, file=keep_raw(path)).answer
    return Taken(answer["changes"], [*kept_as(findings), *answer["findings"]])


def take_areas(
    path: Path,
    terms: Terms,
    *,
    sheet: str = "",
    as_of: date | None = None,
    complete: bool = False,
    leave_out: bool = False,
) -> Taken:
    """Keep the areas of a list. Raises Refused; then nothing has changed."""
    found = read_areas(path, sheet=sheet, leave_out=leave_out)
    answer = do(
        load_areas, rows=found.rows, terms=terms, title=path.name, as_of=as_of, complete=complete, leave_out=leave_out,
        file=keep_raw(path),
    ).answer  # fmt: skip
    return Taken(answer["changes"], [*kept_as(found.findings), *answer["findings"]])


def take_boundaries(
    path: Path, terms: Terms, how: Reading, *, as_of: date | None = None, with_areas: bool = False
) -> Taken:
    """Keep the boundaries of a file and, ``with_areas``, first the areas it names. Raises Refused; then nothing has changed."""
    found = read_boundaries(path, how)
    with transaction.atomic():
        file, before = keep_raw(path), Taken()
        said: dict[str, Any] = {"terms": terms, "title": path.name, "as_of": as_of, "leave_out": how.leave_out}
        if with_areas and found.areas:
            answer = do(load_areas, rows=found.areas, file=file, **said).answer
            counts = {f"areas {word}": count for word, count in answer["changes"].items()}
            before = Taken(counts, [*kept_as(found.of_areas), *answer["findings"]])
            file = keep_raw(path)
        partition = kept(found.outlines, terms, file.digest)
        done = do(
            load_boundaries, outlines=found.outlines, partition=partition, findings=found.findings, file=file, **said
        ).answer
    return Taken(before.changes | done["changes"], [*before.findings, *done["findings"]])


def take_sites(path: Path, *, sheet: str = "") -> Taken:
    """Open the sites of a list; those held under the same code are renamed, moved, closed or opened again where the list says
    otherwise. Raises Refused with every row that cannot be; then nothing has changed."""
    taken, problems = Taken(dict.fromkeys(("opened", "opened again", "renamed", "moved", "closed", "unchanged"), 0)), []
    kinds = _kinds()
    with transaction.atomic():
        for row in read_sites(path, sheet=sheet):
            try:
                for word in _take_site(row, kinds) or ("unchanged",):
                    taken.changes[word] += 1
            except Refused as refused:
                problems += [Problem(one.code, one.params, file=path.name, row=row.row) for one in refused.problems]
        if problems:
            raise Refused(problems=problems)
    return taken


def _kinds() -> dict[str, str]:
    listed = codelist("places.site_kind")
    return {folded(word): code for code, one in listed.codes.items() for word in (code, one.label)}


def _take_site(row: SiteRow, kinds: dict[str, str]) -> list[str]:
    """What the row changed, in words."""
    country, status = find_country(row.country), row.status.casefold() or ("closed" if row.closed_on else "")
    if country is None:
        raise Refused("places.unknown_country", code=row.country)
    require(status in ("open", "closed", ""), "places.unknown_site_status", status=row.status)
    area = _area(country, row.pcode, row.opened_on or today())
    position: dict[str, Any] = {"longitude": row.longitude, "latitude": row.latitude, "area": area}
    site, done = Site.objects.filter(country=country, code=row.code).first() if row.code else None, []
    if site is None:
        kind = kinds.get(folded(row.kind), row.kind)
        said: dict[str, Any] = {
            "name": row.name,
            "kind": kind,
            "country": country,
            "code": row.code,
            "opened_on": row.opened_on,
        }
        site, done = do(open_site, **said, **position).record, ["opened"]
    elif site.state == "closed" and status == "open":
        site, done = do(reopen_site, site).record, ["opened again"]
    if site.name != row.name.strip():
        site, done = do(rename_site, site, name=row.name).record, [*done, "renamed"]
    elsewhere = row.longitude is not None and (row.longitude, row.latitude) != (site.longitude, site.latitude)
    if elsewhere or (area and area.pk != site.area_id):
        site, done = do(move_site, site, **position).record, [*done, "moved"]
    if site.state == "open" and status == "closed":
        do(close_site, site, on=row.closed_on)
        done.append("closed")
    return done


def _area(country: Country, pcode: str, on: date) -> Area | None:
    if not pcode:
        return None
    found = gazetteer(country.iso3).resolve(pcode, on)
    if found is None:
        raise Refused("places.code_unknown", pcode=pcode, country=country.iso3)
    return Area.objects.filter(ref=found.ref).first()
