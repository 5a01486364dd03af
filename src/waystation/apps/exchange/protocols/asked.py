"""What a program asks the DTM API for: its parameters, read strictly, and the rows they leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from waystation.apps.counting.shapes import OperationLine
from waystation.kernel.engines import mapped
from waystation.kernel.refusals import Problem, Refused

TEXTS = {
    "Admin1Name": "admin1_name",
    "Admin1Pcode": "admin1_code",
    "Admin2Name": "admin2_name",
    "Admin2Pcode": "admin2_code",
}
OF_OPERATION = {"Operation": "name", "CountryName": "country_name", "Admin0Pcode": "country"}
DATES = ("FromReportingDate", "ToReportingDate")
ROUNDS = ("FromRoundNumber", "ToRoundNumber")


@dataclass(frozen=True)
class Asked:
    """Parameters that were said, by their names; dates are days, rounds are whole numbers, texts are compared without case."""

    said: Mapping[str, Any]

    @staticmethod
    def names(level: int) -> tuple[str, ...]:
        """What may be asked at a level."""
        return (*OF_OPERATION, *list(TEXTS)[: level * 2], *DATES, *ROUNDS)

    def kept(self, rows: pa.Table, operations: Mapping[int, OperationLine]) -> pa.Table:
        """The rows that are asked for."""
        wanted = {pk for pk, one in operations.items() if self._of(one)}
        keep = pc.is_in(rows.column("operation"), pa.array(sorted(wanted), pa.int64()))
        for name, column in TEXTS.items():
            if name in self.said:
                same = mapped(rows.column(column), partial(self._same, name), pa.bool_())
                keep = pc.and_(keep, same)
        for names, column in ((DATES, "reporting_date"), (ROUNDS, "round_number")):
            for name, holds in zip(names, (pc.greater_equal, pc.less_equal), strict=True):
                if name in self.said:
                    keep = pc.and_(
                        keep, holds(rows.column(column), pa.scalar(self.said[name], rows.column(column).type))
                    )
        return rows.filter(keep)

    def _of(self, one: OperationLine) -> bool:
        return all(self._same(name, getattr(one, field)) for name, field in OF_OPERATION.items() if name in self.said)

    def _same(self, name: str, text: str | None) -> bool:
        return text is not None and text.casefold() == self.said[name].casefold()


def read(query: Mapping[str, str], names: Sequence[str]) -> Asked:
    """Read a query; an empty value says nothing. Raises Refused with all that is wrong (codes ``exchange.dtm_*``)."""
    known = {name.casefold(): name for name in names}
    problems: list[Problem] = []
    said: dict[str, Any] = {}
    for given, text in query.items():
        name = known.get(given.casefold())
        if name is None:
            problems.append(Problem("exchange.dtm_unknown", {"name": given, "known": ", ".join(names) or "-"}))
        elif text.strip():
            try:
                said[name] = _value(name, text.strip())
            except ValueError:
                code = "exchange.dtm_date" if name in DATES else "exchange.dtm_round"
                problems.append(Problem(code, {"name": name, "value": text}))
    for first, last in (DATES, ROUNDS):
        if first in said and last in said and said[first] > said[last]:
            problems.append(Problem("exchange.dtm_reversed", {"first": first, "last": last}))
    if problems:
        raise Refused(problems=problems)
    return Asked(said)


def _value(name: str, text: str) -> Any:
    if name in DATES:
        return date.fromisoformat(text)
    if name in ROUNDS:
        number = int(text)
        if not 0 <= number < 2**31:
            raise ValueError(text)
        return number
    return text
