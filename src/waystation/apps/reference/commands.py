"""``waystation import reference.statistics FILE...``: an edition of other organisations' statistics."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from django.utils.translation import gettext_lazy, ngettext

from waystation.apps.reference.datasets.reading import take_reference
from waystation.kernel.commands import Answer
from waystation.kernel.imports import importer, office_of, terms_of, with_terms


def _takes_edition(parser: ArgumentParser) -> None:
    with_terms(parser)
    parser.add_argument("--edition", required=True, help="which edition of the source, for example 2022")
    parser.add_argument(
        "--mid-year", type=int, metavar="YEAR", help="the year of which the source gives the numbers of 30 June"
    )
    parser.add_argument("--measure", default="", metavar="CODE", help="what a table counts whose headers do not say it")


def _reference(files: list[Path], args: Namespace) -> Answer:
    said = {"edition": args.edition, "mid_year": args.mid_year, "measure": args.measure}
    taken = take_reference(files, terms=terms_of(args), office=office_of(args), **said)
    words = ngettext(
        "{ref}: {rows} value of {first_year} to {last_year}, version {version}",
        "{ref}: {rows} values of {first_year} to {last_year}, version {version}",
        taken.as_dict()["rows"],
    )
    return Answer(taken.as_dict(), words.format(**taken.as_dict()))


importer("reference.statistics", _reference, gettext_lazy("other people's statistics, kept apart"), _takes_edition)
