"""What a link says: whose it is, or why it opens nothing."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.utils.formats import date_format

from waystation.hall.entry.models import Invitation
from waystation.kernel.keys import keyed_digest
from waystation.kernel.models import Actor
from waystation.kernel.refusals import Refused, require
from waystation.kernel.values import fresh_id, now


def fresh(person: Actor) -> tuple[Invitation, str]:
    """An unsaved invitation of a person, and its link."""
    token = fresh_id(20)
    invitation = Invitation(person=person, office=person.office, state="open", fingerprint=_fingerprint(token))
    invitation.expires_at = now() + timedelta(hours=settings.INVITATION_HOURS)
    return invitation, f"{settings.ADDRESS}/invitation/{token}/"


def of_token(token: str) -> Invitation:
    """The open invitation of a link. Raises Refused ``entry.no_such_link``, ``link_used``, ``link_withdrawn``, ``link_expired``."""
    found = Invitation.everything.select_related("person__office").filter(fingerprint=_fingerprint(token)).first()
    if found is None:
        raise Refused("entry.no_such_link")
    require(found.state != "used", "entry.link_used")
    require(found.state == "open" and found.person.is_active, "entry.link_withdrawn")
    require(found.expires_at > now(), "entry.link_expired", until=date_format(found.expires_at, "j N Y, H:i e"))
    return found


def _fingerprint(token: str) -> str:
    return keyed_digest("invitations", token.encode())
