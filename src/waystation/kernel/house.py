"""The house's own acts: on offices, people, duties held and keys given to programs. Registers of people and duties are in ``hall.entry``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from waystation.kernel import scope
from waystation.kernel.acts import NO_SECRET, Outcome, Secret, Unsaid, act
from waystation.kernel.keys import keyed_digest
from waystation.kernel.models import AccessToken, Actor, DutyGrant, Office
from waystation.kernel.refusals import Refused, require
from waystation.kernel.register import Lifecycle, Register, Section, registers
from waystation.kernel.rules import author, declare_duties, duties, duty, named, not_by, signed_in
from waystation.kernel.scope import Scope
from waystation.kernel.sight import sighted
from waystation.kernel.values import fresh_id, today

declare_duties("house", steward=_("opens offices, invites people and grants duties"))
steward = duty("house.steward")


lender = named("lent_from__holder", words="you are the one who lent it")

openings: list[Callable[[], None]] = []  # what apps load when a house is opened
welcomes: list[Callable[[Actor, Outcome], None]] = []  # told of a person invited without a password: how they get in

sighted(Office, signed_in)


@act("new -> open", by=duty("house.steward", at="parent"), said=_("opened the office"), name="house.offices.open")
def open_office(*, code: str, name: str, parent: Office | None = None) -> Outcome:
    """Open an office under another one."""
    return Outcome(record=Office(code=code, name=name, parent=parent))


@act("new -> active", by=steward, said=_("invited the person"))
def invite(
    *, username: str, name: str, office: Office, password: Secret = NO_SECRET, email: Unsaid = "", language: str = "en"
) -> Outcome:
    """Give a person an account at an office. They cannot sign in until they set a password."""
    person = Actor(username=username, name=name, office=office, email=email, language=language)
    outcome = Outcome(record=person)
    if password:
        set_password(person, password)
        return outcome
    person.set_unusable_password()
    for welcome in welcomes:
        welcome(person, outcome)
    return outcome


def set_password(person: Actor, password: str) -> None:
    """Let the person sign in with it; not saved. Raises Refused ``kernel.password_weak``."""
    try:
        password_validation.validate_password(password, person)
    except ValidationError as weak:
        raise Refused("kernel.password_weak", why=" ".join(weak.messages)) from weak
    person.set_password(password)


@act("new -> held", by=steward & not_by("holder"), said=_("granted the duty"))
def grant(*, holder: Actor, duty: str, office: Office, since: date | None = None, until: date | None = None) -> Outcome:
    """Let a person hold a duty at an office and those below it; nobody grants one to themselves."""
    return Outcome(record=granted(holder, duty, office, since, until))


def granted(
    holder: Actor, duty: str, office: Office, since: date | None = None, until: date | None = None
) -> DutyGrant:
    """A grant, not saved. Raises Refused for a duty nobody declared and for a time that ends before it begins."""
    require(duty in duties, "kernel.unknown_name", what="duty", name=duty, known=", ".join(sorted(duties)))
    since = since or today()
    ends = until is None or until >= since
    require(ends, "kernel.argument_wrong", name="until", value=until, why=_("it ends before it begins"))
    return DutyGrant(holder=holder, duty=duty, office=office, since=since, until=until)


@act("held -> ended", by=steward | lender, said=_("ended the duty"), danger=True)
def end(grant: DutyGrant) -> Outcome:
    """End the duty now; what was done under it stays done."""
    grant.until = today()
    return Outcome()


grantable: dict[str, Any] = {  # what a key may open; protocols of apps add theirs
    "read": _("read every register its holder sees"),
    "act": _("do every act its holder may"),
    "personal:read": _("read personal fields where its holder sees them"),
    "figures:read": _("read figures"),
    "feed:read": _("read what has changed"),
}


def is_grant(name: str) -> bool:
    """Whether a key can be given this: a grant everyone knows, or ``register:read`` or ``register:act`` for one register."""
    register, _colon, right = name.rpartition(":")
    return name in grantable or (register in registers and right in ("read", "act"))


@act("new -> active", by=author, said=_("made the key"))
def issue(*, grants: str, expires_on: date | None = None) -> Outcome:
    """Make a key for a program that will act as you, within its scope. It is shown once."""
    person, held = scope.current().actor, scope.current().grants
    if person is None:
        raise Refused("kernel.not_allowed", act="issue", rule=author.sentence)
    for one in grants.split():
        known = ", ".join([*grantable, "<register>:read", "<register>:act"])
        require(is_grant(one), "kernel.unknown_name", what="grant", name=one, known=known)
        require(held is None or one in held, "kernel.grant_beyond", grant=one)  # a key makes no key that opens more
    key = fresh_id(20)
    token = AccessToken(holder=person, grants=" ".join(grants.split()), expires_on=expires_on, office=person.office)
    token.fingerprint = keyed_digest("tokens", key.encode())
    return Outcome(record=token, answer={"key": key})


@act("active -> revoked", by=author | steward, said=_("revoked the key"), danger=True)
def revoke(token: AccessToken) -> Outcome:
    """Stop the key from opening anything, at once."""
    return Outcome()


tokens = Register(
    name="house.keys",
    model=AccessToken,
    word=(_("key"), _("keys")),
    lifecycle=Lifecycle({"active": _("active"), "revoked": _("revoked")}, (issue, revoke), frozenset({"revoked"})),
    sight=author | steward,
    columns=("ref", "holder", "grants", "expires_on", "used_on", "state"),
    filters=("state",),
    sections=(Section(_("Key"), ("holder", "grants", "expires_on", "used_on")),),
    personal=(),
    group="Direction",
)


def token_scope(key: str, needs: str) -> Scope:
    """The scope of whoever holds a key that covers ``needs``. Raises Refused ``kernel.token_refused``."""
    found = held_key(key)
    require(needs in found.grants.split(), "kernel.token_refused")
    return Scope(found.holder)


def held_key(key: str) -> AccessToken:
    """The key as it is held, with its holder; that it was used is noted once a day. Raises Refused ``kernel.token_refused``."""
    fingerprint, day = keyed_digest("tokens", key.encode()), today()
    kept = AccessToken.everything.select_related("holder").filter(fingerprint=fingerprint, state="active")
    found: AccessToken | None = kept.first()
    if found is None or not found.holder.is_active or (found.expires_on is not None and found.expires_on < day):
        raise Refused("kernel.token_refused")
    if found.used_on != day:
        AccessToken.everything.filter(pk=found.pk).update(used_on=day)
    return found
