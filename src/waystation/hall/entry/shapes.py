"""Typed values that cross the door."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Invited:
    """Whom a link is for; ``first`` when they never had a password."""

    username: str
    name: str
    organisation_office: str
    until: datetime
    first: bool


@dataclass(frozen=True)
class AppOffer:
    """A secret for an authenticator app, and the address that its QR code holds."""

    secret: str
    address: str


@dataclass(frozen=True)
class WayIn:
    """A way in that a person has, for their own page."""

    ref: str
    kind: str
    name: str
    since: datetime
    used_at: datetime | None
    codes_left: int = 0


@dataclass(frozen=True)
class Sitting:
    """A session of a person: on what, since when, last seen when; ``here``: the one that asks."""

    handle: str
    device: str
    began_at: datetime | None
    seen_at: datetime
    here: bool


@dataclass(frozen=True)
class Passkey:
    """A passkey as it is kept: whose, and the credential's public half."""

    ref: str
    holder: int
    credential: str


@dataclass(frozen=True)
class Admitted:
    """A person who may see a record: why, and what they may do to it now. ``name`` is empty for the public."""

    username: str
    name: str
    sees: list[str]
    acts: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Admission:
    """Who may see a record and do what: the rule in words, whether everyone does, and who by name."""

    register: str
    ref: str
    state: str
    rule: str
    public: bool
    signed_in: bool
    people: list[Admitted]
    acts: dict[str, str]


@dataclass(frozen=True)
class Reach:
    """What of a register a person reaches: ``all``, ``some`` or ``none`` of its records, by which rules, where, and the acts."""

    register: str
    word: str
    sees: str
    why: list[str]
    offices: list[str]
    acts: dict[str, list[str]]
