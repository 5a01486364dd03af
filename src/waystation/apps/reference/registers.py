"""The register of editions of other organisations' statistics."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from waystation.apps.reference import acts
from waystation.apps.reference.models import Edition
from waystation.apps.reference.rules import keeper
from waystation.kernel.register import Lifecycle, Register, Section
from waystation.kernel.rules import where

editions = Register(
    name="reference.editions",
    model=Edition,
    word=(_("edition of reference statistics"), _("editions of reference statistics")),
    lifecycle=Lifecycle(
        {"announced": _("announced"), "in_force": _("in force"), "withdrawn": _("withdrawn")},
        (acts.announce, acts.receive_values, acts.withdraw),
        final=frozenset({"withdrawn"}),
    ),
    sight=keeper | where("may_republish", True, words="it may be republished"),
    columns=("source", "edition", "first_year", "last_year", "rows", "licence", "state"),
    filters=("state", "source"),
    search=("ref", "source", "edition"),
    sections=(
        Section(_("Edition"), ("source", "edition", "first_year", "last_year", "rows", "measures")),
        Section(_("Terms"), ("licence", "attribution", "may_republish")),
    ),
    personal=(),
    hxl={"source": "#meta+source", "edition": "#meta+edition", "first_year": "#date+start", "last_year": "#date+end"},
    systems=("S135",),
)
