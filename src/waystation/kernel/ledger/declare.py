"""Declaring ledgers and saying moves: which accounts there can be, and what goes from one to another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from waystation.kernel.refusals import require
from waystation.kernel.values import canonical

MOST = 10**15  # of the smallest unit in one transfer: what is larger is a slip of the hand
ledgers: dict[str, Ledger] = {}
kinds: dict[str, Kind] = {}


@dataclass(frozen=True, eq=False)
class Ledger:
    """A book of one kind of quantity, counted in whole numbers of ``unit``."""

    name: str
    unit: Any
    label: Any = ""

    def __post_init__(self) -> None:
        ledgers[self.name] = self

    def account(self, name: str, *, by: tuple[str, ...], floor: int | None = 0, label: Any = "") -> Kind:
        """Declare a kind of account, one for each combination of ``by``; ``floor`` None: it may owe without end."""
        return Kind(self, f"{self.name}.{name}", by, floor, label or name.replace("_", " "))


@dataclass(frozen=True, eq=False)
class Kind:
    """A kind of account; called with its dimensions it names one. Raises TypeError for other dimensions."""

    ledger: Ledger
    name: str
    by: tuple[str, ...]
    floor: int | None
    label: Any

    def __post_init__(self) -> None:
        kinds[self.name] = self

    def __call__(self, **parts: Any) -> Spot:
        wrong = set(parts) ^ set(self.by)
        if wrong:
            raise TypeError(f"{self.name} is by {', '.join(self.by)}: {', '.join(sorted(wrong))} not as declared")
        return Spot(self, tuple((name, said(parts[name])) for name in self.by))


def said(value: Any) -> str:
    """A dimension's value as accounts keep it: a record by its key, a day as ISO 8601, nothing as an empty text."""
    if value is None:
        return ""
    if hasattr(value, "_meta"):
        return str(value.pk)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise TypeError(f"{value!r} cannot be a dimension of an account")
    return str(value)


@dataclass(frozen=True)
class Spot:
    """One account, said by its dimensions; it need not exist yet."""

    kind: Kind
    parts: tuple[tuple[str, str], ...]

    @property
    def key(self) -> str:
        """What tells it from others of its kind: its dimensions in canonical form."""
        return canonical(dict(self.parts)).decode()

    @property
    def named(self) -> tuple[str, str]:
        """Its kind and key, under which the database knows it."""
        return self.kind.name, self.key

    def __rshift__(self, other: Spot) -> Route:
        if self.kind.ledger is not other.kind.ledger:
            raise TypeError(f"{self.kind.name} and {other.kind.name} are in two ledgers")
        if self == other:
            raise TypeError(f"{self} cannot give to itself")
        return Route(self, other)

    def hold(self, amount: int, *, on: Any, until: datetime | None = None) -> Move:
        """Keep an amount of it for a record (``on``), until a moment if said: nobody else can take it."""
        return Move("hold", self, None, amount, on=f"{on._meta.label_lower}:{on.pk}", until=until)

    def __str__(self) -> str:
        return f"{self.kind.label} ({', '.join(f'{name} {value}' for name, value in self.parts)})"


@dataclass(frozen=True)
class Route:
    """From an account that gives to one that receives."""

    credit: Spot
    debit: Spot

    def of(self, amount: int, *, happened_at: datetime | None = None) -> Move:
        """So much of it; ``happened_at`` when it is booked later than it happened. Nothing (0) is no transfer."""
        return Move("move", self.credit, self.debit, amount, happened_at=happened_at)


@dataclass(frozen=True)
class Move:
    """What an act wants booked. ``hold``: the key of the held transfer that is posted or released."""

    kind: Literal["move", "hold", "post", "release"]
    credit: Spot
    debit: Spot | None
    amount: int
    happened_at: datetime | None = None
    hold: int | None = None
    on: str = ""
    until: datetime | None = None

    def __post_init__(self) -> None:
        whole = isinstance(self.amount, int) and not isinstance(self.amount, bool)
        require(whole and 0 <= self.amount <= MOST, "ledger.not_whole", amount=self.amount, most=MOST)


def spot_of(kind: Kind, key: Mapping[str, str]) -> Spot:
    """The spot of a kind with dimensions as they are kept."""
    return Spot(kind, tuple((name, key[name]) for name in kind.by))
