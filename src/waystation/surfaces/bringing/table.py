"""A table for an act: its columns, its template, and what its cells say."""

from __future__ import annotations

import json
import re
import typing
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
from django.utils.translation import gettext as _

from waystation.intake import open_table
from waystation.kernel.acts import Act, Param, may_create
from waystation.kernel.formats import FORMULA, Header, Sheet
from waystation.kernel.refusals import Problem, Refused
from waystation.kernel.register import Register
from waystation.kernel.scope import Scope
from waystation.surfaces.bringing import refusals as _declared  # noqa: F401 - declares the codes used here
from waystation.surfaces.columns import codelist_for, field_at
from waystation.surfaces.rest import shapes

REF = "ref"
YES = {"yes", "true", "1", "y"}
NO = {"no", "false", "0", "n"}
SEVERAL = re.compile(r"\s*[;\n]\s*")


@dataclass(frozen=True)
class Wanted:
    """A column of the table: its name, what people call it, whether each row needs it, and what may stand in it."""

    name: str
    label: str
    required: bool
    says: str
    param: Param | None = None


@dataclass
class Line:
    """A row: its number as a person sees it, its cells as they were written, what the act is told, what is wrong."""

    row: int
    cells: list[Any]
    said: dict[str, Any] = field(default_factory=dict)
    ref: str = ""
    problems: list[Problem] = field(default_factory=list)


@dataclass
class Table:
    """What was read: the headers as they were written, and the lines."""

    name: str
    headers: list[str]
    lines: list[Line]


def bringable(register: Register, scope: Scope) -> list[Act]:
    """The acts of a register that a table can be told to, as far as someone may do them anywhere."""
    return [act for act in register.lifecycle.acts if shapes.offered(act) and act.params and may_create(act, scope)]


def columns_of(act: Act) -> list[Wanted]:
    """The columns of an act's table: the record's reference where there is one, then what the act asks for."""
    first = [] if act.creates else [Wanted(REF, _("reference"), True, _("the reference of the record"))]
    return first + [_wanted(act, one) for one in act.params if shapes.schema_of(one.kind) is not None]


def _wanted(act: Act, param: Param) -> Wanted:
    spot = field_at(act.model, param.name) if act.model else None
    label = _(str(spot.verbose_name if spot is not None else param.name.replace("_", " ")))
    return Wanted(param.name, label, param.required, _says(act, param), param)


def _says(act: Act, param: Param) -> str:
    """What may stand in a cell, in words."""
    kind, _maybe = shapes.without_none(param.kind)
    schema = shapes.schema_of_param(act, param) or {}
    origin = typing.get_origin(kind)
    if "enum" in schema:
        return _("one of: {known}").format(known=", ".join(str(one) for one in schema["enum"] if one))
    if origin is list:
        return _("several, separated by semicolons")
    if origin is dict:
        return _("name: value, separated by semicolons")
    words = {int: _("a whole number"), float: _("a number"), Decimal: _("a number"), bool: _("yes or no"),
             date: _("a day (YYYY-MM-DD)"), datetime: _("a moment (RFC 3339, with its zone)")}  # fmt: skip
    if kind in words:
        return words[kind]
    return _("a reference") if isinstance(kind, type) and kind is not str else _("text")


def template(register: Register, act: Act) -> Sheet:
    """An empty table with the act's columns, to be written by the kernel's formats."""
    wanted = columns_of(act)
    table = pa.table({one.name: pa.array([], pa.string()) for one in wanted})
    headers = tuple(Header(one.name, "internal", "", one.label) for one in wanted)
    return Sheet(f"{register.name}.{act.run.__name__}", table, headers, act.verb)


def read(path: Path, name: str, act: Act, most: int | None = None) -> Table:
    """The table of a file, each line with what the act will be told and what is wrong with its cells.

    Raises Refused when it is no table, lacks a column every row needs, has one nobody knows, or more than ``most`` rows.
    """
    source = open_table(path, name=name)
    headers = [one.header.strip() for one in source.columns]
    columns = _matched(headers, columns_of(act), name)
    lines: list[Line] = []
    with closing(source.lines()) as rows:
        for row, cells in rows:
            if any(one not in (None, "") for one in cells):
                lines.append(_line(act, row, list(cells), columns, name))
            if most is not None and len(lines) > most:
                raise Refused("table.too_many_rows", most=most)
    if not lines:
        raise Refused(problems=[Problem("table.no_rows", {}, file=name)])
    return Table(name, headers, lines)


def _matched(headers: list[str], wanted: list[Wanted], file: str) -> list[tuple[int, Wanted]]:
    """Which column of the file is which of the act: by name or by label, whatever the capitals."""
    by_word = {word.casefold(): one for one in wanted for word in (one.label, one.name.replace("_", " "), one.name)}
    known = ", ".join(one.name for one in wanted)
    found: list[tuple[int, Wanted]] = []
    problems: list[Problem] = []
    for index, header in enumerate(headers):
        one = by_word.get(header.casefold())
        if one is None and header:
            problems.append(Problem("table.unknown_column", {"name": header, "known": known}, file=file, column=header))
        elif one is not None and one in [seen for _index, seen in found]:
            problems.append(Problem("table.column_twice", {"name": header}, file=file, column=header))
        elif one is not None:
            found.append((index, one))
    for one in wanted:
        if one.required and one not in [seen for _index, seen in found]:
            problems.append(Problem("table.column_missing", {"name": one.name}, file=file, column=one.name))
    if problems:
        raise Refused(problems=problems)
    return found


