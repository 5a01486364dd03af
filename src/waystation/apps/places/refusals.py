"""What places refuses, and what it finds worth a look."""

from django.utils.translation import gettext_lazy as _

from waystation.kernel.refusals import refusal, refusals

refusals(  # codes
    "places",
    unknown_country=refusal(
        _(
            "“{code}” is no country, territory or area of ISO 3166-1. Give its alpha-3 code (for example NAM for Namibia)."
        ),
        "missing",
    ),
    no_countries=refusal(_("No countries are held yet. Run “waystation places countries” first."), "conflict"),
    code_in_two_countries=refusal(_("The p-code {pcode} is held by {countries}. Say which country is meant.")),
    code_unknown=refusal(
        _("{pcode} is no p-code of {country} that is held here. Correct it, or load the list it comes from.")
    ),
    code_of_another_country=refusal(
        _("{pcode} is a p-code of {other}, not of {country}. Correct the code or the country.")
    ),
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
        _(
            "{pcode} is in the file twice: here as “{name}”, in row {first} as “{other}”, or at another level or date. Keep one of "
            "them, or load the rest with --leave-out."
        )
    ),
    same_row_twice=refusal(
        _("{pcode} is in the file twice with the same values (first in row {first}). It was kept once.")
    ),
    parent_unknown=refusal(
        _(
            "{pcode} lies in {parent}, which is neither in the file nor held for {country}. Load the level above first, or "
            "correct the code."
        )
    ),
    parent_not_above=refusal(
        _("{pcode} lies in {parent}, which is not of a level above it. Correct the level or the code.")
    ),
    say_as_of=refusal(
        _("A complete list ends what it lacks: say from which day on (--as-of), as its rows have no date.")
    ),
    not_in_list=refusal(
        _(
            "Held and not in the list, of the same countries and levels: {count} (for example {codes}). They stay valid; load the "
            "list with --complete to end them."
        )
    ),
    no_level_between=refusal(
        _(
            "Of level {level} of {country}, rows that name the country itself as what they lie in: {count}. They were kept; load a "
            "list with the level between to place them."
        )
    ),
    country_not_in_list=refusal(_("{country} is held and not in the list. It was kept.")),
)

refusals(  # boundaries: one feature
    "places",
    outline_of_no_area=refusal(
        _(
            "{name}: {pcode} is no area of {country} that is held and valid. Load the list of areas first, take the areas from "
            "this file (--areas), or correct the code."
        )
    ),
    outline_of_other_level=refusal(
        _("{name} ({pcode}) is drawn at level {level} and held at level {held}. Say the right --level.")
    ),
    outline_twice=refusal(
        _(
            "{name} ({pcode}) is drawn twice, first in row {first}. Join the parts to one, or load with --repair to join them."
        )
    ),
    boundary_area_differs=refusal(
        _(
            "{name} ({pcode}) is {found} km² large here and {stated} km² by the file's own column. The outline or the column is "
            "wrong; correct it."
        )
    ),
)
refusals(  # boundaries: findings
    "places",
    area_as_stated=refusal(_("{name} is {found} km² large and {stated} km² by the file's own column.")),
    areas_without_outline=refusal(
        _("Areas of level {level} of {country} that have no outline in this file: {count} (for example {codes}).")
    ),
    areas_not_drawn=refusal(
        _("Areas of level {level} of {country} of which no outline is held: {count} (for example {codes}).")
    ),
    drawn_by_two_countries=refusal(
        _(
            "{name} ({pcode}) is also drawn as {other_name} ({other}) of {country}: {share} of the smaller one. Say the country when "
            "you look up places there."
        )
    ),
    parents_by_code=refusal(
        _("The file does not say what its areas lie in; it was told by how their codes begin, for {count} of {all}.")
    ),
    not_covered=refusal(_("{share} of {name} ({pcode}), about {km2} km², is in none of the areas below it.")),
    overlapping=refusal(_("Areas below {name} ({pcode}) overlap on {share} of it, about {km2} km².")),
    outside_parent=refusal(
        _("Areas below {name} ({pcode}) reach outside of it by {share} of its area, about {km2} km².")
    ),
)
refusals(  # boundaries: the file as a whole
    "places",
    no_code_column=refusal(
        _(
            "It cannot be told which columns hold the codes and the names. Say them (--code-column, --name-column). The columns are: "
            "{columns}."
        )
    ),
)

refusals(  # one area
    "places",
    already_ended=refusal(_("{pcode} has ended already, on {on}. What it became has its own record."), "conflict"),
    ends_too_early=refusal(_("{pcode} cannot end then: it is valid from {on}. Choose a later day.")),
    code_in_use=refusal(_("{pcode} is in use already. Give the new area a code of its own."), "conflict"),
    split_into_two=refusal(_("Write a line for each part, its new p-code and then its name; there are at least two.")),
    split_codes_differ=refusal(_("Two parts have the same p-code. Give each its own.")),
    merge_into_like=refusal(
        _(
            "{pcode} cannot be merged into {into}: that is not another valid area of the same country and level. Choose one that is."
        )
    ),
)

refusals(  # sites
    "places",
    unknown_site_kind=refusal(_("There is no kind of site “{kind}”. Choose one of: {known}.")),
    area_of_another_country=refusal(_("{pcode} is no area of {country}. Correct the area or the country.")),
    half_a_position=refusal(_("Give both longitude and latitude, or neither.")),
    not_on_earth=refusal(
        _(
            "{name}: longitude {longitude}, latitude {latitude} is nowhere on earth. Write degrees: longitude -180 to 180, latitude "
            "-90 to 90."
        )
    ),
    null_island=refusal(
        _("{name}: longitude 0, latitude 0 is in the sea off Africa. Leave both empty when they are not known.")
    ),
    coordinates_swapped=refusal(
        _(
            "{name}: longitude {longitude}, latitude {latitude} lies outside of {country}, and the other way round it lies inside. "
            "Exchange the two."
        )
    ),
    site_outside_area=refusal(_("{name} lies {km} km outside of {area} ({pcode}). Correct the position or the area.")),
    move_where=refusal(_("Say where the site moves: its coordinates, its area, or both.")),
    changed_later=refusal(_("{name} cannot change then: it changed last on {on}. Choose that day or a later one.")),
    unknown_site_status=refusal(_("There is no status “{status}” of a site. Write open or closed.")),
)
