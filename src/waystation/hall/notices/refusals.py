"""What notices refuse."""

from django.utils.translation import gettext_lazy as _

from waystation.kernel.refusals import refusal, refusals

refusals(
    "notices",
    unknown_way=refusal(_("One cannot be told “{how}”. Choose one of: {known}.")),
)
