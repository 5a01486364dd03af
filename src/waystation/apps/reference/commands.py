"""``waystation import reference.statistics FILE...``: an edition of other organisations' statistics."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from waystation.apps.reference.datasets.reading import take_reference
from waystation.kernel.commands import Answer
from waystation.kernel.imports import importer, office_of, terms_of, with_terms


def _takes_edition(parser: ArgumentParser) -> None:
    with_terms(parser)
    parser.add_argument("--edition", required=True, help="which edition of the source, for example 2022")


def _reference(files: list[Path], args: Namespace) -> Answer:
    taken = take_reference(files, edition=args.edition, terms=terms_of(args), office=office_of(args))
    words = _("{ref}: {rows} values of {first_year} to {last_year}, version {version}")
    return Answer(taken.as_dict(), words.format(**taken.as_dict()))


importer("reference.statistics", _reference, gettext_lazy("other people's statistics, kept apart"), _takes_edition)
