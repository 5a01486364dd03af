"""The blocks of a screen made ready for their templates: cells said in the reader's language, drawings as SVG."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlencode

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from waystation.kernel.screens import (
    Bars,
    Block,
    Choice,
    Column,
    Facts,
    Form,
    Link,
    Map,
    Notice,
    Number,
    Numbers,
    Progress,
    Slider,
    Table,
    Trend,
)
from waystation.surfaces import drawing, wording
from waystation.surfaces.web import beside, questions, said

TEMPLATES: dict[type[Any], str] = {
    Notice: "notice", Facts: "facts", Table: "table", Map: "figure", Trend: "figure", Bars: "figure", Slider: "slider",
    Choice: "choice", Numbers: "numbers", Form: "form", Progress: "progress",
}  # fmt: skip
WIDE, SLIM = 900, 360  # pixels: a drawing is laid out anew for a phone, not made small


@dataclass(frozen=True)
class Drawn:
    """A block with its template and what the template shows."""

    template: str
    block: Any
    more: Mapping[str, Any]


def draw(blocks: Any, query: Mapping[str, str]) -> list[Drawn]:
    """All blocks of a screen, tables numbered in the order they stand in (the number names their files)."""
    found, tables = [], 0
    for place, block in enumerate(blocks):
        tables += isinstance(block, Table)
        found.append(_drawn(block, query, tables - 1, place))
    return found


def _drawn(block: Block, query: Mapping[str, str], number: int, place: int) -> Drawn:
    name = f"web/blocks/{TEMPLATES[type(block)]}.html"
    more: dict[str, Any] = {}
    if isinstance(block, Table):
        more = table(block) | {"number": number, "csv": _with(query, format="csv", table=str(number)),
                               "xlsx": _with(query, format="xlsx", table=str(number))}  # fmt: skip
    elif isinstance(block, Map | Trend | Bars):
        more = {"wide": svg(block, WIDE), "slim": svg(block, SLIM), "table": table(as_table(block)),
                "closer": isinstance(block, Map)}  # fmt: skip
    elif isinstance(block, Slider):
        more = {"steps": steps(block, query), "kept": [(k, v) for k, v in query.items() if k != block.parameter]}
    elif isinstance(block, Choice):
        more = {"kept": [(k, v) for k, v in query.items() if k != block.parameter]}
    elif isinstance(block, Facts):
        more = {"items": [(label, value(one)) for label, one in block.items]}
    elif isinstance(block, Numbers):
        more = {"items": [(one, _number(one)) for one in block.items]}
    elif isinstance(block, Form):
        more = questions.asked(block, f"ask-{place}")
    elif isinstance(block, Progress):
        more = beside.under_way(block.job)
    return Drawn(name, block, more)


def _with(query: Mapping[str, str], **more: str) -> str:
    return "?" + urlencode({**query, **more})


def _number(one: Number) -> str:
    return said.number(one.value)


def svg(block: Map | Trend | Bars, width: int) -> SafeString:
    """The drawing, inline. The drawing surface lets no script, style or outside address into it."""
    direction: Literal["rtl", "ltr"] = "rtl" if get_language_bidi() else "ltr"
    made = drawing.svg(block, locale=said.locale(), theme="light", direction=direction, width=width)
    return mark_safe(made)  # noqa: S308  # made by Vega from escaped text and cleaned by waystation.surfaces.drawing.ink


def value(one: Any, kind: str = "text") -> SafeString:
    """A value of a block as HTML; None is "not available"."""
    if isinstance(one, Link):
        return _link(one)
    text = wording.said(one, kind, said.locale())  # type: ignore[arg-type]  # a column's kind, checked by its own type
    if one is None:
        return format_html('<span class="absent">{}</span>', text)
    if kind == "state":
        return format_html('<span class="state moving"><i></i>{}</span>', text)
    return format_html('<bdi class="number">{}</bdi>' if kind in ("number", "share") else "<bdi>{}</bdi>", text)


def _link(one: Link) -> SafeString:
    if one.language:
        way = wording.direction(one.language)
        text = format_html('<bdi lang="{}" dir="{}">{}</bdi>', one.language, way, one.text)
    else:
        text = format_html("<bdi>{}</bdi>" if one.url else "{}", one.text)
    return format_html('<a href="{}">{}</a>', one.url, text) if one.url else text


def table(block: Table) -> dict[str, Any]:
    """A table's head, cells and total, aligned by kind."""
    heads = list(block.columns)
    return {
        "heads": heads,
        "rows": [[(c, value(row.get(c.key), c.kind)) for c in heads] for row in block.rows],
        "total": [(c, _total(block.total, c)) for c in heads] if block.total is not None else None,
        "title": block.title, "caption": block.caption, "empty": block.empty,
    }  # fmt: skip


def _total(row: Mapping[str, Any], of: Column) -> SafeString | str:
    return value(row[of.key], of.kind) if of.key in row else ""


def _marks(block: Map) -> list[Any]:
    """Areas, then circles: both have a name, a code, a value and perhaps a page."""
    return [*block.shapes, *block.dots]


def as_table(block: Map | Trend | Bars) -> Table:
    """The numbers of a drawing: one key away from it."""
    if isinstance(block, Map):
        rows: list[dict[str, Any]] = [
            {
                "name": Link(one.name, one.url) if one.url else one.name,
                "code": one.code,
                "value": (getattr(one, "instead", "") or None) if one.value is None else one.value,
            }
            for one in _marks(block)
        ]
        columns = [
            Column("name", _("Place")),
            Column("code", _("Code")),
            Column("value", block.unit or _("Value"), "number"),
        ]
        return Table(columns, rows)
    if isinstance(block, Bars):
        columns = [Column("label", _("Group")), Column("value", block.unit or _("Value"), "number")]
        return Table(columns, [{"label": label, "value": number} for label, number in block.items])
    several = any(point.series for point in block.points)
    covered = any(point.coverage is not None for point in block.points)
    columns = [Column("at", _("Date"), "date")]
    columns += [Column("series", _("Series"))] if several else []
    columns += [Column("value", block.unit or _("Value"), "number")]
    columns += [Column("coverage", _("Coverage"), "share")] if covered else []
    points = [{"at": p.at, "series": p.series, "value": p.value, "coverage": p.coverage} for p in block.points]
    return Table(columns, points)


@dataclass(frozen=True)
class Step:
    """A step of a slider: the address that shows it, and its coverage in percent of its height."""

    value: str
    label: Any
    url: str
    coverage: float | None
    said: str
    current: bool


def steps(block: Slider, query: Mapping[str, str]) -> list[Step]:
    """The slider's steps as links, each with the coverage drawn under it."""
    return [
        Step(one, label, _with(query, **{block.parameter: one}), cover, said.share(cover), one == block.current)
        for one, label, cover in block.steps
    ]
