"""What two rounds of a series say together: the parts of change by area, and what of it may be shown to whom."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from waystation.apps.counting.queries.changes import AREA, NAMES, change_rows
from waystation.apps.counting.queries.published import rows_at
from waystation.apps.counting.shapes import PARTS, AreaChange, Change, OutRound
from waystation.kernel import engines
from waystation.kernel.datasets import find, path_of


def change_of(earlier: OutRound, later: OutRound) -> Change | None:
    """The change between two rounds of one series; None where one of them did not count displaced people."""
    return _change(path_of(earlier.observations), path_of(later.observations))


def may_be_told(change: Change, earlier: OutRound, later: OutRound, level: int) -> bool:
    """Whether the parts at a level (0: of the whole) give back no count that the operation's threshold hides: nothing is
    hidden in either round, and no part is smaller than the threshold."""
    least = later.operation.min_cell
    if least <= 1:
        return True
    if any(pc.any(rows_at([one], depth)["hidden"]).as_py() for one in (earlier, later) for depth in (0, 1, 2)):
        return False
    areas = change.areas[level] if level else [change.whole]
    return all(part == 0 or abs(part) >= least for one in areas for part in one.parts.values())


@lru_cache(maxsize=256)
def _change(earlier: Path, later: Path) -> Change | None:
    """Kept by the files, which are named by their content."""
    rows = engines.fetch(change_rows(engines.scan([earlier, later], find("tracking.observations").schema)))
    if not rows.num_rows:
        return None
    places = rows.filter(pc.and_(pc.is_valid(rows["place"]), pc.not_equal(rows["part"], "arrivals")))
    whole = _added(rows, places, 0)[0]
    levels = {level: _added(rows, places, level) for level in (1, 2)}
    for areas in levels.values():
        if sum(one.change for one in areas) != whole.change or any(sum(a.parts.values()) != a.change for a in areas):
            raise ArithmeticError(f"the parts of {later.name} do not make its change from {earlier.name}")
    twice = places.filter(pc.equal(places["part"], "reassessment"))
    gained, lost = (places.filter(pc.equal(places["part"], part)).num_rows for part in PARTS[:2])
    return Change(
        whole, levels, dated=bool(pc.any(pc.equal(places["dated"], 1)).as_py()), gained=gained, lost=lost,
        counted_twice=twice.num_rows, taken_over=pc.sum(twice["taken_over"]).as_py() or 0,
        moved=pc.sum(pc.greater(places["areas_seen"], 1)).as_py() or 0,
    )  # fmt: skip


def _added(rows: pa.Table, places: pa.Table, level: int) -> list[AreaChange]:
    """Parts and people added by area, in the order of the areas' codes."""
    by, name = list(AREA[:level]), (NAMES[level - 1] if level else None)
    parts = rows.group_by([*by, "part"]).aggregate([("value", "sum")]).to_pylist()
    told: dict[tuple[str, ...], dict[str, int]] = {}
    for one in parts:
        told.setdefault(tuple(one[n] for n in by), dict.fromkeys(PARTS, 0))[one["part"]] = one["value_sum"]
    wanted = [("before", "sum"), ("after", "sum"), *([(name, "max")] if name else [])]
    people = places.group_by(by).aggregate(wanted).to_pylist()
    made = []
    for one in sorted(people, key=lambda row: [row[n] for n in by]):
        key = tuple(one[n] for n in by)
        said = one[f"{name}_max"] if name else ""
        made.append(AreaChange(key, said, one["before_sum"], one["after_sum"], told[key]))
    return made
