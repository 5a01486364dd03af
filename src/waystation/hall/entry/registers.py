"""Registers of the way in: invitations, and ways in beside the password."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from waystation.hall.entry import acts
from waystation.hall.entry.models import Invitation, Way
from waystation.hall.entry.rules import holder, steward
from waystation.kernel.register import Lifecycle, Register, Section

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
