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

refusals(  # lists of areas
    "places",
    no_office=refusal(_("There is no office yet that could keep places. Run “waystation init” first."), "conflict"),
    nothing_to_load=refusal(_("{file} holds no row that could be kept. Check that it is the right file.")),
    code_missing=refusal(_("The area “{name}” has no p-code. Fill it in, or remove the row.")),
    name_missing=refusal(_("{pcode} has no name. Fill it in, or remove the row.")),
    level_unknown=refusal(_("{pcode}: there is no level {level}. Levels of areas are 1 to 4.")),
    ends_before_it_begins=refusal(_("{pcode} would end before it begins. Correct one of the two dates.")),
    code_twice=refusal(
        _("{pcode} is in the file twice: here as “{name}”, in row {first} as “{other}”, or at another level or date. Keep one of "
          "them, or load the rest with --leave-out.")
    ),
    same_row_twice=refusal(_("{pcode} is in the file twice with the same values (first in row {first}). It was kept once.")),
    parent_unknown=refusal(
        _("{pcode} lies in {parent}, which is neither in the file nor held for {country}. Load the level above first, or "
          "correct the code.")
    ),
    parent_not_above=refusal(_("{pcode} lies in {parent}, which is not of a level above it. Correct the level or the code.")),
    say_as_of=refusal(_("A complete list ends what it lacks: say from which day on (--as-of), as its rows have no date.")),
    not_in_list=refusal(
        _("{count} areas of the same countries and levels are held and not in the list (for example {codes}). They stay valid; "
          "load it with --complete to end them.")
    ),
    no_level_between=refusal(
        _("{count} areas of level {level} of {country} name the country itself as what they lie in. They were kept; load a list "
          "with the level between to place them.")
    ),
    country_not_in_list=refusal(_("{country} is held and not in the list. It was kept.")),
)
