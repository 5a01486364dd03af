"""Tracking's registers: operations, rounds, findings."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from waystation.apps.tracking.acts import findings as on_findings
from waystation.apps.tracking.acts import operations as on_operations
from waystation.apps.tracking.acts import rounds as on_rounds
from waystation.apps.tracking.models import Finding, Operation, Round
from waystation.apps.tracking.rules import out_now, team
from waystation.kernel.register import Lifecycle, Register, Related, Section
from waystation.kernel.rules import anyone

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
    page="/tracking/operations/{ref}/",
)

round_life = Lifecycle(
    {"planned": _("planned"), "collecting": _("collecting"), "cleaning": _("cleaning"), "validated": _("validated"),
     "published": _("published"), "withdrawn": _("withdrawn")},
    (on_rounds.plan, on_rounds.begin, on_rounds.receive, on_rounds.validate, on_rounds.send_back, on_rounds.publish,
     on_rounds.correct, on_rounds.withdraw),
    final=frozenset({"withdrawn"}),
)  # fmt: skip
COVERAGE = ("planned_locations", "assessed_locations")

rounds = Register(
    name="tracking.rounds",
    model=Round,
    word=(_("round"), _("rounds")),
    lifecycle=round_life,
    sight=team | out_now,
    columns=("ref", "operation", "component", "number", "reporting_date", *COVERAGE, "state"),
    filters=("state", "operation", "component", "reporting_date"),
    search=("ref", "operation__name"),
    order="-reporting_date",
    sections=(
        Section(_("Round"), ("operation", "component", "number", "reporting_date", "period_start", "period_end")),
        Section(_("Coverage"), COVERAGE),
        Section(_("Data"), ("data_version", "published_version", "published_at")),
    ),
    personal=(),
    related=(Related(_("Findings"), "tracking.findings", "round"),),
    hxl={"number": "#round+code", "reporting_date": "#date+reported"},
    systems=("S01", "S45"),
    page="/tracking/operations/{operation.ref}/?component={component}&round={number}",
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
        Section(_("Finding"), ("rule", "says", "advice", "round", "place", "origin_row", "column", "details")),
        Section(_("What was made of it"), ("reason",)),
    ),
    personal=(),
    systems=("S45",),
)
