"""Translations are found right, corrected, corrected again, and put back to what the catalogue says."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from waystation.hall.wording.models import Correction
from waystation.hall.wording.queries.catalogues import Forms
from waystation.hall.wording.queries.checking import edged, wrong_with
from waystation.hall.wording.queries.looking import catalogued, find
from waystation.hall.wording.rules import reviewer
from waystation.hall.wording.shapes import Message
from waystation.kernel import scope
from waystation.kernel.acts import Outcome, act
from waystation.kernel.models import Office
from waystation.kernel.refusals import Refused, require


@act("new -> reviewed", by=reviewer, said=_("found the translation right"))
def confirm(*, language: str, message: str) -> Outcome:
    """Say that a translation is right as it is."""
    found = find(language, message)
    forms = catalogued(language, found)
    _fitting(language, found, forms)
    return Outcome(record=_about(language, found, forms))


@act("new -> corrected", by=reviewer, said=_("corrected the translation"))
def correct(*, language: str, message: str, forms: list[str]) -> Outcome:
    """Say it in better words; they are used at once, everywhere."""
    found = find(language, message)
    given = edged(language, found, forms)
    _fitting(language, found, given)
    return Outcome(record=_about(language, found, given))


@act("corrected | reviewed -> corrected", by=reviewer, said=_("corrected the translation"))
def correct_again(correction: Correction, *, forms: list[str]) -> Outcome:
    """Say it in still better words; they are used at once, everywhere."""
    found = find(correction.language, correction.digest)
    given = edged(correction.language, found, forms)
    _fitting(correction.language, found, given)
    correction.forms = list(given)
    return Outcome()


@act("corrected -> reviewed", by=reviewer, said=_("went back to the words of the catalogue"))
def put_back(correction: Correction) -> Outcome:
    """Take the correction back: the words of the catalogue are right after all."""
    found = find(correction.language, correction.digest)
    correction.forms = list(catalogued(correction.language, found))
    _fitting(correction.language, found, tuple(correction.forms))
    return Outcome()


def _about(language: str, message: Message, forms: Forms) -> Correction:
    office = _office()
    before = list(catalogued(language, message))
    return Correction(
        language=language,
        message=message.one,
        digest=message.digest,
        forms=list(forms),
        catalogued=before,
        office=office,
    )


def _office() -> Office:
    person = scope.current().actor
    if person is None:  # a reviewer is a person: the house itself has no opinion on words
        raise Refused("kernel.not_allowed", act=correct.verb, rule=reviewer.sentence)
    office: Office = person.office
    return office


def _fitting(language: str, message: Message, forms: Forms) -> None:
    wrong = wrong_with(language, message, forms)
    require(not wrong, "wording.does_not_fit", message=message.one, why=wrong)
