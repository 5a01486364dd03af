"""Figure pages: a measure's value, how it is made, its parts, the records behind it and where it is quoted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Literal

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from waystation.kernel.codelists import codelist
from waystation.kernel.figures import Dim, Figure, Value, Verdict, figures, find, value, verify
from waystation.kernel.figures.additivity import Part
from waystation.kernel.models import FrozenFigure, Release
from waystation.kernel.refusals import Problem, Refused
from waystation.kernel.screens import Bars, Column, Point, Screen, Table, Trend
from waystation.kernel.values import today
from waystation.surfaces.web import said
from waystation.surfaces.web.behind import behind
from waystation.surfaces.web.drawn import draw
from waystation.surfaces.web.screened import table_file

ADDITIVITY = {
    "additive": gettext_lazy("It adds up over every group and over time."),
    "stock": gettext_lazy("It adds up over places; over time the last value counts, so dates are never added."),
    "share": gettext_lazy("It is a share: numerator and denominator are added apart, then divided."),
    "distinct": gettext_lazy("It counts different people or things once; groups never add up to the total."),
    "latest": gettext_lazy("It is the last value known; it is never added."),
    "maximum": gettext_lazy("It is the largest value; groups are compared, not added."),
}
MOST_BARS = 30
MOST_PARTS = 2000
VERDICTS = {
    "same": (
        "done",
        gettext_lazy("Verified: computed again with its two dates, the value and all inputs are the same."),
    ),
    "drifted": ("attention", gettext_lazy("Drifted: the value is the same, but inputs or the definition are not.")),
    "changed": ("refusal", gettext_lazy("Changed: computed again with its two dates, the value is another one.")),
    "not computable": ("refusal", gettext_lazy("It cannot be computed again.")),
}


@dataclass(frozen=True)
class Inquiry:
    """What a reader asks of a figure, out of the address."""

    as_of: date | None = None
    known_at: datetime | None = None
    by: tuple[str, ...] = ()
    where: Mapping[str, str] = field(default_factory=dict)
    across: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, request: HttpRequest, figure: Figure) -> Inquiry:
        """Read from the query. Raises Refused ``kernel.argument_wrong`` for what is no date."""
        query = request.GET
        dims = [dim.name for dim in figure.dims]
        return cls(
            _day(query.get("as_of", "")),
            _moment(query.get("known_at", "")),
            tuple(name for name in query.getlist("by") if name),
            {name: query[f"where.{name}"] for name in dims if query.get(f"where.{name}")},
            {name: query[f"across.{name}"] for name in dims if query.get(f"across.{name}")},
        )

    def asked(self) -> dict[str, Any]:
        """As keyword arguments of ``kernel.figures.value``."""
        return {
            "as_of": self.as_of,
            "known_at": self.known_at,
            "by": self.by,
            "where": self.where,
            "across": self.across,
        }


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as wrong:
        raise Refused("kernel.argument_wrong", name=_("as of"), value=text, why=_("it is no date")) from wrong


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text) if text else None
    except ValueError as wrong:
        raise Refused("kernel.argument_wrong", name=_("known at"), value=text, why=_("it is no moment")) from wrong
    return found.replace(tzinfo=UTC) if found is not None and found.tzinfo is None else found


@login_required
def figures_page(request: HttpRequest) -> HttpResponse:
    """``/figures/``: every declared figure."""
    rows = [
        {
            "name": one.name,
            "label": one.label,
            "sentence": one.sentence,
            "unit": one.unit,
            "splits": [dim.label for dim in one.dims],
        }
        for one in sorted(figures.values(), key=lambda one: one.name)
    ]
    return render(request, "web/figures.html", {"title": _("Figures"), "figures": rows, "words": ADDITIVITY})


@login_required
def figure_page(request: HttpRequest, name: str) -> HttpResponse:
    """``/figures/<name>/``. Raises Refused ``kernel.unknown_name``; other refusals are said on the page."""
    figure = find(name)
    inquiry, problems, answer = Inquiry(), [], None
    try:
        inquiry = Inquiry.of(request, figure)
        answer = _answer(figure, inquiry)
    except Refused as refused:
        problems = refused.problems
    if request.GET.get("format") in ("csv", "xlsx") and answer is not None:
        screen = Screen(figure.label, [parts_table(figure, answer)])
        return table_file(screen, figure.name, "0", request.GET["format"])
    context = {
        "title": figure.label, "figure": figure, "additivity": ADDITIVITY.get(figure.kind.word, figure.kind.word),
        "answer": answer, "problems": problems, "split": _split_instead(figure, inquiry, problems),
        "blocks": draw(_blocks(figure, inquiry, answer), request.GET.dict()) if answer else [],
        "number": _large(figure, answer), "cover": answer.coverage if answer and answer.coverage.planned else None,
        "inquiry": inquiry, "asked": _form(figure, inquiry), "releases": quoted(figure),
        "behind": behind(request, figure, inquiry.asked()) if answer else None, "verdict": _verdict(request, figure),
        "as_of": inquiry.as_of or today(),
    }  # fmt: skip
    return render(request, "web/figure.html", context, status=422 if problems and request.GET else 200)


def _answer(figure: Figure, inquiry: Inquiry) -> Value:
    return value(figure.name, **inquiry.asked())


def _large(figure: Figure, answer: Value | None) -> str:
    if answer is None:
        return ""
    if figure.unit == "year" and answer.value is not None:
        return str(answer.value)
    return said.share(answer.value) if figure.unit == "share" else said.number(answer.value, figure.places or None)


@dataclass(frozen=True)
class Way:
    """A dimension on the form: split by it, keep to one of its values, or say why it may be added over."""

    dim: Dim
    split: bool
    value: str
    reason: str
    never: bool
    options: list[tuple[str, str]]


def _form(figure: Figure, inquiry: Inquiry) -> list[Way]:
    return [
        Way(dim, dim.name in inquiry.by, inquiry.where.get(dim.name, ""), inquiry.across.get(dim.name, ""),
            dim.name in figure.never_across, _codes(dim))
        for dim in figure.dims
    ]  # fmt: skip


def _codes(dim: Dim) -> list[tuple[str, str]]:
    try:
        return codelist(dim.codes).choices() if dim.codes else []
    except (FileNotFoundError, ModuleNotFoundError):
        return []


def _split_instead(figure: Figure, inquiry: Inquiry, problems: list[Problem]) -> str:
    """Where a number is refused because it would mix what must stay apart: the address that splits instead."""
    if not problems or problems[0].code != "figures.never_across":
        return ""
    wanted = dict.fromkeys([*inquiry.by, str(problems[0].params["dim"])])
    asked = "&".join(f"by={name}" for name in wanted)
    day = f"&as_of={inquiry.as_of}" if inquiry.as_of else ""
    return f"{reverse('figure', args=[figure.name])}?{asked}{day}"


def label_of_part(dim: Dim, code: Any) -> Any:
    """A part's value in words."""
    if code == "unknown":
        return _("unknown")
    return dict(_codes(dim)).get(str(code), code)


