"""What tracking refuses."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from waystation.kernel.refusals import refusal, refusals

refusals(
    "tracking",
    no_observations=refusal(_("{round} has no observations yet. Import its data first."), "conflict"),
    open_findings=refusal(
        ngettext_lazy(
            "{round} has {count} open blocking finding. Correct the data, explain it, or accept it with a reason; "
            "then validate.",
            "{round} has {count} open blocking findings. Correct the data, explain them, or accept each with a reason; "
            "then validate.",
            "count",
        ),
        "conflict",
    ),
    finding=refusal(_("{place}: {says} {advice}")),
    dates_reversed=refusal(_("The period ends before it begins ({start} to {end}). Correct one of the dates.")),
    date_impossible=refusal(_("The reporting date {date} lies in the future or before 1990. Correct it.")),
    say_why_added=refusal(
        _(
            "{other} counts in the country's total already. Say why the people of {operation} may be added to it (they are "
            "other people), or leave it out of the total."
        )
    ),
    unknown_component=refusal(_("There is no component “{component}”. It can be: {known}.")),
    round_exists=refusal(
        _("Round {number} ({component}) of {operation} exists already. Import into it instead of planning it again."),
        "conflict",
    ),
    more_assessed_than_planned=refusal(
        _("{assessed} places were assessed but only {planned} planned. Correct one of the numbers.")
    ),
    unknown_country=refusal(
        _("There is no country “{country}”. Use its ISO code (three letters); load the countries first.")
    ),
    other_date=refusal(
        _("{round} reports on {date}, the file says {said}. Correct the date in the file, or the number of the round."),
        "conflict",
    ),
    round_closed=refusal(
        _(
            "{round} is {state}, and the file holds other rows for it. Open the round for correction (or send it "
            "back), then import again."
        ),
        "conflict",
    ),
    sex_and_age_apart=refusal(
        _("Sex and age were counted apart, so one cannot be split by the other. Ask for one of them.")
    ),
    nothing_published=refusal(_("{round} has no published version."), "conflict"),
)
