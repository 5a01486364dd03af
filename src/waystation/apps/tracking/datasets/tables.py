"""The observations of rounds: one row is a count of one population group at one place, as one round saw it."""

from __future__ import annotations

import pyarrow as pa
from django.utils.translation import gettext_lazy as _

from waystation.kernel.datasets import Col, Dataset

TEXT, COUNT, DAY = pa.string(), pa.int64(), pa.date32()

observations = Dataset(
    name="tracking.observations",
    about=_("Counts of people by population group and place, one partition a round"),
    seen_with=("round", "tracking.rounds"),
    cols=(
        Col("round", COUNT, "internal", _("round record")),
        Col("operation", COUNT, "internal", _("operation record")),
        Col("operation_name", TEXT, "public", _("operation"), "#operation+name"),
        Col("country", TEXT, "public", _("country"), "#country+code"),
        Col("component", TEXT, "public", _("component")),
        Col("assessment_type", TEXT, "public", _("assessment type"), "#assessment+type"),
        Col("round_number", pa.int32(), "public", _("round"), "#round+code"),
        Col("reporting_date", DAY, "public", _("reporting date"), "#date+reported"),
        Col("population_group", TEXT, "public", _("population group")),
        Col("admin1_code", TEXT, "public", _("admin 1 code"), "#adm1+code"),
        Col("admin1_name", TEXT, "public", _("admin 1"), "#adm1+name"),
        Col("admin2_code", TEXT, "public", _("admin 2 code"), "#adm2+code"),
        Col("admin2_name", TEXT, "public", _("admin 2"), "#adm2+name"),
        Col("admin3_code", TEXT, "public", _("admin 3 code"), "#adm3+code"),
        Col("admin3_name", TEXT, "public", _("admin 3"), "#adm3+name"),
        Col("location_code", TEXT, "internal", _("location code"), "#loc+code"),
        Col("location_name", TEXT, "internal", _("location"), "#loc+name"),
        Col("location_kind", TEXT, "public", _("kind of location"), "#loc+type"),
        Col("longitude", pa.float64(), "internal", _("longitude"), "#geo+lon"),
        Col("latitude", pa.float64(), "internal", _("latitude"), "#geo+lat"),
        Col("reason", TEXT, "public", _("reason"), "#cause+type"),
        Col("reason_said", TEXT, "public", _("reason in the source's words")),
        Col("origin_admin1_code", TEXT, "public", _("origin, admin 1 code"), "#adm1+code+origin"),
        Col("origin_admin1_name", TEXT, "public", _("origin, admin 1"), "#adm1+name+origin"),
        Col("arrival_from", DAY, "public", _("arrived from")),
        Col("arrival_until", DAY, "public", _("arrived until")),
        Col("households", COUNT, "public", _("households")),
        Col("individuals", COUNT, "public", _("people")),
        Col("males", COUNT, "public", _("men and boys")),
        Col("females", COUNT, "public", _("women and girls")),
        Col("under_18", COUNT, "public", _("younger than 18")),
        Col("aged_60_over", COUNT, "public", _("60 and older")),
        Col("collected_on", DAY, "internal", _("collected on")),
        Col("informants", pa.int32(), "internal", _("informants")),
        Col("informant_kinds", pa.int32(), "internal", _("kinds of informants")),
        Col("agreement", pa.float64(), "internal", _("agreement of informants, 0 to 1")),
        Col("access", TEXT, "internal", _("access")),
        Col("reassessed", pa.bool_(), "public", _("assessed anew in this round")),
        Col("source_id", COUNT, "internal", _("id at the source"), "#id+code"),
    ),
)

levels = Dataset(
    name="tracking.levels",
    about=_("Totals by administrative level as a source gave them beside the rows, with the source's ids"),
    seen_with=("round", "tracking.rounds"),
    cols=(
        Col("round", COUNT, "internal"),
        Col("level", pa.int32(), "public"),
        Col("admin1_code", TEXT),
        Col("reason", TEXT),
        Col("origin_admin1_code", TEXT),
        Col("individuals", COUNT),
        Col("males", COUNT),
        Col("females", COUNT),
        Col("source_id", COUNT, "internal"),
    ),
)
