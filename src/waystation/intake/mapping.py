"""What an import remembers: which columns of a kind of file fill which fields, so that the next file needs no work."""

from __future__ import annotations

import json
from collections import abc
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NamedTuple

from django.utils.translation import gettext as _

from waystation.intake.cells import key, letters
from waystation.intake.layout import Layout
from waystation.intake.numbers import Style
from waystation.intake.refusals import refuse
from waystation.intake.source import Column, Source
from waystation.kernel.refusals import Problem

VERSION = 1
_ENOUGH = 0.7  # of the remembered headers must be where they were for a layout to count as the same


@dataclass(frozen=True)
class Take:
    """The column a field is taken from: found by its header, else its HXL tag, else its index.

    ``translate`` says what texts stand for (None: not available), ``decimal`` how the column writes numbers, ``date``
    how it writes dates (``iso``, ``serial`` for a workbook's day numbers, or a strptime pattern such as ``%d/%m/%Y``).
    """

    header: str = ""
    hxl: str = ""
    index: int | None = None
    translate: abc.Mapping[str, str | None] = field(default_factory=dict)
    decimal: Style | None = None
    date: str | None = None

    def find(self, columns: list[Column]) -> Column | None:
        """The column meant; of several with the same header the one at the remembered index, else the first."""
        same = [c for c in columns if self.header and c.key == key(self.header)]
        same = same or [c for c in columns if self.hxl and c.hxl == self.hxl]
        if not same and not self.header and not self.hxl:
            same = [c for c in columns if c.index == self.index]
        exact = [c for c in same if c.header == self.header and c.index == self.index]
        return next(iter(exact + [c for c in same if c.index == self.index] + same), None)

    @property
    def wanted(self) -> str:
        """The column as a message names it."""
        names = [f"“{n}”" for n in (self.header, self.hxl) if n]
        return ", ".join(names) or (letters(self.index) if self.index is not None else "?")


@dataclass(frozen=True)
class Wide:
    """One of several groups of columns that stand side by side: each becomes a row of its own.

    ``fixed`` are the values that say which group it is (``{"group": "returned"}``), ``takes`` the columns of the group.
    A group whose columns are all empty in a row gives no row.
    """

    fixed: abc.Mapping[str, Any]
    takes: abc.Mapping[str, Take]


class Match(NamedTuple):
    """How much a file is like the one a mapping was made for: 1 is the same; and what differs, in words."""

    score: float
    differences: list[str]


