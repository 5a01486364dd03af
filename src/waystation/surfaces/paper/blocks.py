"""The blocks of a screen as plain JSON for ``page.typ``: every number already in words, every text only a text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from waystation.kernel.screens import (
    Bars,
    Block,
    Choice,
    Column,
    Facts,
    Map,
    Notice,
    Number,
    Numbers,
    Slider,
    Table,
    Trend,
)
from waystation.surfaces import wording
from waystation.surfaces.drawing import svg
from waystation.surfaces.paper.lettering import lifted

Written = dict[str, Any]
PICTURE_WIDTH = 650  # pixels: at 0.75 pt each, the width of an upright A4 page
MAP_WIDTH = 430  # so that a map leaves room on its page for what is said about it


def text_of(value: Any) -> str:
    """A text without the control characters and lone surrogates that JSON carries and fonts do not have."""
    kept = "".join(c for c in str(value) if c in "\n\t" or (c >= " " and c != "\x7f"))
    return kept.encode("utf-8", "ignore").decode()


def said(value: Any, kind: wording.Kind, locale: str) -> str:
    """A value in words, isolated in right-to-left pages so that its neighbours cannot turn a number round."""
    words = text_of(wording.said(value, kind, locale))
    if wording.direction(locale) == "ltr" or not any(c.isdigit() for c in words):
        return words
    return wording.isolated(words, locale if any(c.isalpha() for c in words) else None)


def all_written(blocks: Sequence[Block], locale: str) -> list[Written]:
    """The blocks that mean something on paper; controls that follow each other share one line."""
    found: list[Written] = []
    for block in blocks:
        made = written(block, locale)
        if made and made["kind"] == "sentence" and found and found[-1]["kind"] == "sentence":
            found[-1]["text"] += f" \u00b7 {made['text']}"
        elif made:
            found.append(made)
    return found


def written(block: Block, locale: str) -> Written | None:
    """One block, or None for what means nothing on paper."""
    if isinstance(block, Notice):
        return {"kind": "notice", "tone": block.tone, "text": text_of(block.text)}
    if isinstance(block, Facts):
        items = [[text_of(label), said(value, "text", locale)] for label, value in block.items]
        return {"kind": "facts", "title": text_of(block.title), "items": items}
    if isinstance(block, Table):
        return _table(block, locale) if block.printed else None
    if isinstance(block, (Map, Trend, Bars)):
        return _picture(block, locale)
    if isinstance(block, Numbers):
        return {"kind": "numbers", "items": [_number(n, locale) for n in block.items]} if block.items else None
    return _chosen(block) if isinstance(block, (Slider, Choice)) else None


def _table(table: Table, locale: str) -> Written:
    columns = [{"label": text_of(c.label), "end": c.kind in ("number", "share")} for c in table.columns]
    return {
        "kind": "table",
        "title": text_of(table.title),
        "caption": text_of(table.caption),
        "columns": columns,
        "rows": [[_cell(row, c, locale) for c in table.columns] for row in table.rows] if columns else [],
        "total": [_cell(table.total, c, locale) for c in table.columns] if table.total is not None else None,
        "empty": text_of(table.empty) or _("There are no rows."),
        "size": 9 if len(columns) <= 7 else 8 if len(columns) <= 10 else 7,
    }


def _cell(row: Mapping[str, Any], column: Column, locale: str) -> str:
    """A cell that is not there is empty; one that is None is "not available"."""
    return said(row[column.key], column.kind, locale) if column.key in row else ""


def _picture(block: Map | Trend | Bars, locale: str) -> Written:
    wide = MAP_WIDTH if isinstance(block, Map) else PICTURE_WIDTH
    lines, texts, (width, height) = lifted(svg(block, locale=locale, theme="light", width=wide))
    return {
        "kind": "picture",
        "title": text_of(block.title),
        "svg": lines,
        "texts": texts,
        "width": width,
        "height": height,
        "alt": text_of(block.alt) or text_of(block.title),
        "note": text_of(getattr(block, "note", "")),
    }


def _number(item: Number, locale: str) -> Written:
    texts = {"label": text_of(item.label), "unit": text_of(item.unit), "note": text_of(item.note)}
    return texts | {"value": said(item.value, "number", locale)}


def _chosen(block: Slider | Choice) -> Written | None:
    """A control becomes a sentence that says what is chosen."""
    options = {step[0]: step[1] for step in (block.steps if isinstance(block, Slider) else block.options)}
    if block.current not in options:
        return None
    return {"kind": "sentence", "text": f"{text_of(block.label)}: {text_of(options[block.current])}"}
