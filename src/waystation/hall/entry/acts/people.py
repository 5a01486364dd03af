"""What is done about people's accounts."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from waystation.hall.entry.rules import another, steward
from waystation.kernel import scope
from waystation.kernel.acts import Outcome, Unsaid, act
from waystation.kernel.models import AccessToken, Actor, Office
from waystation.kernel.refusals import require
from waystation.kernel.rules import admits


@act("active", by=steward, said=_("described the person"))
def amend(person: Actor, *, name: str, office: Office, email: Unsaid = "", language: str = "en") -> Outcome:
    """Change a person's name, office, e-mail or language."""
    person.name, person.office, person.email, person.language = name, office, email, language
    require(admits(steward, scope.current(), person), "kernel.not_allowed", act="amend", rule=steward.sentence)
    return Outcome()


@act("active -> left", by=steward & another, said=_("closed the account"), danger=True)
def close(person: Actor) -> Outcome:
    """Close a person's account: they are signed out everywhere and their keys open nothing any more."""
    person.is_active = False
    keys = list(AccessToken.everything.filter(holder=person, state="active"))
    for key in keys:
        key.state = "revoked"
    return Outcome(save=list(keys))


@act("left -> active", by=steward & another, said=_("opened the account again"))
def reopen(person: Actor) -> Outcome:
    """Let a person who had left sign in again, with the duties that have not ended."""
    person.is_active = True
    return Outcome()


@act("active", by=steward, said=_("signed them out everywhere"))
def sign_out(person: Actor) -> Outcome:
    """End every session of a person; they can sign in again."""
    return Outcome()
