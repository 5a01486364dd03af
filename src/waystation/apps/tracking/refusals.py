"""What tracking refuses."""

from django.utils.translation import gettext_lazy as _

from waystation.kernel.refusals import refusal, refusals

refusals(
    "tracking",
    no_observations=refusal(_("{round} has no observations yet. Import its data first."), "conflict"),
    open_findings=refusal(
        _("{round} has {count} open blocking findings. Correct the data, explain them, or accept each with a reason; "
          "then validate."),  # fmt: skip
        "conflict",
    ),
    reason_needed=refusal(_("Give the reason: it is kept with the record and others will read it.")),
    dates_reversed=refusal(_("The period ends before it begins ({start} to {end}). Correct one of the dates.")),
    date_impossible=refusal(_("The reporting date {date} lies in the future or before 1990. Correct it.")),
    unknown_component=refusal(_("There is no component “{component}”. It can be: {known}.")),
    round_exists=refusal(
        _("Round {number} ({component}) of {operation} exists already. Import into it instead of planning it again."), "conflict"
    ),
    same_data=refusal(
        _("{round} already holds exactly these data (version {version}): the file was imported before. Nothing was changed."),
        "conflict",
    ),
    more_assessed_than_planned=refusal(
        _("{assessed} places were assessed but only {planned} planned. Correct one of the numbers.")
    ),
    nothing_published=refusal(_("{round} has no published version."), "conflict"),
    unknown_country=refusal(_("There is no country “{country}”. Use its ISO code (three letters), and load the countries first.")),
)
