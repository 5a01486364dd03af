"""Rows that are sums of other rows, which would count everything twice."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal

from waystation.intake.cells import Cell, key

_WORDS = """
    total; totals; grand total; sub total; subtotal; overall total; sum; all total
    totaux; total general; total global; sous total; sous-total; somme; ensemble total
    total geral; suma; suma total; totales; total parcial; gran total
    итого; всего; общий итог; общее количество; промежуточный итог; сумма
    合计; 总计; 小计; 共计; 总和; 總計; 合計
    المجموع; مجموع; المجموع الكلي; الإجمالي; إجمالي; الاجمالي; اجمالي; المجموع الفرعي; الإجمالي العام
"""
WORDS = frozenset(key(word) for line in _WORDS.strip().splitlines() for word in line.split(";"))


@lru_cache(maxsize=10_000)
def is_total_label(text: str) -> bool:
    """Whether a label is a word for a total in one of the six languages of the United Nations, and nothing else."""
    return len(text) <= 40 and key(text) in WORDS


@lru_cache(maxsize=10_000)
def names_a_total(text: str) -> bool:
    """Whether a label begins or ends with such a word: “Total Lac”, “Juba total”. A name may do so too."""
    words = text.split()
    return len(words) > 1 and (key(words[0]) in WORDS or key(words[-1].rstrip(":")) in WORDS)


Verdict = Literal["total_row", "unlabelled_sum", "sum_row"]


class Sums:
    """Running sums of the counted columns, from the start and from the last total on."""

    def __init__(self, counted: list[str], labels: list[str]) -> None:
        self.counted = counted
        self._usual = labels  # the labels that every row of data so far had
        self._before: dict[str, int | Decimal] = dict.fromkeys(counted, 0)
        self._block: dict[str, int | Decimal] = dict.fromkeys(counted, 0)
        self._rows = 0

    def judge(self, label: Cell, values: Mapping[str, Any]) -> Verdict | None:
        """What a row is, given its first cell and its values. A row that is data is added to the sums.

        A word for a total alone decides. Otherwise the numbers must equal the sum of at least two rows above, in every
        column that has one; without a label it is then a total, and with an ordinary one only a suspicion (told from
        three rows on, over two columns or more, so that small numbers do not raise it by chance).
        """
        if isinstance(label, str) and is_total_label(label):
            return self._restart("total_row")
        usual = [name for name in self._usual if values.get(name) is not None]
        suspect = self._rows >= 2 and self._equals(values)
        if suspect:
            if isinstance(label, str) and names_a_total(label):
                return self._restart("total_row")
            if len(usual) < len(self._usual):
                return self._restart("unlabelled_sum")
        self._usual = usual
        suspect = suspect and self._rows >= 3 and sum((values.get(n) or 0) > 10 for n in self.counted) >= 2
        self._add(values)
        return "sum_row" if suspect else None

    def _equals(self, values: Mapping[str, Any]) -> bool:
        """Whether the numbers are the sums since the last total, or since the start."""
        for whole in (False, True):
            some = False
            for name, total in self._block.items():
                value = values.get(name) or 0
                if value != (total + self._before[name] if whole else total):
                    break
                some = some or bool(value)
            else:
                if some:
                    return True
        return False

    def _add(self, values: Mapping[str, Any]) -> None:
        self._rows += 1
        block = self._block
        for name in self.counted:
            value = values.get(name)
            if value:
                block[name] += value

    def _restart(self, verdict: Verdict) -> Verdict:
        for name, total in self._block.items():
            self._before[name] += total
        self._block = dict.fromkeys(self.counted, 0)
        return verdict
