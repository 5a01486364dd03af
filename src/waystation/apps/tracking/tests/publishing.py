"""For tests: rounds made of rows, validated and published by acts, and a key for programs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import pyarrow as pa

from waystation.apps.places.models import Country
from waystation.apps.tracking.acts import operations as on_operations
from waystation.apps.tracking.acts import rounds as on_rounds
from waystation.apps.tracking.models import Operation, Round
from waystation.kernel import scope
from waystation.kernel.acts import do
from waystation.kernel.datasets import ORIGINS, Dataset, Terms, find
from waystation.kernel.house import grant, invite, issue, open_office
from waystation.kernel.models import Office, Partition, RawFile

OPEN = Terms("Made for a test", "CC BY 4.0", "Waystation's tests", may_republish=True)
CLOSED = Terms("Made for a test", "own use only", "Waystation's tests")
Row = Mapping[str, Any]


def office() -> Office:
    """The head office, opened when there is none."""
    found = Office.everything.filter(code="HQ").first()
    return found or do(open_office, code="HQ", name="Head office").record


def country(iso3: str, name: str) -> Country:
    """A country as the gazetteer keeps it."""
    found = Country.everything.filter(iso3=iso3).first()
    if found is None:
        names = {f"name_{code}": name for code in ("en", "fr", "es", "ru", "zh", "ar")}
        found = Country(ref=iso3, iso3=iso3, iso2=iso3[:2], status="country", state="listed", office=office(), **names)
        found.save()
    return found


def operation(name: str, iso3: str, **more: Any) -> Operation:
    """An operation of a country."""
    found = Operation.everything.filter(name=name, country__iso3=iso3).first()
    return (
        found
        or do(
            on_operations.open_operation,
            name=name,
            country=iso3,
            office=office(),
            **{"total_note": "Other people", **more},
        ).record
    )


def key_for(username: str = "", grants: str = "dtm:read") -> str:
    """A key of a (new) person for programs."""
    name = username or "program"
    person = do(invite, username=name, name=name.title(), office=office(), password="").record
    with scope.enter(scope.Scope(person)):
        return str(do(issue, grants=grants).answer["key"])


def signer(username: str = "signer") -> Any:
    """A person who may sign releases."""
    person = do(invite, username=username, name=username.title(), office=office(), password="").record
    do(grant, holder=person, duty="release.sign", office=office())
    return person


def publish(
    into: Operation,
    number: int,
    reporting_date: date,
    rows: Sequence[Row],
    *,
    component: str = "area",
    terms: Terms = OPEN,
    file: str = "test",
) -> Round:
    """A round of these rows (columns of ``tracking.observations``; the rest is unknown), published.

    A round that exists is corrected: its next version is published.
    """
    round_ = Round.everything.filter(operation=into, component=component, number=number).first()
    if round_ is None:
        planned = {"operation": into, "number": number, "reporting_date": reporting_date, "component": component}
        round_ = do(on_rounds.plan, **planned).record
    elif round_.state == "published":
        round_ = do(on_rounds.correct, round_, why="test").record
    version = round_.data_version + 1
    same = {
        "round": round_.pk, "operation": into.pk, "operation_name": into.name, "country": into.country.iso3,
        "component": component, "assessment_type": round_.assessment_type, "round_number": number,
        "reporting_date": reporting_date, "population_group": "displaced",
    }  # fmt: skip
    origin = hashlib.sha256(file.encode()).hexdigest()
    parts = [_write("tracking.observations", [same | dict(one) for one in rows], round_.ref, version, terms, origin)]
    raw = RawFile.objects.filter(digest=origin).first() or RawFile(digest=origin, name=file, size=0)
    round_ = do(on_rounds.receive, round_, partitions=parts, origins=[raw], findings=[]).record
    round_ = do(on_rounds.validate, round_).record
    published: Round = do(on_rounds.publish, round_).record
    return published


def _write(name: str, rows: Iterable[Row], key: str, version: int, terms: Terms, origin: str) -> Partition:
    dataset: Dataset = find(name)
    full = [{"origin": origin, "origin_row": place} | dict(row) for place, row in enumerate(rows, start=2)]
    schema = pa.schema([*((col.name, col.type) for col in dataset.cols), *ORIGINS])
    kept = [f for f in schema if not f.name.startswith("_")]
    table = pa.Table.from_pylist(full, schema=pa.schema(kept))
    return dataset.write(table.to_batches(), key=key, version=version, terms=terms)


__all__ = ["CLOSED", "OPEN", "country", "key_for", "office", "operation", "publish", "signer"]
