"""Duties that are asked for, and lent while their holder is away."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from waystation.hall.entry.acts.confirming import me
from waystation.hall.entry.rules import holder, steward
from waystation.kernel.acts import Outcome, act
from waystation.kernel.house import granted
from waystation.kernel.models import Actor, DutyGrant, Office
from waystation.kernel.refusals import require
from waystation.kernel.rules import not_by, signed_in
from waystation.kernel.values import today


@act("new -> asked", by=signed_in, said=_("asked for the duty"))
def ask_for(*, duty: str, office: Office, until: date | None = None, why: str = "") -> Outcome:
    """Ask a steward for a duty at an office; you hold it once somebody else has granted it."""
    return Outcome(record=granted(me(), duty, office, until=until))


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
    own, whole = me(), []
    require(duties, "kernel.argument_missing", act="lend", name="duties")
    require(to.pk != own.pk and to.is_active, "kernel.argument_wrong", name="to", value=to, why=_("choose a colleague"))
    future = until >= today()
    require(future, "kernel.argument_wrong", name="until", value=until, why=_("it lies in the past"))
    for held in duties:
        mine = held.holder_id == own.pk and held.state == "held" and held.lent_from_id is None
        require(mine, "entry.not_yours_to_lend", duty=held)
        lent = granted(to, held.duty, held.office, since, until)
        lent.lent_from, lent.state = held, "held"
        whole.append(lent)
    return Outcome(record=whole[0], new=whole[1:])
