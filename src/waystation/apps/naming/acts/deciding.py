"""A question about a name, from asking to its answer; the answer is remembered for the source."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from waystation.apps.naming.acts.remembering import held, key_of, place_of, refuse_decided
from waystation.apps.naming.models import Decision, Question
from waystation.apps.naming.queries.rows import under
from waystation.apps.naming.rules import decider, staff
from waystation.kernel.acts import Outcome, act
from waystation.kernel.models import Office


@act("new -> open", by=staff, said=_("asked what the name means"))
def ask(
    *, source: str, country: str, level: int, text: str, office: Office, above: str = "", above_said: str = "",
    rows: int = 1, doubt: str = "", candidates: list[dict[str, Any]] | None = None,
) -> Outcome:  # fmt: skip
    """Ask which place a source means by a name."""
    made = Question(
        source=source.strip(), country=country.strip().upper(), level=level, text=text.strip(), key=key_of(text),
        above=above.strip(), above_said=above_said.strip(), under=under(above, above_said), rows=rows, doubt=doubt, candidates=candidates or [],
        office=office,
    )  # fmt: skip
    return Outcome(record=made)


@act("open | aside -> decided", by=decider, said=_("decided what the name means"))
def decide(question: Question, *, code: str) -> Outcome:
    """Decide which place is meant; the source is understood so from now on."""
    place = place_of(question.country, code, question.level)
    return _answered(question, place)


@act("open | aside -> none", by=decider, said=_("decided that there is no such place yet"))
def decide_none(question: Question, *, why: str = "") -> Outcome:
    """Decide that the gazetteer holds no such place yet; the source's rows are taken without a code."""
    question.why = why.strip()
    return _answered(question, "")


@act("open -> aside", by=decider, said=_("set the question aside"))
def set_aside(question: Question, *, why: str) -> Outcome:
    """Leave the question for later, with the reason."""
    question.why = why.strip()
    return Outcome()


@act("decided | none | aside -> open", by=decider, said=_("opened the question again"))
def reopen(question: Question) -> Outcome:
    """Ask again; what was decided is no longer remembered for the source."""
    kept = held(question)
    question.code, question.why = "", ""
    if kept is None:
        return Outcome()
    kept.state = "withdrawn"
    return Outcome(save=[kept])


def _answered(question: Question, code: str) -> Outcome:
    refuse_decided(question)
    question.code = code
    told = ("source", "country", "level", "text", "key", "above", "under")
    values = {name: getattr(question, name) for name in told}
    return Outcome(new=[Decision(code=code, office=question.office, state="kept", **values)])
