"""Why a view is not kept."""

from django.utils.translation import gettext_lazy as _

from waystation.kernel.refusals import refusal, refusals

refusals(
    "views",
    name_taken=refusal(_("You have a view “{name}” of this list already. Choose another name."), "conflict"),
    too_long=refusal(_("A view keeps at most {most} characters of filters and this is longer. Choose fewer values.")),
)
