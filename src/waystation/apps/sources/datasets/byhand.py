"""A mapping said by hand: which column fills which field. How its numbers and dates are written is taken from them."""

from __future__ import annotations

from collections import abc
from dataclasses import replace

from waystation.apps.sources.datasets.fields import BY_NAME, GROUP_FIELDS, MARKERS, grouped
from waystation.intake import Field, Mapping, Source, Take, propose
from waystation.intake.dates import FORMS

TARGETS: dict[str, Field] = {**BY_NAME, **{field.name: field for field in GROUP_FIELDS}}
DATES = ("iso", "serial", *FORMS)
NUMBERS = ("point", "comma")


def mapped(
    source: Source,
    columns: abc.Mapping[str, int],
    known: Mapping | None = None,
    *,
    dates: str = "",
    numbers: str = "",
) -> Mapping:
    """The mapping in which each target (``TARGETS``) is taken from the column of an index.

    Where ``known`` takes a target from that very column, what it says of the column's words and forms is kept.
    ``dates`` (one of ``DATES``) and ``numbers`` (one of ``NUMBERS``) say how they are written; empty: as their values
    show.
    """
    before = by_target(known) if known else {}
    takes = {}
    for name, index in columns.items():
        column = before[name].find(source.columns) if name in before else None
        same = column is not None and column.index == index and not dates and not numbers
        takes[name] = before[name] if same else _take(source, TARGETS[name], index, dates, numbers)
    headers = tuple(column.header for column in source.columns if column.header)
    markers = {**MARKERS, **(known.markers if known else {})}
    return grouped(Mapping(layout=source.layout, takes=takes, markers=markers, headers=headers))


def _take(source: Source, field: Field, index: int, dates: str, numbers: str) -> Take:
    column = next(one for one in source.columns if one.index == index)
    take = Take(header=column.header, hxl=column.hxl, index=index)
    if column.header:
        alone = replace(field, hxl=(), synonyms=(column.header,), required=False)
        take = replace(propose(source, (alone,)).takes.get(field.name, take), index=index)
    if field.kind == "date" and dates:
        return replace(take, date=dates)
    if field.kind in ("integer", "decimal") and numbers in NUMBERS:
        return replace(take, decimal="comma" if numbers == "comma" else "point")
    return take


def by_target(mapping: Mapping) -> dict[str, Take]:
    """The columns of a mapping by target: the reverse of ``fields.grouped``."""
    group = mapping.constants.get("population_group")
    found = {}
    for name, take in mapping.takes.items():
        alone = f"{group}.{name}"
        found[alone if alone in TARGETS else name] = take
    for one in mapping.wide:
        found |= {f"{one.fixed['population_group']}.{name}": take for name, take in one.takes.items()}
    return found


def chosen(mapping: Mapping, source: Source) -> dict[str, int]:
    """The index of the column that each target of a mapping has in a file."""
    columns = {name: take.find(source.columns) for name, take in by_target(mapping).items()}
    return {name: column.index for name, column in columns.items() if column is not None}
