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
COMPONENTS = {"BA": "area", "SA": "site", "ETT": "event"}
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
    return found or do(on_operations.open_operation, name=name, country=iso3, office=office(), **more).record


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
    totals: Sequence[Row] = (),
) -> Round:
    """A round of these rows (columns of ``tracking.observations``; the rest is unknown), published.

    ``totals`` are rows of ``tracking.levels``. A round that exists is corrected: its next version is published.
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
    if totals:
        mine = [{"round": round_.pk} | dict(one) for one in totals]
        parts.append(_write("tracking.levels", mine, round_.ref, version, terms, origin))
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


def publish_dtm(answers: Mapping[int, list[dict[str, Any]]], *, name: str, terms: Terms = OPEN) -> list[Round]:
    """Publish what the DTM API answered for one country: rows by level. Admin 2 rows become observations, the others the
    source's totals; every (operation, type, round) is one round."""
    reasons = {"Conflict": "conflict", "Natural disaster": "disaster", "Insecurity": "insecurity",
               "Other reason": "other", "No reason for displacement reported": "not_reported"}  # fmt: skip
    rounds: dict[Any, list[dict[str, Any]]] = {}
    totals: dict[Any, list[dict[str, Any]]] = {}
    for level, rows in answers.items():
        for place, row in enumerate(rows, start=2):
            of = (row["operation"], COMPONENTS[row["assessmentType"]], row["roundNumber"], row["reportingDate"][:10])
            made = _observation(row, reasons) | {"level": level, "origin_row": place}
            made["origin"] = hashlib.sha256(f"{name}{level}".encode()).hexdigest()
            (rounds if level == 2 else totals).setdefault(of, []).append(made)
    out = []
    for of, rows in rounds.items():
        op, component, number, day = of
        kept = [{k: v for k, v in row.items() if k != "level"} for row in rows]
        given = [{k: v for k, v in row.items() if k in LEVELS} for row in totals.get(of, [])]
        when = date.fromisoformat(day)
        into = operation(op, rows[0]["country"])
        out.append(publish(into, number, when, kept, component=component, terms=terms, file=f"{name}2", totals=given))
    return out


LEVELS = ("level", "admin1_code", "reason", "origin_admin1_code", "individuals", "males", "females", "source_id",
          "origin", "origin_row")  # fmt: skip


def _observation(row: Row, reasons: Mapping[str, str]) -> dict[str, Any]:
    def known(name: str) -> Any:
        return None if row.get(name) == "Not available" else row.get(name)

    return {
        "country": row["admin0Pcode"], "admin1_code": row.get("admin1Pcode"), "admin1_name": row.get("admin1Name"),
        "admin2_code": row.get("admin2Pcode"), "admin2_name": row.get("admin2Name"),
        "reason": reasons[row["displacementReason"]], "individuals": row["numPresentIdpInd"],
        "males": row["numberMales"], "females": row["numberFemales"], "source_id": row.get("id"),
        "origin_admin1_code": known("idpOriginAdmin1Pcode"), "origin_admin1_name": known("idpOriginAdmin1Name"),
    }  # fmt: skip


__all__ = ["CLOSED", "OPEN", "country", "key_for", "office", "operation", "publish", "publish_dtm", "signer"]
