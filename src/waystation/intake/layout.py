"""Where the table is in its sheet: header rows, the HXL row, the first row of data; and why we think so.

HXL (hxlstandard.org, 1.1): a row of hashtags such as #adm1+code between the headers and the data.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from waystation.intake.cells import Cell, Line, key, plain
from waystation.intake.numbers import style_of

WINDOW = 60  # rows at the top that are looked at
_TAG = re.compile(r"\s*#[A-Za-z][A-Za-z0-9_]*(\s*\+\s*[A-Za-z][A-Za-z0-9_]*)*\s*$")


@dataclass(frozen=True)
class Layout:
    """Where a table stands. Rows are numbered as a person sees them; for JSON the keys are row 0.

    ``hxl_row`` may also be a header row, where tags are the only headers there are.
    """

    sheet: str | None = None
    header_rows: tuple[int, ...] = (1,)
    hxl_row: int | None = None
    first_data_row: int = 2
    json_path: str | None = None
    confidence: float = field(default=1.0, compare=False)
    reasons: tuple[str, ...] = field(default=(), compare=False)

    def as_dict(self) -> dict[str, Any]:
        """What a mapping remembers: the place, not the reasons."""
        return {
            "sheet": self.sheet,
            "header_rows": list(self.header_rows),
            "hxl_row": self.hxl_row,
            "first_data_row": self.first_data_row,
            "json_path": self.json_path,
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Layout:
        """The layout that ``as_dict`` described."""
        return cls(**{**kept, "header_rows": tuple(kept["header_rows"])})


def is_tag(cell: Cell) -> bool:
    """Whether a cell is an HXL hashtag with or without attributes."""
    return isinstance(cell, str) and _TAG.match(cell) is not None


def is_number(cell: Cell) -> bool:
    """Whether a cell holds a number, as a number or written."""
    if isinstance(cell, str):
        return style_of(cell) != "none"
    return isinstance(cell, int | Decimal)


def _is_label(cell: Cell) -> bool:
    """Whether a cell could be a header: text, or a year."""
    if isinstance(cell, str):
        return not is_number(cell) or _is_year(cell.strip())
    return isinstance(cell, int) and _is_year(str(cell))


def _is_year(text: str) -> bool:
    return len(text) == 4 and text.isdecimal() and 1900 <= int(text) <= 2100


def _distinct(cells: Sequence[Cell]) -> int:
    return len({plain(c) for c in cells if c is not None})


@dataclass
class _Table:
    """The top of a sheet while it is being understood."""

    head: list[Line]
    width: int
    reasons: list[str]

    def below(self, position: int) -> list[list[Cell]]:
        return [cells for _row, cells in self.head[position + 1 :]]

    def column(self, position: int, index: int) -> list[Cell]:
        """The values under a cell."""
        return [c[index] for c in self.below(position) if index < len(c) and c[index] is not None]

    def numeric_columns(self, position: int) -> list[int]:
        """Columns in which most values below a row are numbers."""
        found = []
        for index in range(self.width):
            values = self.column(position, index)
            if values and sum(map(is_number, values)) >= 0.7 * len(values):
                found.append(index)
        return found


def detect(head: list[Line], sheet: str | None = None, json_path: str | None = None) -> Layout:
    """Find the layout from the first rows of a sheet (``WINDOW`` of them are enough)."""
    head = head[:WINDOW]
    if json_path is not None:
        return Layout(sheet, (0,), None, 1, json_path, 1.0, (_("The keys of the objects are the headers."),))
    if not head:
        return Layout(sheet, (), None, 1, None, 0.0, (_("There is nothing on the sheet."),))
    widths = sorted(sum(c is not None for c in cells) for _row, cells in head)
    table = _Table(head, max(len(cells) for _row, cells in head), [])
    hxl = _hxl_position(head)
    if hxl is not None:
        return _with_tags(table, hxl, sheet)
    typical = widths[int(len(widths) * 0.8)]
    first = _header_position(table, max(1, typical))
    if first is None:
        reason = _("No row looks like headers; the columns are named by their letters.")
        return Layout(sheet, (), None, head[0][0], None, 0.1, (reason,))
    return _with_headers(table, first, sheet)


def _hxl_position(head: list[Line]) -> int | None:
    for position, (_row, cells) in enumerate(head[:25]):
        present = [c for c in cells if c is not None]
        tags = sum(map(is_tag, present))
        if tags and tags >= 0.6 * len(present):
            return position
    return None


def _with_tags(table: _Table, hxl: int, sheet: str | None) -> Layout:
    """Headers are the rows straight above the tags; without any, the tags are the headers."""
    row = table.head[hxl][0]
    reasons = [_("Row %(row)s holds HXL tags.") % {"row": row}]
    headers: tuple[int, ...] = ()
    if hxl:
        tagged = sum(c is not None for c in table.head[hxl][1])
        above = [p for p in range(max(0, hxl - 2), hxl) if _distinct(table.head[p][1]) >= max(1, min(2, tagged))]
        if len(above) == 2 and not _is_group(table.head[above[0]][1], table.head[above[1]][1]):
            above = above[1:]
        headers = tuple(table.head[p][0] for p in above)
    if not headers:
        headers = (row,)
        reasons.append(_("There are no headers above the tags, so the tags are the headers."))
    after = table.head[hxl + 1][0] if hxl + 1 < len(table.head) else row + 1
    return Layout(sheet, headers, row, after, None, 0.95, tuple(reasons))


def _header_position(table: _Table, typical: int) -> int | None:
    """The first row that is about as wide as the table and made of labels; half as wide when there is no better."""
    for share in (0.75, 0.5):
        for position, (_row, cells) in enumerate(table.head[:40]):
            present = [c for c in cells if c is not None]
            if len(present) < share * typical or (typical > 1 and _distinct(cells) < min(2, typical)):
                continue
            if sum(map(_is_label, present)) >= 0.9 * len(present):
                return position
    return None


def _group_above(table: _Table, first: int) -> bool:
    """Whether the row straight above the headers groups them: labels with gaps between them, or repeated by merging."""
    if not first or table.head[first - 1][0] != table.head[first][0] - 1:
        return False
    cells = table.head[first - 1][1]
    present = [c for c in cells if c is not None]
    start = next(i for i, c in enumerate(cells) if c is not None)
    spread = any(c is None or c == before for before, c in pairwise(cells[start:]))
    return spread and _distinct(cells) >= 2 and all(map(_is_label, present))


def _is_group(upper: Sequence[Cell], lower: Sequence[Cell]) -> bool:
    """Whether a row groups the headers under it: one label over several, by merged cells or by gaps."""
    repeated = sum(a is not None and a == b for a, b in pairwise(upper))
    under = sum(c is not None and (i >= len(upper) or upper[i] is None) for i, c in enumerate(lower))
    return repeated > 0 or under > 0


def _second_header(table: _Table, first: int) -> bool:
    """Whether the next row is a header too: labels that never come again below, over columns of numbers."""
    if first + 1 >= len(table.head) - 1:
        return False
    (row, upper), (next_row, lower) = table.head[first], table.head[first + 1]
    if next_row != row + 1:  # a blank row parts a title from a table, never two headers
        return False
    present = [(i, c) for i, c in enumerate(lower) if c is not None]
    if len(present) < 2 or not all(_is_label(c) for _i, c in present) or _distinct(lower) < 2:
        return False
    again = sum(plain(c) in {plain(v) for v in table.column(first + 1, i)} for i, c in present)
    if again > 0:
        return False
    numeric = set(table.numeric_columns(first + 1))
    labelled = [i for i, c in present if i in numeric]
    if _is_group(upper, lower):
        return bool(labelled) or sum(a == b for a, b in pairwise(upper) if a) > 0
    return len(numeric) >= 2 and len(labelled) >= 0.8 * len(numeric) and _distinct(lower) >= 0.8 * len(present)


def _with_headers(table: _Table, first: int, sheet: str | None) -> Layout:
    row, cells = table.head[first]
    reasons = [_("Row %(row)s is the first that is as wide as the table and holds only labels.") % {"row": row}]
    last = first
    if _group_above(table, first):
        first -= 1
    elif _second_header(table, first):
        last += 1
    two = last > first
    confidence = 0.5
    if two:
        words = _("Row %(row)s holds labels over numbers too: a second header row.")
        reasons.append(words % {"row": table.head[last][0]})
        confidence -= 0.1
    present = [plain(c) for c in table.head[last][1] if c is not None]
    if table.numeric_columns(last):
        reasons.append(_("Numbers stand under its labels."))
        confidence += 0.25
    if len({key(t) for t in present}) == len(present):
        confidence += 0.1
    if len(present) >= 0.9 * table.width:
        confidence += 0.1
    if first:
        reasons.append(
            ngettext(
                "%(count)s row above it was passed over as a title.",
                "%(count)s rows above it were passed over as titles.",
                first,
            )
            % {"count": first}
        )
    holding = [i for i in range(table.width) if table.column(last, i)]
    bare = [i for i in holding if i >= len(cells) or cells[i] is None]
    if len(bare) > 0.3 * len(holding) or len(holding) < 2:
        reasons.append(_("Many columns have no header, so this may not be a table."))
        confidence -= 0.3
    after = table.head[last + 1][0] if last + 1 < len(table.head) else table.head[last][0] + 1
    rows = tuple(r for r, _cells in table.head[first : last + 1])
    return Layout(sheet, rows, None, after, None, round(min(0.99, max(0.05, confidence)), 2), tuple(reasons))
