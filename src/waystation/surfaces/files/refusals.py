"""Why a file is not made."""

from django.utils.translation import gettext_lazy as _

from waystation.kernel.refusals import refusal, refusals

refusals(
    "files",
    too_many_at_once=refusal(
        _("More than {most} records answer. Have the file made in the background, or filter the list first."),
        "too_large",
    ),
    too_many_for_xlsx=refusal(
        _(
            "A spreadsheet holds {most} records and more than that answer. Take CSV or Parquet, or filter the list first."
        ),
        "too_large",
    ),
    gone=refusal(_("The file is kept for {days} days and is gone by now. Have it made again."), "missing"),
)
