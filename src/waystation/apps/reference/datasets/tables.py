"""The statistics as they are kept: one row is a number of one country, year and measure, as one edition gives it."""

from __future__ import annotations

import pyarrow as pa
from django.utils.translation import gettext_lazy as _

from waystation.kernel.datasets import Col, Dataset

TEXT, COUNT = pa.string(), pa.int64()

statistics = Dataset(
    name="reference.statistics",
    about=_("Other people's statistics of displacement, by country and year, kept apart from our own counts"),
    seen_with=("edition_record", "reference.editions"),
    cols=(
        Col("edition_record", COUNT, "internal", _("edition record")),
        Col("source", TEXT, "public", _("source"), "#meta+source"),
        Col("edition", TEXT, "public", _("edition"), "#meta+edition"),
        Col("country", TEXT, "public", _("country"), "#country+code"),
        Col("country_name", TEXT, "public", _("country as the source names it"), "#country+name"),
        Col("origin_country", TEXT, "public", _("country of origin"), "#country+code+origin"),
        Col("year", pa.int32(), "public", _("year"), "#date+year"),
        Col("true_on", pa.date32(), "public", _("day it was true of"), "#date"),
        Col("measure", TEXT, "public", _("measure"), "#indicator+code"),
        Col("cause", TEXT, "public", _("cause"), "#cause+type"),
        Col("hazard", TEXT, "public", _("hazard"), "#cause+hazard"),
        Col("sex", TEXT, "public", _("sex"), "#meta+sex"),
        Col("age", TEXT, "public", _("age"), "#meta+age"),
        Col("value", COUNT, "public", _("people"), "#affected"),
        Col("value_exact", COUNT, "public", _("people, before the source rounded"), "#affected+raw"),
    ),
)
