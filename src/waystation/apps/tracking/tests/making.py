"""Operations and rounds for tests, made through acts as their people would make them.

Amina runs tracking, Bakary validates and publishes (``tests.personas``). Rows are given short, ``spot("HT0111", 250)``;
columns of the dataset that nobody said are unknown.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from tests.personas import Personas
from waystation.apps.places.datasets.countries import countries_from_packages
from waystation.apps.tracking.models import Finding, Operation, Round
from waystation.intake.countries import TERMS as COUNTRY_TERMS
from waystation.kernel.acts import do
from waystation.kernel.datasets import Terms, find, keep_raw
from waystation.kernel.models import Partition, RawFile
from waystation.kernel.refusals import Refused
from waystation.kernel.register import find_register
from waystation.kernel.values import digest

TERMS = Terms("Test survey", "CC BY 4.0", "Test team", may_republish=True)
Row = dict[str, Any]


def load_countries(personas: Personas, *codes: str) -> None:
    """Load countries (ISO alpha-3; all when none are named) as whoever keeps places."""
    rows = [row for row in countries_from_packages() if not codes or row.iso3 in codes]
    with personas.asking(personas.amina):
        do(find_register("places.editions").act("load_countries"), rows=rows, terms=COUNTRY_TERMS)


def make_operation(personas: Personas, name: str = "Mobility tracking", country: str = "HTI", **more: Any) -> Operation:
    """An operation of the Dakar office; its country is loaded when it is not there yet."""
    said = {"office": personas.dakar, "name": name, "country": country, "total_note": "Other people", **more}
    opening = find_register("tracking.operations").act("open_operation")
    with personas.asking(personas.amina):
        try:
            made: Operation = do(opening, **said).record
        except Refused as unknown:
            if unknown.code != "tracking.unknown_country":
                raise
            load_countries(personas, country)
            made = do(opening, **said).record
    return made


def spot(place: str, individuals: int | None, /, **more: Any) -> Row:
    """A row: people of one group at one place. ``HT0111`` is admin 2 in admin 1 ``HT01``; ``HT0111-camp`` a location in it."""
    area, _, location = place.partition("-")
    row: Row = {
        "admin1_code": area[:4], "admin1_name": f"Province {area[:4]}", "individuals": individuals,
        "admin2_code": area if len(area) > 4 else None, "admin2_name": f"District {area}" if len(area) > 4 else None,
        "population_group": "displaced", "reason": "conflict",
    }  # fmt: skip
    if location:
        row |= {"location_code": place, "location_name": location, "location_kind": "site"}
    return row | more


def make_partition(round: Round, rows: Sequence[Mapping[str, Any]], terms: Terms = TERMS) -> tuple[Partition, RawFile]:
    """The next version of a round's observations and the file they are said to come from; neither is saved."""
    kind = find("tracking.observations")
    operation = round.operation
    given = {
        "round": round.pk, "operation": operation.pk, "operation_name": operation.name, "country": operation.country_id,
        "component": round.component, "assessment_type": round.assessment_type, "round_number": round.number,
        "reporting_date": round.reporting_date,
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{round.ref}.json"
        path.write_text(json.dumps([digest(row) for row in rows]) + round.ref)
        origin = keep_raw(path)
    full = [{**given, **row, "origin": origin.digest, "origin_row": n} for n, row in enumerate(rows, start=2)]
    own = {"_key", "_version", "_row"}
    schema = pa.schema([field for field in kind.schema if field.name not in own])
    unknown = {name for row in full for name in row} - set(schema.names)
    assert not unknown, f"no such columns: {unknown}"
    batches = pa.Table.from_pylist(full, schema=schema).to_batches()
    version = round.data_version + 1
    return kind.write(batches, key=round.ref, version=version, terms=terms), origin


def receive(personas: Personas, round: Round, rows: Sequence[Mapping[str, Any]], **more: Any) -> Round:
    """Take rows into a round as its next version. ``findings``, ``planned_locations``, ``assessed_locations``, ``terms``."""
    partition, origin = make_partition(round, rows, more.pop("terms", TERMS))
    findings: Iterable[Finding] = more.pop("findings", ())
    with personas.asking(personas.amina):
        do(act_on("receive"), round, partitions=[partition], origins=[origin], findings=list(findings), **more)
    return fresh(round)


def publish(personas: Personas, round: Round) -> Round:
    """Validate and publish what was received."""
    with personas.asking(personas.bakary):
        do(act_on("validate"), round)
        do(act_on("publish"), fresh(round))
    return fresh(round)


def correct(personas: Personas, round: Round, rows: Sequence[Mapping[str, Any]], **more: Any) -> Round:
    """Open a published round, take in corrected rows and publish them."""
    with personas.asking(personas.amina):
        do(act_on("correct"), round, why="a site was counted twice")
    return publish(personas, receive(personas, fresh(round), rows, **more))


def make_round(
    personas: Personas,
    operation: Operation,
    number: int,
    reporting_date: date,
    rows: Sequence[Mapping[str, Any]],
    *,
    component: str = "area",
    out: bool = True,
    **more: Any,
) -> Round:
    """Plan a round, take its rows in and (``out``) publish it. ``more`` as in ``receive``; ``period_start``, ``period_end``."""
    planned = {name: more.pop(name) for name in ("period_start", "period_end") if name in more}
    with personas.asking(personas.amina):
        said = {"number": number, "reporting_date": reporting_date, "component": component, **planned}
        made: Round = do(act_on("plan"), operation=operation, **said).record
    made = receive(personas, made, rows, **more)
    return publish(personas, made) if out else made


def act_on(verb: str) -> Any:
    """An act on rounds by its verb."""
    return find_register("tracking.rounds").act(verb)


def fresh(round: Round) -> Round:
    """The round as it stands now, whoever asks."""
    found: Round = Round.everything.select_related("operation").get(pk=round.pk)
    return found
