"""Wording's register: what reviewers said of translations."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from waystation.hall.wording import acts
from waystation.hall.wording.models import Correction
from waystation.hall.wording.rules import reviewer
from waystation.kernel.register import Lifecycle, Register, Section

translations = Register(
    name="house.translations",
    model=Correction,
    word=(_("reviewed translation"), _("reviewed translations")),
    lifecycle=Lifecycle(
        {"reviewed": _("reviewed"), "corrected": _("corrected")},
        (acts.confirm, acts.correct, acts.correct_again, acts.put_back),
    ),
    sight=reviewer,
    columns=("ref", "language", "message", "state", "author", "created_at"),
    filters=("state", "language"),
    search=("ref", "message"),
    sections=(Section(_("Translation"), ("language", "message", "forms", "catalogued")),),
    personal=(),
    group="Direction",
    page="/wording/{language}/{digest}/",
)
