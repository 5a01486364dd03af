"""Names that wait for a person: the queue, and one question with its candidates on a map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from django.db import transaction
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from waystation.apps.naming import acts
from waystation.apps.naming.models import Question
from waystation.apps.naming.queries import gazetteers
from waystation.apps.naming.queries.rows import SITE
from waystation.apps.naming.queries.telling import DOUBTS, WAYS
from waystation.apps.naming.rules import decider
from waystation.apps.naming.shapes import Place
from waystation.apps.places import api as places
from waystation.kernel import scope
from waystation.kernel.acts import do
from waystation.kernel.acts import may as refused_to
from waystation.kernel.pages import Asked, page
from waystation.kernel.refusals import Refused, require
from waystation.kernel.rules import nothing
from waystation.kernel.screens import (
    Block,
    Choice,
    Column,
    Dot,
    Facts,
    Form,
    Link,
    Map,
    Notice,
    Screen,
    Sentence,
    Shape,
    Table,
)
from waystation.kernel.screens import Question as Field

SHOWN = 200  # questions of a page
SURE, AHEAD = 0.95, 0.1  # what may be accepted in one go: so alike, and so far before the second
MOST = 500  # accepted in one go
DISCLAIMER = gettext_lazy(
    "The boundaries and names shown do not imply official endorsement or acceptance by the organisation."
)


def address(question: Question) -> str:
    """Where a question is decided."""
    return f"/naming/{quote(question.ref)}/"


def waiting(source: str = "") -> Any:
    """The open questions (of a source), in the order they are asked: by source, and the places above first."""
    found = Question.objects.filter(state="open")
    return (found.filter(source=source) if source else found).order_by("source", "country", "level", "pk")


def accept_sure(asked: Asked) -> str:
    """Decide every open question whose first candidate is alike enough and far enough ahead, all or none."""
    source = asked.form.get("source", "")
    sure = [one for one in waiting(source) if is_sure(one)]
    require(len(sure) <= MOST, "naming.too_many", count=len(sure), most=MOST)
    with transaction.atomic():
        for one in sure:
            do(acts.decide, one, code=one.candidates[0]["code"])
    return f"/naming/?{urlencode({'source': source})}" if source else "/naming/"


def is_sure(question: Question) -> bool:
    """Whether the first candidate is alike enough and far enough before the second to be accepted with others."""
    scores = [one["score"] for one in question.candidates[:2]] + [0.0, 0.0]
    return bool(scores[0] >= SURE and round(scores[0] - scores[1], 3) >= AHEAD)


@page("naming/", menu=gettext_lazy("Names of places"), group="Places", receive=accept_sure, by=decider)
def queue(asked: Asked) -> Screen:
    """The names that wait, by source, and what can be accepted in one go."""
    sources = list(Question.objects.filter(state="open").order_by("source").values_list("source", flat=True).distinct())
    source = asked.query.get("source", "") if asked.query.get("source", "") in sources else ""
    questions = list(waiting(source)[: SHOWN + 1])
    count = waiting(source).count()
    blocks: list[Block] = []
    if len(sources) > 1:
        options = [("", _("all sources")), *((one, one) for one in sources)]
        blocks.append(Choice("source", _("Source"), options, source))
    sure = sum(is_sure(one) for one in waiting(source))
    if sure and _may_decide():
        words = ngettext(
            "Accept the first candidate of {count} name that is nearly the same",
            "Accept the first candidates of {count} names that are nearly the same", sure,
        )  # fmt: skip
        blocks.append(Form(words.format(count=sure), [], hidden={"source": source}))
    blocks.append(_listed(questions[:SHOWN], count))
    told = ngettext("{count} name waits for a decision.", "{count} names wait for a decision.", count)
    return Screen(
        _("Names of places"),
        blocks,
        Sentence(told, {"count": count}),
        [
            Link(_("All questions"), "/r/naming.questions/"),
            Link(_("What is remembered"), "/r/naming.decisions/"),
        ],
    )


def _may_decide() -> bool:
    here = scope.current()
    return here.is_house or not nothing(decider.q(here))


def _listed(questions: Sequence[Question], count: int) -> Table:
    columns = [
        Column("text", _("Name"), "link"), Column("above", _("Said to lie in")), Column("country", _("Country")),
        Column("level", _("Level")), Column("first", _("Most alike")), Column("score", _("How alike"), "share"),
        Column("rows", _("Rows"), "number"), Column("source", _("Source")),
    ]  # fmt: skip
    rows, named = [], {code: country_name(code) for code in {one.country for one in questions}}
    for one in questions:
        best: Mapping[str, Any] = one.candidates[0] if one.candidates else {}
        rows.append(
            {
                "text": Link(one.text, address(one)), "above": one.above_said, "country": named[one.country],
                "level": level_word(one.level), "first": f"{best['name']} ({best['code']})" if best else None,
                "score": best.get("score"), "rows": one.rows, "source": one.source,
            }
        )  # fmt: skip
    more = _("The first {shown} of {count}.").format(shown=len(rows), count=count) if count > len(rows) else ""
    empty = _("Nothing waits. Names that cannot be decided when a file is taken in are asked about here.")
    return Table(columns, rows, caption=more, empty=empty)


def country_name(code: str) -> str:
    """A country in the reader's language; its code when it is not held."""
    found = places.country(code=code)
    return found.name(get_language() or "en") if found else code