def parts_table(figure: Figure, answer: Value) -> Table:
    """The figure split as asked."""
    kind: Literal["share", "number"] = "share" if figure.unit == "share" else "number"
    dims = [figure.dim(name) for name in answer.by]
    columns = [Column(dim.name, dim.label, "date" if dim.time else "text") for dim in dims]
    columns += [
        Column("value", _(figure.unit), kind),
        Column("rows", _("rows"), "number"),
        Column("unknown", _("without a value"), "number"),
    ]
    rows = [
        {**{d.name: label_of_part(d, part[d.name]) for d in dims}, **{k: part[k] for k in ("value", "rows", "unknown")}}
        for part in answer.parts[:MOST_PARTS]
    ]
    cut = (
        _("The first {n} groups of {all}.").format(n=MOST_PARTS, all=len(answer.parts))
        if len(answer.parts) > MOST_PARTS
        else ""
    )
    return Table(columns, rows, title=_("Breakdown"), caption=cut, empty=_("Nothing counts at this date."))


def _blocks(figure: Figure, inquiry: Inquiry, answer: Value) -> list[Any]:
    blocks: list[Any] = []
    line = trend(figure, inquiry, answer)
    if line is not None:
        blocks.append(line)
    dims = [figure.dim(name) for name in answer.by]
    if len(dims) == 1 and not dims[0].time and 1 < len(answer.parts) <= MOST_BARS:
        items = [(label_of_part(dims[0], part[dims[0].name]), part["value"]) for part in answer.parts]
        alt = _("{figure} by {dim}").format(figure=figure.label, dim=dims[0].label)
        blocks.append(Bars(alt, alt, items, _(figure.unit)))
    if answer.by:
        blocks.append(parts_table(figure, answer))
    return blocks


