"""What people make of a finding."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from waystation.apps.tracking.models import Finding
from waystation.apps.tracking.rules import manager, validator
from waystation.kernel.acts import Outcome, act


@act("found -> explained", by=manager, said=_("explained it"))
def explain(finding: Finding, *, reason: str) -> Outcome:
    """Say why the data are right although the rule stumbled."""
    finding.reason = reason
    return Outcome()


@act("found | explained -> accepted", by=validator, said=_("accepted it"))
def accept(finding: Finding, *, reason: str) -> Outcome:
    """Accept the data as they are, with the reason readers will see."""
    finding.reason = reason
    return Outcome()


@act("found | explained -> corrected", by=manager, said=_("corrected it"))
def mark_corrected(finding: Finding, *, reason: str) -> Outcome:
    """Say that it was put right outside; the next import will show whether it was."""
    finding.reason = reason
    return Outcome()


@act("explained | accepted -> found", by=validator, said=_("opened it again"))
def reopen(finding: Finding, *, reason: str) -> Outcome:
    """Open it again."""
    finding.reason = reason
    return Outcome()
