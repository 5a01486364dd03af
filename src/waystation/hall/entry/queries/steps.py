"""Codes of authenticator apps, and recovery codes: what is offered, and whether a code is right."""

from __future__ import annotations

import hmac
import json
import secrets
from dataclasses import dataclass
from typing import Any

import pyotp
from django.conf import settings

from waystation.hall.entry.models import Way
from waystation.hall.entry.shapes import AppOffer
from waystation.kernel.keys import keyed_digest
from waystation.kernel.models import Actor
from waystation.kernel.values import now

STEP = 30  # seconds
DRIFT = 1  # steps a phone's clock may be off, either way
CODES = 10
LETTERS = "23456789abcdefghjkmnpqrstvwxyz"  # nothing that reads like another


def offer(person: Actor, secret: str = "") -> AppOffer:
    """A secret for a person's app, a fresh one unless it was offered before."""
    secret = secret or pyotp.random_base32()
    address = pyotp.TOTP(secret).provisioning_uri(name=person.username, issuer_name=settings.ORGANISATION)
    return AppOffer(secret, address)


def step_of(secret: str, code: str, after: int = 0) -> int | None:
    """The time step at which the app shows this code now, later than ``after``; None when the code is not right."""
    digits = "".join(code.split())
    present = int(now().timestamp()) // STEP
    totp = pyotp.TOTP(secret)
    found = None
    for step in range(present - DRIFT, present + DRIFT + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), digits.encode()) and step > after:
            found = step
    return found


def recovery_codes() -> tuple[list[str], list[str]]:
    """Fresh codes that work once each, of 116 bits; and their digests, which alone are kept."""
    codes = ["-".join("".join(secrets.choice(LETTERS) for _ in range(6)) for _ in range(4)) for _ in range(CODES)]
    return codes, [digest(one) for one in codes]


def digest(code: str) -> str:
    """The keyed digest of a recovery code, however it is written."""
    return keyed_digest("recovery", "".join(code.lower().split()).encode())


@dataclass(frozen=True)
class Proof:
    """A code that is right: of which way, the step it counts up to, and what the way keeps from now on."""

    way: Way
    seen: int
    kept: dict[str, Any]


def proof(person: Actor, code: str) -> Proof | None:
    """What a code proves of a person: that they hold the app, or one of its recovery codes; None when it proves nothing."""
    way = app_of(person)
    if way is None or not code.strip():
        return None
    kept = json.loads(way.secret)
    step = step_of(kept["secret"], code, way.seen)
    if step is not None:
        return Proof(way, step, kept)
    given = digest(code)
    left = [one for one in kept["codes"] if not hmac.compare_digest(one, given)]
    return Proof(way, way.seen, {**kept, "codes": left}) if len(left) < len(kept["codes"]) else None


def app_of(person: Actor) -> Way | None:
    """The person's authenticator app, if they have one."""
    return Way.everything.filter(holder=person, kind="app", state="in use").first()
