"""Round numbers and days for axes and legends, chosen here so that every renderer shows the same ones."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import date, timedelta

from waystation.surfaces import wording

Labelled = tuple[list[float], list[str]]


def finite(value: float | None) -> float | None:
    """The value as a float, or None where it is absent, not a number or too large to scale (1e100); 1e-100 is 0."""
    if value is None:
        return None
    as_float = float(value)
    if not abs(as_float) < 1e100:
        return None
    return as_float if abs(as_float) > 1e-100 else 0.0


def rounded(value: float, figures: int = 1) -> float:
    """``value`` to a number of significant figures."""
    if value == 0:
        return 0.0
    return round(value, figures - 1 - math.floor(math.log10(abs(value))))


def _step(rough: float) -> float:
    power = 10.0 ** math.floor(math.log10(rough))
    return next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= rough * 0.9999)


def ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Evenly spaced round numbers that cover [low, high]; at least two."""
    if high <= low:
        high = low + (abs(low) or 1.0)
    step = _step((high - low) / about)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [float(f"{i * step:.12g}") for i in range(first, last + 1)]


def labels(values: Sequence[float], locale: str, letters: int = 9) -> list[str]:
    """Each value as the reader's language writes it; all shortened ("1.5M") when one is over ``letters`` long."""
    full = [wording.number(v, locale) for v in values]
    short = [wording.short_number(v, locale) if abs(v) >= 1000 else said for v, said in zip(values, full, strict=True)]
    return short if max(map(len, full), default=0) > letters and len(set(short)) == len(set(full)) else full


def _months(first: date, last: date, step: int) -> list[date]:
    begin = -(-(first.year * 12 + first.month - 1) // step) * step
    count = range(begin, last.year * 12 + 12, step)
    days = [date(n // 12, n % 12 + 1, 1) for n in count]
    return [d for d in days if first <= d <= last]


def _days(first: date, last: date, step: int) -> list[date]:
    return [first + timedelta(days=n) for n in range(0, (last - first).days + 1, step)]


def time_ticks(first: date, last: date, locale: str, room: float) -> Labelled:
    """Days for a time axis ``room`` pixels wide, as proleptic ordinals, and how they are said.

    Steps are whole years, months or days, whichever is the finest that leaves 90 pixels to a label.
    """
    most = max(int(room / 90), 2)
    choices: list[tuple[Callable[[date, date, int], list[date]], int, Callable[[date, str], str]]] = [
        *((_days, n, wording.day) for n in (1, 2, 7, 14)),
        *((_months, n, wording.month) for n in (1, 2, 3, 6)),
        *((_months, 12 * n, wording.year) for n in (1, 2, 5, 10, 20, 25, 50, 100, 500)),
    ]
    for made, step, said in choices:
        if (last - first).days / (step if made is _days else step * 30) > most * 2:
            continue
        found = made(first, last, step)
        if 2 <= len(found) <= most:
            return [float(d.toordinal()) for d in found], [said(d, locale) for d in found]
    ends = sorted({first, last})
    return [float(d.toordinal()) for d in ends], [wording.day(d, locale) for d in ends]


def classes(values: Sequence[float], most: int = 5) -> list[float]:
    """Class edges (n + 1 of them for n classes) for shading areas: round quantiles between the true ends.

    A value equal to an inner edge belongs to the class above it. Where values lie on both sides of zero, zero
    is an edge and each side gets at most three classes. With no more than ``most`` distinct values each is a class
    of its own, and the last edge stands twice: [1, 2, 2]. An empty list for no values.
    """
    ordered = sorted(values)
    if not ordered:
        return []
    low, high = ordered[0], ordered[-1]
    if low < 0 < high:
        below = classes([v for v in ordered if v < 0], 3)
        above = classes([v for v in ordered if v >= 0], 3)
        inner = [e for e in (*below[1:-1], 0.0, *above[1:-1]) if low < e < high]
        return [low, *sorted(set(inner)), high]
    distinct = sorted(set(ordered))
    if len(distinct) <= most:
        return [*distinct, high]
    inner = []
    for part in range(1, most):
        raw = ordered[min(int(len(ordered) * part / most), len(ordered) - 1)]
        edge = next((r for f in (1, 2) if low < (r := rounded(raw, f)) < high), None)
        if edge is not None and edge not in inner:
            inner.append(edge)
    return [low, *sorted(inner), high]


def class_of(value: float, edges: Sequence[float]) -> int:
    """Which class a value falls in, 0 the lowest."""
    return sum(value >= edge for edge in edges[1:-1])
