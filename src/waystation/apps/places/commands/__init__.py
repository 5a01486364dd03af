"""``waystation import places.countries|areas|boundaries FILE...``: places from files, from the command line."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from waystation.apps.places.acts import load_areas, load_boundaries, load_countries
from waystation.apps.places.datasets.boundaries import Reading, read_boundaries
from waystation.apps.places.datasets.countries import TERMS, countries_from_packages
from waystation.apps.places.datasets.outlines import kept
from waystation.apps.places.shapes import AreaRow
from waystation.intake import Field, open_table, propose, rows
from waystation.kernel.acts import do
from waystation.kernel.commands import Answer
from waystation.kernel.datasets import Terms, keep_raw
from waystation.kernel.house import openings
from waystation.kernel.imports import importer
from waystation.kernel.refusals import Problem, Refused

AREA_FIELDS = (
    Field("country", "code", required=True, hxl=("#country+code",), synonyms=("Location", "iso3", "admin0Pcode")),
    Field("level", "integer", required=True, minimum=0, hxl=("#geo+admin_level",), synonyms=("Admin Level", "level")),
    Field("pcode", "code", required=True, hxl=("#adm+code",), synonyms=("P-Code", "pcode")),
    Field("name", required=True, hxl=("#adm+name",), synonyms=("Name",)),
    Field("parent", "code", hxl=("#adm+code+parent",), synonyms=("Parent P-Code", "parent")),
    Field("valid_from", "date", hxl=("#date+start",), synonyms=("Valid from date", "valid from")),
)


def _takes(parser: ArgumentParser) -> None:
    parser.add_argument("--source", default="not said", help="who made it")
    parser.add_argument("--licence", default="not said", help="under which licence it came")
    parser.add_argument("--attribution", default="", help="how to credit it")
    parser.add_argument("--may-republish", action="store_true", help="the licence lets us publish it again")
    parser.add_argument("--leave-out", action="store_true", help="leave rows with problems out and tell of them")
    parser.add_argument(
        "--repair", action="store_true", help="repair outlines that are not sound, and tell what was changed"
    )


def _terms(args: Namespace) -> Terms:
    return Terms(args.source, args.licence, args.attribution, args.may_republish)


def area_rows(path: Path) -> list[AreaRow]:
    """The rows of a list of areas. Raises Refused with every row that cannot be read."""
    source = open_table(path, name=path.name)
    found: list[AreaRow] = []
    problems: list[Problem] = []
    for row in rows(source, propose(source, AREA_FIELDS), AREA_FIELDS):
        problems += row.problems
        said = {name: value for name, value in row.values.items() if value is not None}
        if not row.problems:
            found.append(AreaRow(row=row.origin, **said))
    if problems:
        raise Refused(problems=problems)
    return found


def _areas(files: list[Path], args: Namespace) -> Answer:
    told = {}
    for path in files:
        said: dict[str, Any] = {"title": path.name, "leave_out": args.leave_out, "file": keep_raw(path)}
        told[path.name] = do(load_areas, rows=area_rows(path), terms=_terms(args), **said).answer
    return _answer(told)


def _boundaries(files: list[Path], args: Namespace) -> Answer:
    told = {}
    for path in files:
        found, raw = read_boundaries(path, Reading(repair=args.repair)), keep_raw(path)
        partition = kept(found.outlines, _terms(args), raw.digest)
        said: dict[str, Any] = {"title": path.name, "findings": found.findings, "file": raw, "partition": partition}
        told[path.name] = do(load_boundaries, outlines=found.outlines, terms=_terms(args), **said).answer
    return _answer(told)


def _answer(told: dict[str, dict[str, object]]) -> Answer:
    lines = []
    for name, answer in told.items():
        changes = answer["changes"]
        counts = ", ".join(f"{count} {word}" for word, count in changes.items()) if isinstance(changes, dict) else ""
        findings = answer["findings"]
        lines += [f"{name}: {counts}", *(f"  {one}" for one in (findings if isinstance(findings, list) else []))]
    return Answer(told, "\n".join(lines))


def load_world() -> None:
    """The countries, territories and areas of ISO 3166-1, from packages: done when a house is opened."""
    do(load_countries, rows=countries_from_packages(), terms=TERMS)


importer("places.areas", _areas, _("administrative areas with their p-codes"), _takes)
importer("places.boundaries", _boundaries, _("boundaries: GeoJSON, TopoJSON, GeoPackage, Shapefile"), _takes)
openings.append(load_world)
