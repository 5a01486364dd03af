"""People, the duties they hold, invitations, and ways in beside the password."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from waystation.hall.entry import acts
from waystation.hall.entry.models import Invitation, Way
from waystation.hall.entry.rules import holder, steward
from waystation.kernel import house
from waystation.kernel.models import Actor, DutyGrant
from waystation.kernel.register import Lifecycle, Register, Related, Section
from waystation.kernel.rules import author, signed_in

people = Register(
    name="house.people",
    model=Actor,
    word=(_("person"), _("people")),
    lifecycle=Lifecycle(
        {"active": _("active"), "left": _("has left")},
        (house.invite, acts.amend, acts.sign_out, acts.close, acts.reopen),
    ),
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
duties_held = Register(
    name="house.duties",
    model=DutyGrant,
    word=(_("duty held"), _("duties held")),
    lifecycle=Lifecycle(
        {"asked": _("asked for"), "held": _("held"), "ended": _("ended")},
        (house.grant, acts.ask_for, acts.approve, acts.decline, acts.lend, house.end), frozenset({"ended"}),
    ),
    sight=steward | author | holder,
    columns=("ref", "holder", "duty", "office", "since", "until", "state"),
    filters=("state", "duty", "office"),
    sections=(Section(_("Duty"), ("holder", "duty", "office", "since", "until", "lent_from")),),
    personal=(),
    group="Direction",
)  # fmt: skip
invitations = Register(
    name="entry.invitations",
    model=Invitation,
    word=(_("invitation"), _("invitations")),
    lifecycle=Lifecycle(
        {"open": _("open"), "used": _("used"), "withdrawn": _("withdrawn")},
        (acts.send, acts.use, acts.withdraw),
        frozenset({"used", "withdrawn"}),
    ),
    sight=steward,
    columns=("ref", "person", "office", "expires_at", "state"),
    filters=("state", "office"),
    sections=(Section(_("Invitation"), ("person", "expires_at")),),
    personal=(),
    group="Direction",
)
ways = Register(
    name="entry.ways",
    model=Way,
    word=(_("way in"), _("ways in")),
    lifecycle=Lifecycle(
        {"in use": _("in use"), "removed": _("removed")}, (acts.rename, acts.remove), frozenset({"removed"})
    ),
    sight=holder | steward,
    columns=("ref", "holder", "kind", "name", "used_at", "state"),
    filters=("state", "kind"),
    sections=(Section(_("Way in"), ("holder", "kind", "name", "used_at")),),
    personal=("secret",),
    group="Direction",
)
