"""The registers of naming: the queue of questions, and the decisions that are remembered."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from waystation.apps.naming import acts
from waystation.apps.naming.models import Decision, Question
from waystation.apps.naming.rules import staff
from waystation.kernel.register import Lifecycle, Register, Section

questions = Register(
    name="naming.questions",
    model=Question,
    word=(_("question about a name"), _("questions about names")),
    lifecycle=Lifecycle(
        {
            "open": _("open"),
            "decided": _("decided"),
            "none": _("no such place yet"),
            "aside": _("set aside"),
        },
        (acts.ask, acts.decide, acts.decide_none, acts.set_aside, acts.reopen),
    ),
    sight=staff,
    columns=("ref", "text", "level", "above_said", "country", "source", "rows", "code", "state"),
    filters=("state", "country", "level", "source"),
    search=("ref", "text", "source", "code"),
    order="-id",
    sections=(
        Section(_("Name"), ("text", "level", "above_said", "above", "country", "source", "rows")),
        Section(_("Answer"), ("doubt", "code", "why")),
    ),
    personal=(),
    group="Places",
    page="/naming/{ref}/",
)

decisions = Register(
    name="naming.decisions",
    model=Decision,
    word=(_("remembered name"), _("remembered names")),
    lifecycle=Lifecycle({"kept": _("remembered"), "withdrawn": _("withdrawn")}, (acts.remember, acts.withdraw)),
    sight=staff,
    columns=("ref", "text", "code", "level", "country", "source", "state"),
    filters=("state", "country", "level", "source"),
    search=("ref", "text", "code", "source"),
    sections=(Section(_("Name"), ("text", "code", "level", "above", "country", "source")),),
    personal=(),
    group="Places",
)