@dataclass(frozen=True)
class Mapping:
    """How the files of one source become rows. ``problems`` were noticed when proposing it and are not remembered.

    Attributes:
        layout: Where the table stands.
        takes: The column of each field.
        constants: Fields with one value for the whole file, written as text or number.
        wide: Groups of columns that become rows.
        markers: What texts stand for in every column: ``{"Not available": None}``.
        totals: What happens to rows that are totals: left out with a finding (``skip``) or read as data (``keep``).
        headers: All headers of the file, to recognise the next one.
    """

    layout: Layout
    takes: abc.Mapping[str, Take] = field(default_factory=dict)
    constants: abc.Mapping[str, Any] = field(default_factory=dict)
    wide: tuple[Wide, ...] = ()
    markers: abc.Mapping[str, str | None] = field(default_factory=dict)
    totals: Literal["skip", "keep"] = "skip"
    headers: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = field(default=(), compare=False)

    def all_takes(self) -> abc.Iterator[tuple[str, Take]]:
        """Every (field, column) pair, those of wide groups too."""
        yield from self.takes.items()
        for group in self.wide:
            yield from group.takes.items()

    def matches(self, source: Source) -> Match:
        """How well this mapping fits a file, and what differs in words. The best layout of the file is compared."""
        return self._match(source, self.layout_in(source))

    def layout_in(self, source: Source) -> Layout:
        """This mapping's table in a file: as remembered, else as detected there, else on another sheet."""
        names = [s.name or None for s in source.sheets()]
        layouts = [self.layout] if self.layout.sheet in names or self.layout.sheet is None else []
        for layout in layouts:
            if self._same_headers(source, layout) >= _ENOUGH:
                return layout
        layouts += [source.layout_of(n) for n in sorted(names, key=lambda n: n != self.layout.sheet)]
        return max(layouts, key=lambda lay: self._same_headers(source, lay))

    def _same_headers(self, source: Source, layout: Layout) -> float:
        """The share of the columns in use that stand in a layout, from its headers alone."""
        texts, tags = source.headers(layout)
        known = {key(t) for t in texts} | set(tags)
        takes = [take for _name, take in self.all_takes() if take.header or take.hxl]
        found = sum(key(t.header) in known if t.header else t.hxl in known for t in takes)
        return found / len(takes) if takes else float(layout == self.layout)

    def _match(self, source: Source, layout: Layout) -> Match:
        columns = source.columns_of(layout)
        differences = []
        if layout.sheet != self.layout.sheet:
            differences.append(_("The sheet is now called “%(sheet)s”.") % {"sheet": layout.sheet})
        if layout.first_data_row != self.layout.first_data_row:
            differences.append(_("The data now begins at row %(row)s.") % {"row": layout.first_data_row})
        missing = 0
        takes = list(self.all_takes())
        for name, take in takes:
            column = take.find(columns)
            if column is None:
                missing += 1
                words = _("The column %(column)s for “%(field)s” is gone.")
                differences.append(words % {"column": take.wanted, "field": name})
            elif take.index not in (None, column.index):
                words = _("The column “%(header)s” moved from %(before)s to %(after)s.")
                place = {"header": column.header, "before": letters(take.index or 0), "after": column.letter}
                differences.append(words % place)
        now, before = {c.key for c in columns if c.header}, {key(h) for h in self.headers}
        for column in columns:
            if column.header and column.key not in before:
                differences.append(_("The column “%(header)s” is new.") % {"header": column.header})
        gone = [h for h in self.headers if key(h) not in now and key(h) not in {key(t.header) for _n, t in takes}]
        differences += [_("The column “%(header)s”, which is not used, is gone.") % {"header": h} for h in gone]
        alike = len(now & before) / max(len(now | before), 1)
        used = (len(takes) - missing) / max(len(takes), 1)
        return Match(round(0.7 * used + 0.3 * alike, 3), differences)

    def to_json(self) -> dict[str, Any]:
        """A JSON-serialisable description, with its version."""
        return {
            "version": VERSION,
            "layout": self.layout.as_dict(),
            "takes": {name: _take_as_dict(take) for name, take in self.takes.items()},
            "constants": dict(self.constants),
            "wide": [
                {"fixed": dict(w.fixed), "takes": {n: _take_as_dict(t) for n, t in w.takes.items()}} for w in self.wide
            ],
            "markers": dict(self.markers),
            "totals": self.totals,
            "headers": list(self.headers),
        }

    @classmethod
    def from_json(cls, kept: abc.Mapping[str, Any] | str, file: str = "") -> Mapping:
        """The mapping that ``to_json`` described. Refuses a version this code does not know."""
        kept = json.loads(kept) if isinstance(kept, str) else kept
        version = kept.get("version") if isinstance(kept, dict) else None
        if version != VERSION:
            refuse("mapping_version", file=file, version=version)
        return cls(
            layout=Layout.from_dict(kept["layout"]),
            takes={n: Take(**t) for n, t in kept["takes"].items()},
            constants=kept["constants"],
            wide=tuple(Wide(w["fixed"], {n: Take(**t) for n, t in w["takes"].items()}) for w in kept["wide"]),
            markers=kept["markers"],
            totals=kept["totals"],
            headers=tuple(kept["headers"]),
        )

    def with_(self, **changes: Any) -> Mapping:
        """A copy with changes: ``mapping.with_(markers={"Not available": None})``."""
        return replace(self, **changes)


def _take_as_dict(take: Take) -> dict[str, Any]:
    return {
        name: value
        for name in ("header", "hxl", "index", "translate", "decimal", "date")
        if (value := getattr(take, name)) not in (None, "", {})
    }
