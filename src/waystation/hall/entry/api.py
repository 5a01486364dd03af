"""What the surfaces ask of the door. People are handed over as the house's actors: whoever signs in is one."""

from __future__ import annotations

import json
from datetime import timedelta

from django.conf import settings
from django.db.models import Q

from waystation.hall.entry import acts
from waystation.hall.entry.models import Session, SessionStore, Way
from waystation.hall.entry.queries import links, steps
from waystation.hall.entry.shapes import AppOffer, Invited, Passkey, Sitting, WayIn
from waystation.kernel import house, scope
from waystation.kernel.acts import Secret, do
from waystation.kernel.keys import keyed_digest
from waystation.kernel.models import Actor, Office
from waystation.kernel.refusals import Refused, require
from waystation.kernel.scope import Scope
from waystation.kernel.values import now


def invited(*, token: str) -> Invited:
    """Whom a link is for. Raises Refused when it opens nothing (see ``queries.links``)."""
    found = links.of_token(token)
    person = found.person
    return Invited(person.username, person.name, str(person.office), found.expires_at, not person.has_usable_password())


def accept(*, token: str, password: str) -> Actor:
    """Set the password with a link, once. Raises Refused."""
    with scope.enter(scope.house("a link was used")):
        invitation = links.of_token(token)
        do(acts.use, invitation, password=Secret(password))
        person: Actor = invitation.person
        person.refresh_from_db()
    return person


def ways_in(*, person: Actor) -> list[WayIn]:
    """The ways in a person has beside the password."""
    found = Way.everything.filter(holder=person, state="in use").order_by("pk")
    left = {one.pk: len(json.loads(one.secret)["codes"]) for one in found if one.kind == "app"}
    return [WayIn(one.ref, one.kind, one.name, one.created_at, one.used_at, left.get(one.pk, 0)) for one in found]


def app_offer(*, person: Actor, secret: str = "") -> AppOffer:
    """What an authenticator app is given: a fresh secret unless one was offered before."""
    return steps.offer(person, secret)


def prove(*, person: Actor, code: str) -> bool:
    """Whether the code is the person's (of their app, or a recovery code) and was not used before. It is used up by this."""
    proof = steps.proof(person, code)
    if proof is None:
        return False
    try:
        with scope.enter(Scope(person)):
            do(acts.come_in, proof.way, seen=proof.seen, secret=Secret(json.dumps(proof.kept)))
    except Refused:  # the same code, sent twice at once: the other one won
        return False
    return True


def passkey(*, handle: bytes) -> Passkey | None:
    """The passkey of an active person by its credential's id."""
    found = Way.everything.filter(handle=handle_of("passkey", handle), holder__is_active=True, state="in use").first()
    return Passkey(found.ref, found.holder_id, found.secret) if found else None


def passkeys(*, person: Actor) -> list[str]:
    """The public halves of a person's passkeys."""
    return [one.secret for one in Way.everything.filter(holder=person, kind="passkey", state="in use")]


def came_in(*, ref: str, count: int) -> Actor:
    """Keep that a passkey was used. Raises Refused ``entry.passkey_refused`` when its counter went back: it was copied."""
    way = Way.everything.select_related("holder").get(ref=ref)
    require(count > way.seen or count == way.seen == 0, "entry.passkey_refused")
    with scope.enter(Scope(way.holder)):
        do(acts.come_in, way, seen=count)
    person: Actor = way.holder
    return person


def known_at_provider(*, issuer: str, subject: str, email: str, name: str) -> Actor | None:
    """Whose account at the provider it is: by its subject; else by an e-mail address the provider has verified, which ties them.

    ``email`` is empty when the provider has not verified it. None when nobody is known by it.
    """
    handle = handle_of("provider", f"{issuer}\n{subject}".encode())
    tied = Way.everything.select_related("holder").filter(handle=handle, state="in use").first()
    if tied is not None:
        with scope.enter(Scope(tied.holder)):
            do(acts.come_in, tied, seen=0)
        return tied.holder if tied.holder.is_active else None
    if not email:
        return None
    people = list(Actor.everything.filter(email__iexact=email, is_active=True)[:2])
    person = people[0] if len(people) == 1 else None
    if person is None and not people and settings.PROVIDER_NEW_AT:
        with scope.enter(scope.house("first sign-in through the provider")):
            office = Office.objects.get(code=settings.PROVIDER_NEW_AT)
            said = {"username": email.lower()[:80], "name": name or email, "office": office, "email": email}
            person = do(house.invite, **said).record
    if person is not None:
        with scope.enter(Scope(person)):
            do(acts.link, name=settings.PROVIDER_NAME, handle=Secret(handle))
    return person


def handle_of(kind: str, content: bytes) -> str:
    """The keyed digest by which a passkey or a provider's account is found."""
    return keyed_digest("ways", kind.encode() + b":" + content)


def sittings(*, person: Actor, here: str = "") -> list[Sitting]:
    """The sessions of a person that are open, the one asking first, then the latest seen."""
    moment, own = now(), SessionStore.digest(here)
    oldest = moment - timedelta(seconds=settings.SESSION_COOKIE_AGE)
    open_ones = Q(expire_date__gt=moment, seen_at__gt=moment - timedelta(seconds=settings.SESSION_IDLE_SECONDS))
    found = Session.objects.filter(open_ones, person=person).exclude(began_at__lt=oldest).order_by("-seen_at")
    told = [
        Sitting(
            handle_of("session", one.session_key.encode()),
            one.device,
            one.began_at,
            one.seen_at,
            one.session_key == own,
        )
        for one in found.defer("session_data")
    ]
    return sorted(told, key=lambda one: not one.here)


def sign_out(*, person: Actor, but: str = "", only: str = "") -> int:
    """End sessions of a person: all but the one of the key ``but``, or only the one a ``Sitting`` named. Returns how many."""
    keep = SessionStore.digest(but) if but else ""
    ended = [
        key for key in Session.objects.filter(person=person).values_list("session_key", flat=True)
        if key != keep and (not only or handle_of("session", key.encode()) == only)
    ]  # fmt: skip
    return Session.objects.filter(session_key__in=ended).delete()[0]
