"""Why something is not done to many records at once."""

from django.utils.translation import gettext_lazy as _

from waystation.kernel.refusals import refusal, refusals

refusals(
    "web",
    nothing_ticked=refusal(_("No record is ticked. Go back to the list and tick those that are meant.")),
    too_many_with_secrets=refusal(
        _("What this act asks for is kept nowhere, so it is done to at most {most} records at a time. Tick fewer.")
    ),
    no_longer_valid=refusal(
        _(
            "What was chosen for this act is no longer on offer, so nothing was done. Go back to the list and begin anew."
        )
    ),
)
