"""The registers of sources: remembered mappings, and files on their way in."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from waystation.apps.sources import acts
from waystation.apps.sources.models import Intake, SourceMapping
from waystation.apps.sources.rules import manager
from waystation.kernel.register import Lifecycle, Register, Section

mappings = Register(
    name="sources.mappings",
    model=SourceMapping,
    word=(_("mapping"), _("mappings")),
    lifecycle=Lifecycle({"kept": _("kept"), "retired": _("retired")}, (acts.remember, acts.retire)),
    sight=manager,
    columns=("ref", "name", "office", "state", "created_at"),
    filters=("state",),
    search=("ref", "name"),
    sections=(Section(_("Mapping"), ("name", "signature", "mapping")),),
    personal=(),
    systems=("S01",),
)

intakes = Register(
    name="sources.imports",
    model=Intake,
    word=(_("import"), _("imports")),
    lifecycle=Lifecycle(
        {
            "received": _("received"),
            "mapped": _("mapped"),
            "taken_in": _("taken in"),
            "refused": _("refused"),
            "dropped": _("dropped"),
        },
        (acts.bring, acts.map_columns, acts.take_in, acts.give_up, acts.drop),
        final=frozenset({"taken_in", "dropped"}),
    ),
    sight=manager,
    columns=("ref", "file_name", "state", "source", "created_at"),
    filters=("state",),
    search=("ref", "file_name"),
    sections=(
        Section(_("File"), ("file_name", "source", "licence", "attribution", "may_republish")),
        Section(_("Outcome"), ("outcome",)),
    ),
    personal=(),
    systems=("S01",),
    page="/sources/{ref}/",
)
