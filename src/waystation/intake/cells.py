"""What a cell can hold, how columns are named, and how headers are compared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any


@dataclass(frozen=True)
class Odd:
    """A cell that holds no plain value: ``code`` is the refusal that says why, ``value`` what is there."""

    code: str
    value: Any
    params: Mapping[str, Any] = field(default_factory=dict, compare=False)

    def __str__(self) -> str:
        return str(self.value)


# None is a cell that is truly empty; datetime is a date; bool is an int.
Cell = None | str | int | Decimal | date | Odd
Line = tuple[int, list[Cell]]  # the row number a person sees, and its cells from the first column on


@lru_cache(maxsize=20_000)
def letters(index: int) -> str:
    """The spreadsheet letters of a column, counted from 0: 0 is A, 26 is AA."""
    text = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        text = chr(65 + rest) + text
    return text


def column_number(text: str) -> int:
    """The column counted from 0 of spreadsheet letters: A is 0, AA is 26."""
    number = 0
    for letter in text:
        number = number * 26 + ord(letter) - 64
    return number - 1


@lru_cache(maxsize=20_000)
def key(text: str) -> str:
    """Text reduced to what makes a header the same header: letters, digits and %, without case, accents or spaces."""
    folded = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c for c in folded if c.isalnum() or c == "%")


def plain(cell: Cell) -> str:
    """A cell as the text a person would read in it; '' when empty."""
    if cell is None:
        return ""
    if isinstance(cell, Odd):
        cell = cell.value
    return " ".join(str(cell).split())


def trimmed(cells: list[Cell]) -> list[Cell]:
    """Cells without the empty ones at the end (changes the list)."""
    while cells and cells[-1] is None:
        cells.pop()
    return cells


def _following(encoding: str) -> str:
    """The characters that the second and later bytes of a UTF-8 character turn into when read as ``encoding``."""
    found = {bytes([b]).decode(encoding, "ignore") for b in range(0x80, 0xC0)} - {""}
    return "[" + re.escape("".join(sorted(found | {chr(b) for b in range(0x80, 0xA0)}))) + "]"


_WEST, _ARABIC, _CYRILLIC = _following("cp1252"), _following("cp1256"), _following("cp1251")
_DAMAGE = re.compile(
    "\ufffd"
    f"|[ÂÃÄÅÎÏÐÑØÙÚÛ]{_WEST}"  # UTF-8 of Latin, Greek, Cyrillic, Arabic letters read as cp1252
    "|â[€‚\x80\x82]"  # typographic marks
    f"|(?:[ã-é]{_WEST}{_WEST}){{2}}"  # Chinese; two in a row, as French sets « é » with such characters
    f"|á[º»]{_WEST}"  # Vietnamese
    f"|(?:[طظ]{_ARABIC}){{3}}"  # Arabic read as cp1256
    f"|(?:[РС]{_CYRILLIC}){{3}}"  # Cyrillic read as cp1251
)


def looks_damaged(text: str) -> bool:
    """Whether a text seems to be UTF-8 that was once read with another encoding, such as “Ã©” for “é”."""
    return not text.isascii() and _DAMAGE.search(text) is not None


def examples(values: Sequence[Cell], count: int = 3) -> str:
    """A few values for a message."""
    return ", ".join(f"“{plain(v)}”" for v in values[:count])
