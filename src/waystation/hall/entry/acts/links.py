"""Links that let people in once, and passwords."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from waystation.hall.entry.acts.confirming import confirm
from waystation.hall.entry.models import Invitation
from waystation.hall.entry.queries import links
from waystation.hall.entry.rules import myself, steward
from waystation.kernel import house
from waystation.kernel.acts import Outcome, Secret, act
from waystation.kernel.models import Actor
from waystation.kernel.refusals import require
from waystation.kernel.values import now
from waystation.kernel.work import house_only


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
