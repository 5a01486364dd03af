"""Tracking's registers: operations, rounds, findings, remembered mappings, imports."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from waystation.apps.tracking.acts import findings as on_findings
from waystation.apps.tracking.acts import intakes as on_intakes
from waystation.apps.tracking.acts import operations as on_operations
from waystation.apps.tracking.acts import references as on_references
from waystation.apps.tracking.acts import rounds as on_rounds
from waystation.apps.tracking.models import Finding, Intake, Operation, ReferenceEdition, Round, SourceMapping
from waystation.apps.tracking.rules import manager, out_now, team
from waystation.kernel.register import Lifecycle, Register, Related, Section
from waystation.kernel.rules import anyone, where

operations = Register(
    name="tracking.operations",
    model=Operation,
    word=(_("operation"), _("operations")),
    lifecycle=Lifecycle(
        {"active": _("active"), "closed": _("closed")},
        (on_operations.open_operation, on_operations.describe, on_operations.close, on_operations.reopen),
    ),
    sight=anyone,
    columns=("name", "country", "state", "in_total", "office"),
    filters=("state", "country", "office"),
    search=("ref", "name"),
    sections=(
        Section(_("Operation"), ("name", "country", "office", "main_component", "in_total", "total_note", "min_cell")),
        Section(_("What it measures"), ("protection_indicators", "pandemic_indicators", "informs_health")),
    ),
    personal=(),
    related=(Related(_("Rounds"), "tracking.rounds", "operation"),),
    hxl={"name": "#operation+name", "country": "#country+name", "state": "#operation+status"},
    systems=("S01",),
)

rounds = Register(
    name="tracking.rounds",
    model=Round,
    word=(_("round"), _("rounds")),
    lifecycle=Lifecycle(
        {
            "planned": _("planned"),
            "collecting": _("collecting"),
            "cleaning": _("cleaning"),
            "validated": _("validated"),
            "published": _("published"),
            "withdrawn": _("withdrawn"),
        },
        (
            on_rounds.plan,
            on_rounds.begin,
            on_rounds.receive,
            on_rounds.validate,
            on_rounds.send_back,
            on_rounds.publish,
            on_rounds.correct,
            on_rounds.withdraw,
        ),
        final=frozenset({"withdrawn"}),
    ),
    sight=team | out_now,
    columns=(
        "ref",
        "operation",
        "component",
        "number",
        "reporting_date",
        "planned_locations",
        "assessed_locations",
        "state",
    ),
    filters=("state", "operation", "component", "reporting_date"),
    search=("ref", "operation__name"),
    order="-reporting_date",
    sections=(
        Section(_("Round"), ("operation", "component", "number", "reporting_date", "period_start", "period_end")),
        Section(_("Coverage"), ("planned_locations", "assessed_locations")),
        Section(_("Data"), ("data_version", "published_version", "published_at")),
    ),
    personal=(),
    related=(Related(_("Findings"), "tracking.findings", "round"),),
    hxl={"number": "#round+code", "reporting_date": "#date+reported"},
    systems=("S01", "S45"),
)

findings = Register(
    name="tracking.findings",
    model=Finding,
    word=(_("finding"), _("findings")),
    lifecycle=Lifecycle(
        {"found": _("found"), "explained": _("explained"), "corrected": _("corrected"), "accepted": _("accepted")},
        (on_findings.explain, on_findings.accept, on_findings.mark_corrected, on_findings.reopen),
    ),
    sight=team,
    columns=("ref", "round", "rule", "blocking", "place", "origin_row", "state"),
    filters=("state", "rule", "blocking", "round"),
    search=("ref", "place"),
    sections=(
        Section(_("Finding"), ("rule", "says", "round", "place", "origin_row", "column", "details")),
        Section(_("What was made of it"), ("reason",)),
    ),
    personal=(),
    systems=("S45",),
)

mappings = Register(
    name="tracking.mappings",
    model=SourceMapping,
    word=(_("mapping"), _("mappings")),
    lifecycle=Lifecycle({"kept": _("kept"), "retired": _("retired")}, (on_intakes.remember, on_intakes.retire)),
    sight=manager,
    columns=("ref", "name", "office", "state", "created_at"),
    filters=("state",),
    search=("ref", "name"),
    sections=(Section(_("Mapping"), ("name", "signature", "mapping")),),
    personal=(),
    systems=("S01",),
)

intakes = Register(
    name="tracking.imports",
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
        (on_intakes.bring, on_intakes.map_columns, on_intakes.take_in, on_intakes.give_up, on_intakes.drop),
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
)

reference_editions = Register(
    name="tracking.reference_editions",
    model=ReferenceEdition,
    word=(_("edition of reference statistics"), _("editions of reference statistics")),
    lifecycle=Lifecycle(
        {"announced": _("announced"), "in_force": _("in force"), "withdrawn": _("withdrawn")},
        (on_references.announce, on_references.receive_values, on_references.withdraw),
        final=frozenset({"withdrawn"}),
    ),
    sight=team | where("may_republish", True, words="it may be republished"),
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
