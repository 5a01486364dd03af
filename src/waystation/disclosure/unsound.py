"""What is wrong with cells or a structure, so that nothing can be protected in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Flaw:
    """One thing wrong: its code, the words of its sentence and, of a table, the row (from 1) and column."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
    row: int | None = None
    column: str | None = None


class Unsound(ValueError):
    """Carries one flaw or, for tables, all that were found."""

    def __init__(self, code: str = "", /, *, flaws: list[Flaw] | None = None, **params: Any) -> None:
        self.flaws = flaws or [Flaw(code, params)]
        self.code = self.flaws[0].code
        super().__init__("; ".join(f"{one.code} {dict(one.params)}" for one in self.flaws))


def require(truth: Any, code: str, /, **params: Any) -> None:
    """Raise Unsound with ``code`` unless ``truth``."""
    if not truth:
        raise Unsound(code, **params)