def level_word(level: int) -> str:
    """A level in words."""
    return _("site") if level == SITE else _("level {level}").format(level=level)


def receive_answer(asked: Asked) -> str:
    """Decide, say that there is no such place, or set aside; then the next question."""
    question = find(asked)
    form = asked.form
    if form.get("answer") == "none":
        do(acts.decide_none, question)
    elif form.get("answer") == "aside":
        do(acts.set_aside, question, why=form.get("why", ""))
    elif form.get("answer") == "again":
        do(acts.reopen, question)
        return address(question)
    else:
        do(acts.decide, question, code=form.get("code", ""))
    after = waiting(question.source).first() or waiting().first()
    return address(after) if after else "/naming/"


def find(asked: Asked) -> Question:
    """The question a path names. Raises Refused ``kernel.not_found``."""
    found: Question | None = Question.objects.filter(ref=asked.names["ref"]).first()
    if found is None:
        raise Refused("kernel.not_found", ref=asked.names["ref"])
    return found


@page("naming/<str:ref>/", receive=receive_answer)
def question(asked: Asked) -> Screen:
    """One name: where it was said to lie, its candidates with scores and reasons, drawn; a button for each."""
    record = find(asked)
    index = gazetteers.index_of(record.country)
    offered = [one for one in record.candidates if (record.country, one["code"]) in index.by_code]
    held = [(index.by_code[record.country, one["code"]], one) for one in offered]
    blocks: list[Block] = [_asked(record)]
    if record.state == "open":
        blocks.append(Notice(DOUBTS.get(record.doubt, DOUBTS["alike"]), "attention"))
    else:
        blocks.append(Notice(_decided(record, index.by_code.get((record.country, record.code))), "done"))
    if held:
        blocks.append(_candidates(record, held, index.by_code))
    may = refused_to(acts.decide, scope.current(), record) is None
    blocks += [*(_choices(held) if may else []), *_drawn(record, held), *_otherwise(record, may)]
    left = waiting(record.source).count()
    told = ngettext(
        "What does {source} mean by this name? {count} name of this source waits.",
        "What does {source} mean by this name? {count} names of this source wait.", left,
    )  # fmt: skip
    return Screen(
        record.text,
        blocks,
        Sentence(told, {"source": record.source, "count": left}),
        [Link(_("Record and its history"), f"/r/naming.questions/{quote(record.ref)}/")],
        parents=[Link(_("Names of places"), f"/naming/?{urlencode({'source': record.source})}")],
    )


def _asked(record: Question) -> Facts:
    above = f"{record.above_said} ({record.above})" if record.above else record.above_said
    items = [
        (_("Level"), level_word(record.level)), (_("Said to lie in"), above or None),
        (_("Country"), country_name(record.country)), (_("Source"), record.source),
        (_("Rows"), record.rows),
    ]  # fmt: skip
    return Facts([(label, value) for label, value in items if value is not None])


