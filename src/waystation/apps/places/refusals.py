"""What places refuses, and what it finds worth a look."""

from django.utils.translation import gettext_lazy as _

from waystation.kernel.refusals import refusal, refusals

refusals(  # codes
    "places",
    unknown_country=refusal(
        _("“{code}” is no country, territory or area of ISO 3166-1. Give its alpha-3 code (for example NAM for Namibia)."),
        "missing",
    ),
    no_countries=refusal(_("No countries are held yet. Run “waystation import places.countries” first."), "conflict"),
    code_in_two_countries=refusal(_("The p-code {pcode} is held by {countries}. Say which country is meant.")),
    code_unknown=refusal(_("{pcode} is no p-code of {country} that is held here. Correct it, or load the list it comes from.")),
    code_of_another_country=refusal(_("{pcode} is a p-code of {other}, not of {country}. Correct the code or the country.")),
    code_ended=refusal(_("{pcode} is not valid on {on}: it became {became}. Use the code of that day.")),
    code_not_yet=refusal(_("{pcode} is not valid on {on}: it was {was} then. Use the code of that day.")),
    code_not_valid=refusal(_("{pcode} of {country} is not valid on {on}. Use the code of that day.")),
    not_below=refusal(_("{pcode} ({name}) lies in {belongs}, not in {parent}. Correct one of the two codes.")),
)
