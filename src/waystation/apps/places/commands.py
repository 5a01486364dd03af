"""``waystation import places.countries|areas|boundaries|sites FILE...`` and ``waystation places countries``."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from datetime import date
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from waystation.apps.places.acts import load_countries
from waystation.apps.places.datasets.boundaries import Reading
from waystation.apps.places.datasets.countries import countries_from_packages
from waystation.apps.places.datasets.taking import Taken, take_areas, take_boundaries, take_countries, take_sites
from waystation.apps.places.shapes import LANGUAGES
from waystation.intake.countries import TERMS
from waystation.kernel.acts import do
from waystation.kernel.commands import Answer, command
from waystation.kernel.datasets import Terms
from waystation.kernel.house import openings
from waystation.kernel.imports import importer
from waystation.kernel.refusals import Problem


def _takes_terms(parser: ArgumentParser) -> None:
    parser.add_argument("--source", default="not said", help="who made it")
    parser.add_argument("--licence", default="not said", help="under which licence it came")
    parser.add_argument("--attribution", default="", help="how to credit it")
    parser.add_argument("--may-republish", action="store_true", help="the licence lets us publish it again")
    parser.add_argument("--as-of", type=date.fromisoformat, help="the day the file is about, where its rows do not say")
    parser.add_argument("--leave-out", action="store_true", help="leave rows with problems out and tell of them")


def _takes_countries(parser: ArgumentParser) -> None:
    _takes_terms(parser)
    parser.add_argument("--language", default="en", choices=LANGUAGES, help="of names whose column does not say it")


def _takes_areas(parser: ArgumentParser) -> None:
    _takes_terms(parser)
    parser.add_argument("--sheet", default="", help="the sheet of a workbook (default: every sheet with codes)")
    parser.add_argument("--complete", action="store_true", help="areas of the same countries and levels not in it end")


def _takes_boundaries(parser: ArgumentParser) -> None:
    _takes_terms(parser)
    parser.add_argument("--level", type=int, help="0 country, 1 to 4 areas, where the columns do not say")
    parser.add_argument("--country", default="", help="alpha-3 code, where the file does not say")
    parser.add_argument("--code-column", default="", help="the column of the p-codes")
    parser.add_argument("--name-column", default="", help="the column of the names")
    parser.add_argument("--layer", default="", help="the layer, where the file has several")
    parser.add_argument("--areas", action="store_true", help="take the areas from the file too")
    parser.add_argument(
        "--repair", action="store_true", help="repair outlines that are not sound, and tell what changed"
    )


def _takes_sites(parser: ArgumentParser) -> None:
    parser.add_argument("--sheet", default="", help="the sheet of a workbook")


def _terms(args: Namespace) -> Terms:
    return Terms(args.source, args.licence, args.attribution, args.may_republish)


def _countries(files: list[Path], args: Namespace) -> Answer:
    more = {"language": args.language, "leave_out": args.leave_out}
    return _every(files, lambda path: take_countries(path, _terms(args), **more))


def _areas(files: list[Path], args: Namespace) -> Answer:
    more = {"sheet": args.sheet, "as_of": args.as_of, "complete": args.complete, "leave_out": args.leave_out}
    return _every(files, lambda path: take_areas(path, _terms(args), **more))


def _boundaries(files: list[Path], args: Namespace) -> Answer:
    how = Reading(args.level, args.country, args.code_column, args.name_column, args.layer, args.repair, args.leave_out)
    return _every(files, lambda path: take_boundaries(path, _terms(args), how, as_of=args.as_of, with_areas=args.areas))


def _sites(files: list[Path], args: Namespace) -> Answer:
    return _every(files, lambda path: take_sites(path, sheet=args.sheet))


def _every(files: list[Path], take: Callable[[Path], Taken]) -> Answer:
    """All files or none."""
    with transaction.atomic():
        return _answer({path.name: take(path) for path in files})


def _answer(taken: dict[str, Taken]) -> Answer:
    lines = []
    for name, one in taken.items():
        counts = ", ".join(f"{count} {word}" for word, count in one.changes.items() if count)
        lines += [f"{name}: {counts or _('nothing changed')}", *(f"  {Problem(**finding)}" for finding in one.findings)]
    said = {name: [one | {"message": Problem(**one).message} for one in each.findings] for name, each in taken.items()}
    plain = {name: {"changes": one.changes, "findings": said[name]} for name, one in taken.items()}
    return Answer(plain, "\n".join(lines))


def load_world() -> None:
    """The countries, territories and areas of ISO 3166-1, from packages: done when a house is opened."""
    _world()


def _world() -> Taken:
    answer = do(load_countries, rows=countries_from_packages(), terms=TERMS, complete=True).answer
    return Taken(answer["changes"], answer["findings"])


@command(
    "places countries",
    about=gettext_lazy("Take in countries, territories and areas from the packages that are installed."),
    examples=["waystation places countries --as amina"],
    acts_as=True,
)
def countries(args: Namespace) -> Answer:
    """Bring countries up to what the installed packages hold."""
    return _answer({str(_("Countries, territories and areas")): _world()})


importer(
    "places.countries", _countries, gettext_lazy("Take in countries with their codes, regions and names"), _takes_countries
)  # fmt: skip
importer(
    "places.areas", _areas, gettext_lazy("Take in administrative areas with their p-codes and dates"), _takes_areas
)
importer(
    "places.boundaries", _boundaries, gettext_lazy("Take in boundaries: GeoJSON, TopoJSON, GeoPackage, Shapefile"), _takes_boundaries
)  # fmt: skip
importer("places.sites", _sites, gettext_lazy("Take in sites with their coordinates"), _takes_sites)
openings.append(load_world)