def _decided(record: Question, place: Place | None) -> str:
    if record.state == "decided":
        named = f"{place.name} ({place.code})" if place else record.code
        return _("Decided: {place}. It is remembered for this source.").format(place=named)
    if record.state == "none":
        return _("Decided: there is no such place yet. Rows of this source with the name are taken without a code.")
    return _("Set aside: {why}").format(why=record.why)


Held = Sequence[tuple[Place, Mapping[str, Any]]]


def _candidates(record: Question, held: Held, known: Mapping[tuple[str, str], Place]) -> Table:
    columns = [
        Column("name", _("Candidate"), "link" if record.level != SITE else "text"), Column("code", _("Code")),
        Column("above", _("Lies in")), Column("score", _("How alike"), "share"), Column("way", _("Why")),
    ]  # fmt: skip
    rows = []
    for place, one in held:
        parent = known.get((record.country, place.above[0])) if place.above else None
        way = str(WAYS.get(one["way"], one["way"]))
        said = f"{way}: {one['as']}" if one["as"] != place.name else way
        url = f"/places/{record.country}/{quote(place.code, safe='')}/"
        rows.append(
            {
                "name": Link(place.name, url) if record.level != SITE else place.name, "code": place.code,
                "above": f"{parent.name} ({parent.code})" if parent else None, "score": one["score"], "way": said,
            }
        )  # fmt: skip
    return Table(columns, rows, _("Candidates"))


def _choices(held: Held) -> list[Block]:
    """A button for each candidate, and one for none of them."""
    words = _("{place} ({code})")
    return [
        *(Form(words.format(place=one.name, code=one.code), [], hidden={"code": one.code}) for one, _said in held),
        Form(_("None of these: no such place yet") if held else _("No such place yet"), [], hidden={"answer": "none"}),
    ]


def _otherwise(record: Question, may: bool) -> list[Block]:
    """The other ways: another code, later, or asking again; who may do nothing is told what it takes."""
    if refused_to(acts.reopen, scope.current(), record) is None:
        return [Form(_("Ask again"), [], hidden={"answer": "again"})]
    if not may:
        return [Notice(_("You may decide when you hold the duty “decides what names of places mean”."))]
    code = Field("code", _("Code"), required=True, hint=_("A code of the gazetteer at this level."))
    later = Field("why", _("Why"), required=True)
    return [
        Form(_("It is another place"), [code], _("Another place")),
        Form(_("Set aside"), [later], _("Later"), hidden={"answer": "aside"}),
    ]


def _drawn(record: Question, held: Held) -> list[Block]:
    """The candidates, with the outline of the place above (or the country) behind them; nothing where nothing is drawn."""
    if record.level == SITE:
        wanted = {place.code: one["score"] for place, one in held}
        dots = [
            Dot(one.ref, one.name, one.longitude, one.latitude, None, f"/r/places.sites/{one.ref}/")
            for one in places.sites(country=record.country)
            if one.ref in wanted and one.longitude is not None and one.latitude is not None
        ]
        shapes: list[Shape] = []
    else:
        scores = {place.code: one["score"] for place, one in held}
        outlines = places.outlines(country=record.country, level=record.level) if held else []
        shapes = [
            Shape(one.pcode, one.name, one.geometry, scores[one.pcode] * 100, f"/places/{record.country}/{quote(one.pcode, safe='')}/")
            for one in outlines if one.pcode in scores
        ]  # fmt: skip
        dots = []
    behind = _behind(record)
    if not shapes and not dots:
        return []
    say = _("Map of the candidates for {name}: {candidates}.")
    names = ", ".join([*(one.name for one in shapes), *(one.name for one in dots)])
    alt = say.format(name=record.text, candidates=names)
    return [Map(_("Where they lie"), alt, shapes, dots, _("% alike"), DISCLAIMER, behind)]


def _behind(record: Question) -> list[Mapping[str, Any]]:
    """The outline of the place above, else of the country, else of its first-level areas."""
    level = max(1, record.level - 1)
    if record.above and record.level != SITE:
        own = [
            one.geometry for one in places.outlines(country=record.country, level=level) if one.pcode == record.above
        ]
        if own:
            return own
    for level in (0, 1):
        found = [one.geometry for one in places.outlines(country=record.country, level=level)]
        if found:
            return found
    return []
