"""Propose a mapping: which column fills which field, by HXL tag, then header, then by what the values look like."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from waystation.intake.cells import Cell, key
from waystation.intake.dates import column_form, is_serial
from waystation.intake.fields import Field
from waystation.intake.mapping import Mapping, Take
from waystation.intake.numbers import column_style
from waystation.intake.refusals import problem
from waystation.intake.source import CODE, Column, Source
from waystation.kernel.refusals import Problem

_ROLE = re.compile(r"[_ ]?(code|pcode|name|id|iso\d?)$")


def propose(source: Source, fields: Sequence[Field]) -> Mapping:
    """A mapping of a file to fields, with everything doubtful told in its ``problems``.

    HXL tags come first, then headers equal to a synonym or to the field's name. Columns of names and codes that are
    titled the wrong way round are mapped by their values. How numbers and dates are written is taken from the values.
    Fields without a column are absent from ``takes``: the caller maps them by hand or gives a constant.
    """
    return _Proposal(source, fields).mapping()


class _Proposal:
    def __init__(self, source: Source, fields: Sequence[Field]) -> None:
        self.source, self.fields = source, fields
        self.columns = source.columns
        self.problems: list[Problem] = []
        self.chosen: dict[str, Column] = {}

    def mapping(self) -> Mapping:
        taken: set[int] = set()
        for by in (self._by_tag, self._by_header):
            for field in self.fields:
                if field.name not in self.chosen:
                    column = by(field, taken)
                    if column:
                        self.chosen[field.name] = column
                        taken.add(column.index)
        self._right_way_round()
        repeated = self.source.repeated_headers()
        for column in self.chosen.values():
            if column.header in repeated and not column.hxl:
                self._tell("same_header", column, header=column.header, count=repeated[column.header])
        return Mapping(
            layout=self.source.layout,
            takes={f.name: self._take(f, self.chosen[f.name]) for f in self.fields if f.name in self.chosen},
            headers=tuple(c.header for c in self.columns if c.header),
            problems=tuple(self.problems),
        )

    def _tell(self, code: str, column: Column | None = None, **params: Any) -> None:
        name = column.name if column else None
        self.problems.append(
            problem(code, file=self.source.name, sheet=self.source.layout.sheet, column=name, **params)
        )

    def _by_tag(self, field: Field, taken: set[int]) -> Column | None:
        """The column with the field's tag; else the one whose tag has its attributes and the fewest others."""
        for wanted in field.hxl:
            tag, *attributes = wanted.lower().replace(" ", "").split("+")
            fits = []
            for column in self.columns:
                own_tag, *own = column.hxl.split("+")
                if own_tag == tag and set(attributes) <= set(own) and column.index not in taken:
                    fits.append((len(set(own) - set(attributes)), column))
            fits.sort(key=lambda pair: pair[0])
            best = [c for extra, c in fits if extra == fits[0][0]]
            if len(best) > 1:
                names = ", ".join(c.name for c in best)
                self._tell("several_columns", best[0], field=field.name, columns=names, chosen=best[0].name)
            if best:
                return best[0]
        return None

    def _by_header(self, field: Field, taken: set[int]) -> Column | None:
        """The column titled so; else the only one whose own title, under the title of its group, is so."""
        free = [c for c in self.columns if c.key and c.index not in taken]
        for wanted in (*field.synonyms, field.name):
            fits = [c for c in free if c.key == key(wanted)]
            if fits:
                return fits[0]
        for wanted in (*field.synonyms, field.name):
            fits = [c for c in free if " / " in c.header and key(c.header.rpartition(" / ")[2]) == key(wanted)]
            if len(fits) == 1:
                return fits[0]
        return None

    def _right_way_round(self) -> None:
        """Exchange the columns of a code and its name where the values say so; tell it, and codes that are none."""
        names = {_stem(f): f for f in self.fields if f.kind == "text" and f.name in self.chosen}
        for field in self.fields:
            if field.kind != "code" or field.name not in self.chosen:
                continue
            pattern = re.compile(field.pattern) if field.pattern else CODE
            column, partner = self.chosen[field.name], names.get(_stem(field))
            if not column.values or _share(pattern, column.values) >= 0.5:
                continue
            other = self.chosen[partner.name] if partner else None
            if partner and other and other.values and _share(pattern, other.values) > 0.8:
                self.chosen[field.name], self.chosen[partner.name] = other, column
                self._tell(
                    "swapped",
                    other,
                    code_column=column.name,
                    name_column=other.name,
                    code_example=column.samples[0],
                    name_example=other.samples[0],
                )
            elif field.pattern or partner:
                self._tell("not_codes", column, example=column.samples[0])

    def _take(self, field: Field, column: Column) -> Take:
        take = Take(header=column.header, hxl=column.hxl, index=column.index)
        texts = [v for v in column.values if isinstance(v, str)]
        if field.kind in ("integer", "decimal"):
            style, code, examples = column_style(texts, field.kind == "integer")
            if code == "mixed_decimals":
                self._tell(code, column, one=examples[0], other=examples[1])
            elif code:
                self._tell(code, column, example=examples[0])
            take = replace(take, decimal=style)
        elif field.kind == "date":
            take = replace(take, date=self._date_form(column, texts))
        return take

    def _date_form(self, column: Column, texts: list[str]) -> str | None:
        numbers = [v for v in column.values if isinstance(v, int)]
        if numbers and all(map(is_serial, numbers)):
            return "serial"
        dated = [t for t in texts if any(c.isdigit() for c in t)]  # "Not available" says nothing about the form
        form, code, example = column_form(dated)
        if code:
            self._tell(code, column, example=example)
        elif form is None:
            self._tell("not_a_date", column, value=example)
        return form


def _stem(field: Field) -> str:
    """What a code and its name share: their HXL tag without +code or +name, else their field's name without."""
    if field.hxl:
        tag, *attributes = field.hxl[0].lower().split("+")
        return "+".join([tag, *sorted(set(attributes) - {"code", "name"})])
    return _ROLE.sub("", field.name)


def _share(pattern: re.Pattern[str], values: Sequence[Cell]) -> float:
    return sum(isinstance(v, str) and pattern.fullmatch(v.strip()) is not None for v in values) / len(values)
