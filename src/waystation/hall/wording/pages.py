"""The reviewer's pages: the languages, a language's messages, and one message with its translation to correct."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from waystation.hall.wording import acts
from waystation.hall.wording.queries.catalogues import path_of, samples
from waystation.hall.wording.queries.checking import NAMED
from waystation.hall.wording.queries.looking import Looked, catalogued, looked_at
from waystation.hall.wording.rules import reviewer
from waystation.hall.wording.shapes import LANGUAGES, Message
from waystation.kernel import scope
from waystation.kernel.acts import do
from waystation.kernel.pages import Asked, page
from waystation.kernel.refusals import Refused, require
from waystation.kernel.rules import admits
from waystation.kernel.screens import (
    Block,
    Choice,
    Column,
    Facts,
    Form,
    Link,
    Notice,
    Question,
    Screen,
    Sentence,
    Table,
)

STATES = {
    "to_review": gettext_lazy("to be reviewed"), "corrected": gettext_lazy("corrected"),
    "reviewed": gettext_lazy("reviewed"), "missing": gettext_lazy("not translated"),
}  # fmt: skip
EVERY = "every"
ON_A_PAGE = 50
FEW = 6  # numbers named as examples of a plural form


def _admit() -> None:
    """Raises Refused ``kernel.not_allowed`` for whoever does not review."""
    here = scope.current()
    require(admits(reviewer, here, None), "kernel.not_allowed", act=acts.correct.verb, rule=reviewer.sentence)


def _name(language: str) -> str:
    return dict(settings.LANGUAGES)[language]


@page("wording/", menu=gettext_lazy("Translations"), group="Direction", by=reviewer)
def languages(asked: Asked) -> Screen:
    """How far each language is reviewed."""
    _admit()
    rows: list[dict[str, Any]] = []
    for language in LANGUAGES:
        told = Counter(one.state for one in looked_at(language))
        rows.append({"language": Link(_name(language), f"/wording/{language}/", language), "all": told.total(), **told})
    columns = [Column("language", _("Language"), "link"), Column("all", _("Messages"), "number")]
    columns += [Column(state, label, "number") for state, label in STATES.items()]
    table = Table(columns, [dict.fromkeys(STATES, 0) | row for row in rows])
    summary = _(
        "What a machine translated is used at once, and marked until someone who speaks the language has read it."
    )
    links = [Link(_("Reviewed translations"), "/r/house.translations/")]
    return Screen(_("Translations"), [table], summary, links)


def _place(path: str) -> str:
    """The part of the house a file belongs to: ``apps/tracking/pages/operation.py`` is of tracking."""
    steps = path.split("/")
    return (
        steps[1]
        if steps[0] in ("apps", "hall") and len(steps) > 1
        else path.split(".")[0]
        if "/" not in path
        else steps[0]
    )


@page("wording/<language>/", by=reviewer)
def messages(asked: Asked) -> Screen:
    """The messages of a language in one state and one part of the house, a page at a time."""
    _admit()
    language = asked.names["language"]
    path_of(language)
    found = list(looked_at(language))
    state, part = asked.query.get("state", "to_review"), asked.query.get("part", EVERY)
    parts = sorted({_place(place) for one in found for place in one.message.places})
    shown = [
        one for one in found
        if state in (EVERY, one.state) and (part == EVERY or part in {_place(place) for place in one.message.places})
    ]  # fmt: skip
    pages = [str(number + 1) for number in range(-(-len(shown) // ON_A_PAGE))]
    here = asked.query.get("page", "1") if asked.query.get("page") in pages else "1"
    first = (int(here) - 1) * ON_A_PAGE
    blocks: list[Block] = [
        Choice("state", _("State"), [(EVERY, _("any")), *STATES.items()], state),
        Choice("part", _("Where it is said"), [(EVERY, _("any")), *((one, one) for one in parts)], part),
    ]
    rows = [_row(language, one) for one in shown[first : first + ON_A_PAGE]]
    columns = [
        Column("one", _("English"), "link"),
        Column("said", _name(language)),
        Column("state", _("State"), "state"),
    ]
    blocks.append(Table(columns, rows, empty=_("No message is like this. Choose another state or part.")))
    if len(pages) > 1:
        blocks.insert(2, Choice("page", _("Page"), [(number, number) for number in pages], here))
    words = ngettext("{n} message is like this.", "{n} messages are like this.", len(shown))
    return Screen(
        _name(language), blocks, Sentence(words, {"n": len(shown)}), parents=[Link(_("Translations"), "/wording/")]
    )


def _row(language: str, one: Looked) -> dict[str, Any]:
    return {
        "one": Link(one.message.one.strip(), _address(language, one.message), "en"),
        "said": _worded(language, one.forms) if all(one.forms) else None,
        "state": STATES[one.state],
    }


def _worded(language: str, forms: tuple[str, ...]) -> Link:
    """Words as their readers see them; what is filled in keeps to itself, so that right-to-left lines leave it whole."""
    return Link(NAMED.sub("\u2066\\g<0>\u2069", " · ".join(forms)), language=language)


def _address(language: str, message: Message) -> str:
    return f"/wording/{language}/{message.digest}/"


def _looked(asked: Asked) -> tuple[str, Looked]:
    language, digest = asked.names["language"], asked.names["digest"]
    path_of(language)
    one = next((one for one in looked_at(language) if one.message.digest == digest), None)
    if one is None:
        raise Refused("wording.no_message", message=digest)
    return language, one


def receive(asked: Asked) -> str:
    """Do what the reviewer decided, and go on to the next message that waits."""
    language, one = _looked(asked)
    forms = [asked.form.get(f"form.{number}", "") for number in range(len(_numbers(language, one.message)))]
    found: dict[str, Any] = {"language": language, "message": one.message.digest}
    if asked.form.get("as") == "right":
        do(acts.confirm, **found)
    elif asked.form.get("as") == "back":
        do(acts.put_back, one.record)
    elif one.record is None:
        do(acts.correct, **found, forms=forms)
    else:
        do(acts.correct_again, one.record, forms=forms)
    waiting = [each for each in looked_at(language) if each.state in ("to_review", "missing")]
    after = [each for each in waiting if each.message.one > one.message.one]
    return _address(language, (after or waiting)[0].message) if waiting else f"/wording/{language}/?state={EVERY}"


def _numbers(language: str, message: Message) -> list[Any]:
    """A label for each form of a translation: the numbers it is for, where it counts."""
    if not message.many:
        return [_("Translation")]
    found: list[Any] = []
    for numbers in samples(language):
        some = [*numbers[:FEW], *(["…"] if len(numbers) > FEW else [])]
        found.append(Sentence(_("Translation for {numbers}"), {"numbers": some}))
    return found


@page("wording/<language>/<digest>/", receive=receive, by=reviewer)
def message(asked: Asked) -> Screen:
    """One message: what it says in English, where, what it is called now, and a form to correct that."""
    _admit()
    language, one = _looked(asked)
    held = catalogued(language, one.message)
    about: list[tuple[Any, Any]] = [(_("English"), Link(one.message.one, language="en"))]
    if one.message.many:
        about.append((_("English, of several"), Link(one.message.many, language="en")))
    about += [(_("State"), STATES[one.state]), (_("Where it is said"), ", ".join(sorted(one.message.places)))]
    if one.message.context:
        about.append((_("Meant as"), one.message.context))
    if one.state == "corrected":
        about.append((_("In the catalogue"), _worded(language, held)))
    labels = _numbers(language, one.message)
    forms = one.forms if len(one.forms) == len(labels) else ("",) * len(labels)
    asks = [
        Question(f"form.{n}", label, "long", forms[n], required=True, language=language)
        for n, label in enumerate(labels)
    ]
    blocks: list[Block] = [Facts(about), Form(_("Use this translation"), asks)]
    if one.state == "to_review":
        blocks.insert(1, Form(_("It is right as it is"), [], hidden={"as": "right"}))
        blocks.insert(1, Facts([(_name(language), _worded(language, one.forms))]))
    elif one.state == "corrected":
        blocks.append(Form(_("Put the catalogue's words back"), [], hidden={"as": "back"}))
    if one.state == "corrected":
        blocks.insert(
            0, Notice(_("This correction is used everywhere already. The next release of the house takes it over."))
        )
    parents = [Link(_("Translations"), "/wording/"), Link(_name(language), f"/wording/{language}/", language)]
    title = Sentence(_("A message in {language}"), {"language": _name(language)})
    summary = _("Names in braces and words after a percent sign are filled in: keep them as they are.")
    return Screen(title, blocks, summary, parents=parents)
