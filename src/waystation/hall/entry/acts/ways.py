"""Ways in beside the password: added, used, named, removed."""

from __future__ import annotations

import json

from django.utils.translation import gettext_lazy as _

from waystation.hall.entry.acts.confirming import confirm, me
from waystation.hall.entry.models import Way
from waystation.hall.entry.queries import steps
from waystation.hall.entry.rules import holder, steward
from waystation.kernel import scope
from waystation.kernel.acts import NO_SECRET, Outcome, Secret, Unsaid, act
from waystation.kernel.refusals import Refused, require
from waystation.kernel.values import now

NOTHING = json.dumps({})


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
    person = me()
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
    if not scope.current().is_house:
        confirm(password)
    way.secret, way.handle = NOTHING, None
    return Outcome()
