"""Which real-world system a part of Waystation answers, said beside the part: printed as ``docs/systems.md``.

answers("S01", where="tracking", works=_("..."), try_it="waystation tracking publish ...", witness="tests/contracts/...")
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

systems: dict[str, Answered] = {}


@dataclass(frozen=True)
class Answered:
    """What of a system works today, how to try it, and what outside it is checked against."""

    where: str
    works: Any
    try_it: str
    witness: str


def answers(system: str, *, where: str, works: Any, try_it: str, witness: str) -> None:
    """Declare how far a system of the catalogue (S-id) is answered."""
    systems[system] = Answered(where, works, try_it, witness)