def _line(act: Act, row: int, cells: list[Any], columns: list[tuple[int, Wanted]], file: str) -> Line:
    line = Line(row, cells)
    body: dict[str, Any] = {}
    for index, one in columns:
        value = armed(cells[index] if index < len(cells) else None)
        if value in (None, ""):
            continue
        if one.param is None:
            line.ref = str(value).strip()
        else:
            body[one.name] = _meant(act, one.param, value)
    line.said, found = shapes.arguments(act, body)
    line.problems = [_at(one, body, file, row) for one in found]
    if not act.creates and not line.ref:
        line.problems.append(
            Problem("kernel.argument_missing", {"act": act.verb, "name": REF}, file=file, row=row, column=REF)
        )
    return line


def armed(value: Any) -> Any:
    """A cell's value; the apostrophe with which our own files disarm what looks like a formula is taken off again."""
    if isinstance(value, str) and value[:1] == "'" and value[1:].startswith(FORMULA):
        return value[1:]
    return value


def _at(one: Problem, body: dict[str, Any], file: str, row: int) -> Problem:
    """A problem of the interface's reading, said of a cell."""
    column = (one.column or "").removeprefix("#/").split("/")[0]
    value = str(body.get(column, ""))[:80]
    code, params = one.code, dict(one.params)
    if code == "rest.wrong_value":
        code, params = "table.not_wanted", {"name": column, "value": value, "wanted": params["wanted"]}
    elif code == "rest.unknown_reference":
        code, params = "table.no_record", {"name": column, "ref": value}
    return Problem(code, params, file=file, row=row, column=column)


def _meant(act: Act, param: Param, value: Any) -> Any:
    """A cell as a program would say it: what cannot be read as declared stays as it is, and the reading says so."""
    kind, _maybe = shapes.without_none(param.kind)
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if origin is list:
        return [_one(args[0], one) for one in _several(value)]
    if origin is dict:
        return _pairs(args[1], value)
    if kind is str and act.model is not None:
        return _code(act, param.name, _text(value))
    return _one(kind, value)


def _several(value: Any) -> Sequence[Any]:
    return [one for one in SEVERAL.split(value.strip()) if one] if isinstance(value, str) else [value]


def _pairs(kind: Any, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("{"):
        try:
            return json.loads(value)
        except ValueError:
            return value
    pairs = [one.rpartition(":") for one in _several(value)]
    return {name.strip(): _one(kind, one.strip()) for name, _colon, one in pairs} if all(p[1] for p in pairs) else value


def _code(act: Act, name: str, value: str) -> str:
    """A code, also where its label in the reader's language was written."""
    spot = field_at(act.model, name) if act.model else None
    codes = codelist_for(act.model, name) if act.model else None
    choices = list(spot.flatchoices) if spot is not None and spot.choices else codes.choices() if codes else []
    return next((str(code) for code, label in choices if str(label).casefold() == value.casefold()), value)


def _one(kind: Any, value: Any) -> Any:
    if kind is bool:
        said = _text(value).casefold()
        return True if said in YES | {_("yes").casefold()} else False if said in NO | {_("no").casefold()} else value
    if kind in (int, float, Decimal):
        return _number(value)
    if kind is date and isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date | datetime):
        return value.isoformat() + ("Z" if isinstance(value, datetime) and value.tzinfo is None else "")
    return _text(value) if kind is not Any else value


def _number(value: Any) -> Any:
    if isinstance(value, str):
        text = value.strip().replace("\u00a0", "").replace(" ", "")
        try:
            return int(text) if re.fullmatch(r"[+-]?[0-9]{1,18}", text, re.ASCII) else float(text)
        except ValueError:
            return value
    return value


def _text(value: Any) -> str:
    """A cell as text: a whole number that a spreadsheet keeps as 12.0 is 12."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.strip() if isinstance(value, str) else str(value)


def rejected(table: Table) -> Sheet:
    """The rows that have problems as they were written, with their number and what is wrong with them."""
    wrong = [line for line in table.lines if line.problems]
    names = list(_unlike([one or _("column {n}").format(n=n + 1) for n, one in enumerate(table.headers)]))
    columns: dict[str, list[Any]] = {
        name: [_kept(line.cells[n] if n < len(line.cells) else None) for line in wrong] for n, name in enumerate(names)
    }
    columns |= {"row": [line.row for line in wrong], "problem": [_told(line) for line in wrong]}
    held = pa.table(
        {name: pa.array(values, pa.int64() if name == "row" else pa.string()) for name, values in columns.items()}
    )
    return Sheet(f"{Path(table.name).stem}-rejected", held, tuple(Header(name, "internal") for name in columns))


def _kept(value: Any) -> str | None:
    return None if value is None else value.isoformat() if isinstance(value, date) else _text(value)


def _told(line: Line) -> str:
    return "\n".join(f"{one.column}: {one.message}" if one.column else one.message for one in line.problems)


def _unlike(names: Sequence[str]) -> Iterator[str]:
    """Names of which none is like another, nor like the two columns that are added."""
    seen = {"row", "problem"}
    for name in names:
        while name in seen:
            name += "_"
        seen.add(name)
        yield name
