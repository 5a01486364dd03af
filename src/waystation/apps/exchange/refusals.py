"""What exchange refuses; programs are shown the sentences of the DTM API."""

from django.utils.translation import gettext_lazy as _

from waystation.kernel.refusals import refusal, refusals

refusals(
    "exchange",
    dtm_unknown=refusal(_("“{name}” is not asked for here. Known: {known}.")),
    dtm_date=refusal(_("{name} is “{value}”. Give a day as YYYY-MM-DD.")),
    dtm_round=refusal(_("{name} is “{value}”. Give a round as a whole number of 0 or more.")),
    dtm_reversed=refusal(_("{first} lies after {last}. Give them the other way round.")),
)
