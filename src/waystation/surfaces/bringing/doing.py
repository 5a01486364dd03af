"""Doing an act for every row of a table: all of them or none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from waystation.kernel.acts import Act, do
from waystation.kernel.refusals import Problem, Refused
from waystation.kernel.register import Register
from waystation.surfaces.bringing.table import Table

Told = Callable[[int, int], None]


@dataclass(frozen=True)
class Trial:
    """How it went: how many rows the act would be done for, how many not; each line of the table has its problems."""

    good: int
    wrong: int


class _TakeBack(Exception):
    """Takes back what a trial did."""


def tried(register: Register, act: Act, table: Table, progress: Told | None = None) -> Trial:
    """Do the act for every row whose cells can be read, write down what it refuses, and take everything back."""
    try:
        with transaction.atomic():
            _each(register, act, table, "", progress)
            raise _TakeBack
    except _TakeBack:
        wrong = sum(bool(line.problems) for line in table.lines)
        return Trial(len(table.lines) - wrong, wrong)


def brought(register: Register, act: Act, table: Table, key: str, progress: Told | None = None) -> list[str]:
    """Do the act for every row, in one transaction, and return the references. ``key``: the same key does it once.

    Raises Refused ``table.rows_wrong`` after the problems of every row, with everything as it was before.
    """
    with transaction.atomic():
        done = _each(register, act, table, key, progress)
        wrong = [line for line in table.lines if line.problems]
        if wrong:
            first = Problem("table.rows_wrong", {"count": len(wrong)}, file=table.name)
            raise Refused(problems=[first, *(one for line in wrong for one in line.problems)])
    return done


def _each(register: Register, act: Act, table: Table, key: str, progress: Told | None) -> list[str]:
    done = []
    for number, line in enumerate(table.lines):
        if progress is not None:
            progress(number, len(table.lines))
        if line.problems:
            continue
        try:
            record = None if act.creates else _record(register, line.ref)
            done.append(do(act, record, key=f"{key}:{line.row}" if key else "", **line.said).record.ref)
        except Refused as refused:
            line.problems += [
                Problem(one.code, one.params, file=table.name, row=line.row, column=one.column)
                for one in refused.problems
            ]
    return done


def _record(register: Register, ref: str) -> object:
    found = register.model.objects.filter(ref=ref).first()
    if found is None:
        raise Refused("kernel.not_found", ref=ref)
    return found