def trend(figure: Figure, inquiry: Inquiry, answer: Value) -> Trend | None:
    """The figure as of each date of its time dimension, when it has one and its additivity lets it stand alone."""
    time = next((dim.name for dim in figure.dims if dim.time), None)
    if time is None:
        return None
    apart = [name for name in answer.by if name != time]
    stands = figure.kind.keeps_dates_apart and getattr(figure.kind, "at", "") == time
    per = tuple(getattr(figure.kind, "per", ())) if stands else ()
    try:
        parts = value(figure.name, **{**inquiry.asked(), "by": tuple(dict.fromkeys([*apart, *per, time]))}).parts
    except Refused:
        return None
    parts = [part for part in parts if isinstance(part[time], date)]
    held = carried(parts, per, time) if stands else [(part[time], [part]) for part in parts]
    points = []
    for at, those in held:
        for names, group in _grouped(those, apart).items():
            series = " · ".join(str(label_of_part(figure.dim(d), one)) for d, one in zip(apart, names, strict=True))
            points.append(Point(at, figure.kind.total(group), series))
    few = len({point.series for point in points}) <= 8
    alt = _("{figure} over time").format(figure=figure.label)
    note = (
        _("Each point is the number as of its date; where nothing was counted anew, the last count stands.")
        if stands
        else ""
    )
    return Trend(alt, alt, points, _(figure.unit), note) if few and len({point.at for point in points}) > 1 else None


def carried(parts: Sequence[Part], per: Sequence[str], time: str) -> list[tuple[date, list[Part]]]:
    """The parts that count at each date: of each ``per`` those of its last date up to then. Who did not report at a date
    has not vanished on it."""
    own = _grouped(parts, per)
    found = []
    for at in sorted({part[time] for part in parts}):
        last = {key: max((p[time] for p in those if p[time] <= at), default=None) for key, those in own.items()}
        found.append((at, [part for key, those in own.items() for part in those if part[time] == last[key]]))
    return found


def _grouped(parts: Sequence[Part], names: Sequence[str]) -> dict[tuple[Any, ...], list[Part]]:
    groups: dict[tuple[Any, ...], list[Part]] = {}
    for part in parts:
        groups.setdefault(tuple(part[name] for name in names), []).append(part)
    return groups


def quoted(figure: Figure) -> list[FrozenFigure]:
    """Where the figure was frozen, in releases this reader may see."""
    frozen = FrozenFigure.objects.filter(name=figure.name, release__in=Release.objects.all())
    return list(frozen.select_related("release").order_by("-known_at")[:50])


@dataclass(frozen=True)
class Told:
    """A verdict in words."""

    verdict: Verdict
    tone: str
    text: Any


def _verdict(request: HttpRequest, figure: Figure) -> Told | None:
    asked = request.GET.get("verify", "")
    if not asked.isdigit():
        return None
    frozen = FrozenFigure.objects.filter(pk=asked, name=figure.name, release__in=Release.objects.all()).first()
    if frozen is None:
        return None
    verdict = verify(frozen)
    tone, text = VERDICTS[verdict.status]
    return Told(verdict, tone, text)
