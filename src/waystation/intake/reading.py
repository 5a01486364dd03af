"""Rows: the typed values of each row with what is wrong in it, and the row number a person sees."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from waystation.intake.cells import Cell, key, plain
from waystation.intake.delimited import Delimited
from waystation.intake.fields import Field, Read, reader
from waystation.intake.layout import Layout
from waystation.intake.mapping import Mapping, Take
from waystation.intake.numbers import Unread
from waystation.intake.proposing import propose
from waystation.intake.refusals import problem, refuse
from waystation.intake.source import Source
from waystation.intake.totals import Sums
from waystation.intake.workbook import Workbook
from waystation.intake.worksheet import EPOCH_1900
from waystation.kernel.refusals import Problem, Refused

KEPT = 1_000  # problems a tally keeps whole


@dataclass(slots=True)
class Row:
    """One row: ``values`` by field name, ``origin`` the row number a person sees in the file.

    ``problems`` say why it cannot be taken as it is, and the values concerned are None; ``findings`` are worth a look.
    """

    values: dict[str, Any]
    origin: int
    problems: list[Problem]
    findings: list[Problem]


@dataclass
class Tally:
    """What was met while reading: the first ``KEPT`` problems and findings whole, all of them counted.

    ``counts`` is by (code, column); ``rows`` were read, ``refused`` had problems, ``left_out`` were totals and notes.
    """

    problems: list[Problem] = field(default_factory=list)
    findings: list[Problem] = field(default_factory=list)
    counts: Counter[tuple[str, str | None]] = field(default_factory=Counter)
    rows: int = 0
    refused: int = 0
    left_out: int = 0

    def note(self, row: Row) -> None:
        """Count a row and what is wrong with it."""
        self.rows += 1
        self.refused += bool(row.problems)
        for found, kept in ((row.problems, self.problems), (row.findings, self.findings)):
            for item in found:
                self.tell(item, kept)

    def tell(self, item: Problem, kept: list[Problem] | None = None) -> None:
        """Count one problem, or a finding (the default)."""
        kept = self.findings if kept is None else kept
        self.counts[item.code, item.column] += 1
        if len(kept) < KEPT:
            kept.append(item)


@dataclass(slots=True)
class _Step:
    """How one value of a row is read."""

    name: str
    index: int
    read: Read
    column: str


class _Reading:
    """One pass over a file."""

    def __init__(self, source: Source, mapping: Mapping, fields: Sequence[Field], tally: Tally | None) -> None:
        self.source, self.mapping, self.tally = source, mapping, tally
        self.fields = {f.name: f for f in fields}
        self.required = [f.name for f in fields if f.required]
        self.layout: Layout = mapping.layout_in(source)
        self.columns = source.columns_of(self.layout)
        self.damaged: list[str] = []
        self.constants = {n: self._constant(n, v) for n, v in mapping.constants.items()}
        self.steps = self._steps(mapping.takes)
        self.groups = [(dict(w.fixed), self._steps(w.takes)) for w in mapping.wide]
        self._nothing_missing()
        every = self.steps + [s for _f, steps in self.groups for s in steps]
        self.width = max((s.index for s in every), default=-1) + 1
        self.full = max((c.index for c in self.columns if c.header or c.hxl), default=-1) + 1
        self.used = sorted({s.index for s in every})
        counted = [s.name for s in self.steps if self.fields[s.name].counted]
        counted += [f"{n}/{s.name}" for n, (_f, steps) in enumerate(self.groups) for s in steps
                    if self.fields[s.name].counted]  # fmt: skip
        labels = [s.name for s in self.steps if self.fields[s.name].kind in ("text", "code")]
        self.sums = Sums(counted, labels)
        self.header = {c.index: c.key for c in self.columns if c.key}

    def _steps(self, takes: Any) -> list[_Step]:
        steps = []
        for name, take in takes.items():
            column = take.find(self.columns)
            wanted = self.fields.get(name)
            if column is None or wanted is None:
                if wanted is not None and wanted.required:
                    self._missing(name, take.wanted)
                continue
            steps.append(_Step(name, column.index, self._read(wanted, take), column.name))
        return steps

    def _read(self, wanted: Field, take: Take) -> Read:
        epoch = self.source.grid.book.epoch if isinstance(self.source.grid, Workbook) else EPOCH_1900
        translate = {**self.mapping.markers, **take.translate}
        return reader(
            wanted,
            translate=translate,
            decimal=take.decimal,
            form=take.date,
            damaged=self.damaged.append,
            epoch=epoch,
        )

    def _constant(self, name: str, value: Any) -> Any:
        wanted = self.fields.get(name)
        try:
            return self._read(wanted, Take())(value) if wanted is not None and value is not None else value
        except Unread as error:
            raise ValueError(f"the constant {value!r} of {name} is no {wanted and wanted.kind}") from error

    def _nothing_missing(self) -> None:
        """Every required field has a column, a constant or a place in each group."""
        have = {s.name for s in self.steps} | set(self.constants)
        for name, wanted in self.fields.items():
            in_groups = self.groups and all(name in f or any(s.name == name for s in g) for f, g in self.groups)
            if wanted.required and name not in have and not in_groups:
                self._missing(name, ", ".join(f"“{n}”" for n in (*wanted.hxl, *wanted.synonyms, name)))

    def _missing(self, name: str, wanted: str) -> None:
        names, place = ", ".join(c.name for c in self.columns), self.layout.sheet
        refuse("column_missing", file=self.source.name, sheet=place, field=name, wanted=wanted, columns=names)

    def _problem(self, code: str, row: int, column: str | None = None, **params: Any) -> Problem:
        return problem(code, file=self.source.name, sheet=self.layout.sheet, row=row, column=column, **params)

    def __iter__(self) -> Iterator[Row]:
        last: tuple[int, list[Cell]] | None = None
        with closing(self.source.lines(self.layout)) as lines:
            for row, cells in lines:
                if last is not None:
                    yield from self._rows(*last)
                last = row, cells
        if last is not None:
            cut = self._cut(*last)
            for found in self._rows(*last):
                found.problems.extend([cut] if cut else [])
                yield found

    def _cut(self, row: int, cells: list[Cell]) -> Problem | None:
        """The last row of a file that does not end with a line end, when it is shorter than the others."""
        grid = self.source.grid
        if not isinstance(grid, Delimited) or len(cells) >= self.width or not grid.cut():
            return None
        return self._problem("cut_row", row, count=len(cells), expected=self.full)

    def _rows(self, row: int, cells: list[Cell]) -> Iterator[Row]:
        """The rows that a line becomes: one, one for each group, or none."""
        note = self._note(row, cells)
        if note:
            self._leave_out(note)
            return
        shifted = len(cells) > self.full > 0
        if len(cells) < self.width:
            cells = cells + [None] * (self.width - len(cells))
        base = Row(dict(self.constants), row, [], [])
        self._fill(base, self.steps, cells)
        if shifted and self.source.kind == "csv":
            base.problems.append(self._problem("extra_cells", row))
        parts = [self._part(base, fixed, steps, cells) for fixed, steps in self.groups]
        if self.mapping.totals == "skip":
            verdict = self._judge(base, parts, cells)
            if verdict:
                self._leave_out(verdict)
                return
        if not self.groups:
            yield self._checked(base)
        else:
            yield from (self._checked(part) for part in parts if part is not None)

    def _fill(self, into: Row, steps: list[_Step], cells: list[Cell]) -> None:
        values = into.values
        for step in steps:
            cell = cells[step.index]
            if cell is None:
                values[step.name] = None
                continue
            try:
                values[step.name] = step.read(cell)
            except Unread as error:
                values[step.name] = None
                params = {"field": step.name, **error.params}
                into.problems.append(self._problem(error.code, into.origin, step.column, **params))
            if self.damaged:
                into.findings += [
                    self._problem("damaged_text", into.origin, step.column, value=t) for t in self.damaged
                ]
                self.damaged.clear()

    def _part(self, base: Row, fixed: dict[str, Any], steps: list[_Step], cells: list[Cell]) -> Row | None:
        """The row of one group; None when its columns are empty."""
        if all(cells[s.index] is None for s in steps):
            return None
        part = Row({**base.values, **fixed}, base.origin, list(base.problems), list(base.findings))
        self._fill(part, steps, cells)
        return part

    def _judge(self, base: Row, parts: list[Row | None], cells: list[Cell]) -> Problem | None:
        """A finding when the line is a total to be left out; a suspicion is added to the row."""
        values = base.values
        if parts:
            values = dict(values)
            for number, part in enumerate(parts):
                names = [s.name for s in self.groups[number][1]]
                values |= {f"{number}/{name}": part.values[name] if part else None for name in names}
        label = next((c for c in cells if c is not None), None)
        verdict = self.sums.judge(label, values)
        if verdict is None:
            return None
        found = self._problem(verdict, base.origin, label=plain(label))
        if verdict != "sum_row":
            return found
        for kept in [p for p in parts if p is not None] or [base]:
            kept.findings.append(found)
        return None

    def _note(self, row: int, cells: list[Cell]) -> Problem | None:
        """A finding when the line is the header again, or a sentence alone in its row."""
        first = cells[0]
        if isinstance(first, str) and first and key(first) == self.header.get(0):
            texts = {i: key(plain(c)) for i, c in enumerate(cells) if c is not None}
            if len(texts) > 1 and all(self.header.get(i, "").endswith(t) for i, t in texts.items()):
                return self._problem("repeated_header", row)
        present = [c for c in cells if c is not None]
        alone = len(present) == 1 and len(self.used) > 2
        if alone and isinstance(present[0], str) and len(present[0]) > 25 and " " in present[0]:
            return self._problem("note_row", row, text=plain(present[0])[:80])
        return None

    def _leave_out(self, finding: Problem) -> None:
        if self.tally is not None:
            self.tally.left_out += 1
            self.tally.tell(finding)

    def _checked(self, row: Row) -> Row:
        """The row, with a problem for each required field that is empty without one."""
        for name in self.required:
            if row.values.get(name) is None:
                steps = self.steps + [s for _f, g in self.groups for s in g]
                column = next((s.column for s in steps if s.name == name), None)
                if not any(p.column == column and p.column for p in row.problems):
                    row.problems.append(self._problem("required", row.origin, column, field=name))
        return row


def rows(source: Source, mapping: Mapping, fields: Sequence[Field], tally: Tally | None = None) -> Iterator[Row]:
    """Read a file as typed rows, one after the other; memory does not grow with them.

    Args:
        source: The opened file.
        mapping: Where each field is found; its layout is looked for again if the file differs.
        fields: What the values must be.
        tally: Given, it counts rows, problems and findings, and holds the rows that were left out (totals, notes).

    Raises:
        Refused: ``intake.column_missing`` when a required field has no column; or the file breaks off while being read.
    """
    for row in _Reading(source, mapping, fields, tally):
        if tally is not None:
            tally.note(row)
        yield row


def all_values(source: Source, fields: Sequence[Field], tally: Tally, leave_out: bool = False) -> list[dict[str, Any]]:
    """A small table whole, each row as the values that are there and ``row``, its number. Raises Refused with all problems,
    unless rows with problems are left out: then they are told among the findings of the tally."""
    mapping = propose(source, fields).with_(totals="keep")
    kept, problems = [], list[Problem]()
    for row in rows(source, mapping, fields, tally):
        problems += row.problems
        if not row.problems:
            kept.append({name: value for name, value in row.values.items() if value is not None} | {"row": row.origin})
    if problems and not leave_out:
        raise Refused(problems=problems)
    tally.findings += problems
    return kept
