"""What is done at the door. Acts that take secrets are in no register: only the house's own pages do them."""

from __future__ import annotations

import json

from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from waystation.hall.entry.models import Invitation, Way
from waystation.hall.entry.queries import links, steps
from waystation.hall.entry.rules import holder, myself, steward
from waystation.kernel import house, scope
from waystation.kernel.acts import NO_SECRET, Outcome, Secret, Unsaid, act
from waystation.kernel.models import Actor
from waystation.kernel.refusals import Refused, require
from waystation.kernel.values import now
from waystation.kernel.work import house_only

NOTHING = json.dumps({})
TRIES, PAUSE = 5, 15 * 60  # wrong passwords of one person, seconds


def confirm(password: str) -> Actor:
    """Whoever acts, when this is their password (they may have none). Raises Refused ``wrong_password``, ``too_many_tries``."""
    actor = scope.current().actor
    if actor is None:
        raise Refused("entry.wrong_password")
    key = f"entry.confirm:{actor.pk}"
    cache.add(key, 0, PAUSE)
    require(cache.get(key, 0) < TRIES, "entry.too_many_tries")
    if actor.has_usable_password() and not actor.check_password(password):
        cache.incr(key)
        raise Refused("entry.wrong_password")
    cache.delete(key)
    return actor


@act("new -> open", by=steward, said=_("made a link to sign in with"))
def send(*, person: Actor) -> Outcome:
    """Make a link with which a person sets a new password, once. Links made before open nothing any more."""
    require(person.is_active, "entry.has_left", name=person.name)
    invitation, link = links.fresh(person)
    earlier = list(Invitation.everything.filter(person=person, state="open"))
    for one in earlier:
        one.state = "withdrawn"
    return Outcome(record=invitation, save=list(earlier), answer={"link": link})


def welcome(person: Actor, outcome: Outcome) -> None:
    """Give whoever is invited a link, told once to the one who invites."""
    invitation, link = links.fresh(person)
    outcome.new.append(invitation)
    outcome.answer["link"] = link


house.welcomes.append(welcome)


@act("open -> used", by=house_only, said=_("used the link and set a password"))
def use(invitation: Invitation, *, password: Secret) -> Outcome:
    """Set the password of whoever holds the link."""
    require(invitation.expires_at > now(), "entry.link_expired", until=invitation.expires_at)
    house.set_password(invitation.person, password)
    return Outcome(save=[invitation.person])


@act("open -> withdrawn", by=steward, said=_("withdrew the link"), danger=True)
def withdraw(invitation: Invitation) -> Outcome:
    """Let the link open nothing any more."""
    return Outcome()


@act("active", by=myself, said=_("changed their password"), name="entry.password.change")
def change_password(person: Actor, *, current: Secret, password: Secret) -> Outcome:
    """Set a new password for oneself; all other sessions end."""
    confirm(current)
    house.set_password(person, password)
    return Outcome()


@act("new -> in use", by=holder, said=_("added an authenticator app"), name="entry.ways.add_app")
def add_app(*, secret: Secret, code: Secret, password: Secret) -> Outcome:
    """Ask for a code of this app at every sign-in from now on. The recovery codes are shown once."""
    person = confirm(password)
    require(steps.app_of(person) is None, "entry.one_app")
    step = steps.step_of(secret, code)
    if step is None:
        raise Refused("entry.wrong_code")
    codes, digests = steps.recovery_codes()
    kept = json.dumps({"secret": secret, "codes": digests})
    way = Way(holder=person, kind="app", name=str(Way.KINDS["app"]), secret=kept, seen=step, office=person.office)
    return Outcome(record=way, answer={"codes": codes})


@act("in use", by=holder, said=_("made new recovery codes"), name="entry.ways.new_codes")
def new_codes(way: Way, *, password: Secret) -> Outcome:
    """Make recovery codes anew; those made before open nothing any more."""
    confirm(password)
    require(way.kind == "app", "entry.no_app")
    codes, digests = steps.recovery_codes()
    way.secret = json.dumps({**json.loads(way.secret), "codes": digests})
    return Outcome(answer={"codes": codes})


@act("new -> in use", by=holder, said=_("added a passkey"), name="entry.ways.add_passkey")
def add_passkey(*, name: str, credential: Secret, handle: Secret, password: Secret) -> Outcome:
    """Let this passkey open the door instead of the password."""
    person = confirm(password)
    way = Way(holder=person, kind="passkey", name=name[:80], secret=credential, handle=handle, office=person.office)
    return Outcome(record=way)


@act("new -> in use", by=holder, said=_("came in through the provider for the first time"), name="entry.ways.link")
def link(*, name: str, handle: Secret) -> Outcome:
    """Let the provider's account open the door; the provider has said that the e-mail address is this person's."""
    person = scope.current().actor
    if person is None:
        raise Refused("entry.wrong_password")
    way = Way(holder=person, kind="provider", name=name[:80], handle=handle, office=person.office)
    way.secret = NOTHING
    return Outcome(record=way)


@act("in use", by=holder, said=_("came in with it"), name="entry.ways.come_in")
def come_in(way: Way, *, seen: int, secret: Secret = NO_SECRET) -> Outcome:
    """Keep that it was used, so that the same code or signature never works again."""
    way.seen, way.used_at = seen, now()
    if secret:
        way.secret = str(secret)
    return Outcome()


@act("in use", by=holder, said=_("named it"))
def rename(way: Way, *, name: str) -> Outcome:
    """Call it by another name."""
    way.name = name[:80]
    return Outcome()


@act("in use -> removed", by=holder | steward, said=_("removed it"), danger=True)
def remove(way: Way, *, password: Unsaid = "") -> Outcome:
    """Let it open nothing any more. Give your own password."""
    confirm(password)
    way.secret, way.handle = NOTHING, None
    return Outcome()
