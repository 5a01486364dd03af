"""The house's own registers: offices, people, duties held, keys given to programs; and their acts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from waystation.kernel import scope
from waystation.kernel.acts import NO_SECRET, Outcome, Secret, Unsaid, act
from waystation.kernel.keys import keyed_digest
from waystation.kernel.models import AccessToken, Actor, DutyGrant, Office
from waystation.kernel.refusals import Refused, require
from waystation.kernel.register import Lifecycle, Register, Related, Section
from waystation.kernel.rules import admits, author, declare_duties, duties, duty, named, not_by, signed_in
from waystation.kernel.scope import Scope
from waystation.kernel.sight import sighted
from waystation.kernel.values import fresh_id, today

declare_duties("house", steward=_("opens offices, invites people and grants duties"))
steward = duty("house.steward")


holder = named("holder", words="you are the one who holds it")
lender = named("lent_from__holder", words="you are the one who lent it")
another = not_by("pk", words="it is not your own account")

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


people = Register(
    name="house.people",
    model=Actor,
    word=(_("person"), _("people")),
    lifecycle=Lifecycle({"active": _("active"), "left": _("has left")}, (invite, amend, close, reopen)),
    sight=signed_in,
    columns=("ref", "name", "office", "language", "state"),
    filters=("state", "office"),
    search=("ref", "name"),
    sections=(Section(_("Person"), ("name", "username", "office", "language")),),
    personal=("email", "password"),
    related=(
        Related(_("Duties held"), "house.duties", "holder"),
        Related(_("Duties lent"), "house.duties", "lent_from__holder"),
    ),
    group="Direction",
)


@act("new -> held", by=steward & not_by("holder"), said=_("granted the duty"))
def grant(*, holder: Actor, duty: str, office: Office, since: date | None = None, until: date | None = None) -> Outcome:
    """Let a person hold a duty at an office and those below it; nobody grants one to themselves."""
    return Outcome(record=_granted(holder, duty, office, since, until))


def _granted(holder: Actor, duty: str, office: Office, since: date | None, until: date | None) -> DutyGrant:
    require(duty in duties, "kernel.unknown_name", what="duty", name=duty, known=", ".join(sorted(duties)))
    since = since or today()
    ends = until is None or until >= since
    require(ends, "kernel.argument_wrong", name="until", value=until, why=_("it ends before it begins"))
    return DutyGrant(holder=holder, duty=duty, office=office, since=since, until=until)


@act("new -> asked", by=signed_in, said=_("asked for the duty"))
def ask_for(*, duty: str, office: Office, until: date | None = None, why: str = "") -> Outcome:
    """Ask a steward for a duty at an office; you hold it once somebody else has granted it."""
    return Outcome(record=_granted(_me(), duty, office, None, until))


@act("asked -> held", by=steward & not_by("holder"), said=_("granted the duty"))
def approve(grant: DutyGrant) -> Outcome:
    """Grant the duty that was asked for."""
    grant.since = max(grant.since, today())
    return Outcome()


@act("asked -> ended", by=steward | holder, said=_("declined it"))
def decline(grant: DutyGrant, *, why: str = "") -> Outcome:
    """Do not grant what was asked for, or take the question back."""
    grant.until = today()
    return Outcome()


@act("new -> held", by=signed_in, said=_("lent the duty"))
def lend(*, duties: list[DutyGrant], to: Actor, until: date, since: date | None = None) -> Outcome:
    """Hand duties you hold to a colleague while you are away; they act as themselves, and it ends by itself."""
    me, whole = _me(), []
    require(duties, "kernel.argument_missing", act="lend", name="duties")
    require(to.pk != me.pk and to.is_active, "kernel.argument_wrong", name="to", value=to, why=_("choose a colleague"))
    future = until >= today()
    require(future, "kernel.argument_wrong", name="until", value=until, why=_("it lies in the past"))
    for held in duties:
        own = held.holder_id == me.pk and held.state == "held" and held.lent_from_id is None
        require(own, "kernel.not_yours_to_lend", duty=held)
        lent = _granted(to, held.duty, held.office, since, until)
        lent.lent_from, lent.state = held, "held"
        whole.append(lent)
    return Outcome(record=whole[0], new=whole[1:])


def _me() -> Actor:
    actor = scope.current().actor
    if actor is None:
        raise Refused("kernel.not_allowed", act="act", rule=signed_in.sentence)
    return actor


@act("held -> ended", by=steward | lender, said=_("ended the duty"), danger=True)
def end(grant: DutyGrant) -> Outcome:
    """End the duty now; what was done under it stays done."""
    grant.until = today()
    return Outcome()


duties_held = Register(
    name="house.duties",
    model=DutyGrant,
    word=(_("duty held"), _("duties held")),
    lifecycle=Lifecycle(
        {"asked": _("asked for"), "held": _("held"), "ended": _("ended")},
        (grant, ask_for, approve, decline, lend, end), frozenset({"ended"}),
    ),
    sight=steward | author | holder,
    columns=("ref", "holder", "duty", "office", "since", "until", "state"),
    filters=("state", "duty", "office"),
    sections=(Section(_("Duty"), ("holder", "duty", "office", "since", "until", "lent_from")),),
    personal=(),
    group="Direction",
)  # fmt: skip


@act("new -> active", by=author, said=_("made the key"))
def issue(*, grants: str, expires_on: date | None = None) -> Outcome:
    """Make a key for a program that will act as you, within its scope. It is shown once."""
    person, key = _me(), fresh_id(20)
    token = AccessToken(holder=person, grants=grants, expires_on=expires_on, office=person.office)
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
    columns=("ref", "holder", "grants", "expires_on", "state"),
    filters=("state",),
    sections=(Section(_("Key"), ("holder", "grants", "expires_on")),),
    personal=(),
    group="Direction",
)


def token_scope(key: str, needs: str) -> Scope:
    """The scope of whoever holds a key that covers ``needs``. Raises Refused ``kernel.token_refused``."""
    found = (
        AccessToken.everything.select_related("holder")
        .filter(fingerprint=keyed_digest("tokens", key.encode()), state="active")
        .first()
    )
    live = found is not None and (found.expires_on is None or found.expires_on >= today())
    if found is None or not live or not found.holder.is_active or needs not in found.grants.split():
        raise Refused("kernel.token_refused")
    return Scope(found.holder)
