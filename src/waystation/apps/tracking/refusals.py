"""What tracking refuses."""

from django.utils.translation import gettext_lazy as _

from waystation.kernel.refusals import refusal, refusals

refusals(
    "tracking",
    no_observations=refusal(_("{round} has no observations yet. Import its data first."), "conflict"),
    open_findings=refusal(
        _(
            "{round} has {count} open blocking findings. Correct the data, explain them, or accept each with a reason; "
            "then validate."
        ),
        "conflict",
    ),
    finding=refusal(_("{place}: {says}")),
    reason_needed=refusal(_("Give the reason: it is kept with the record and others will read it.")),
    dates_reversed=refusal(_("The period ends before it begins ({start} to {end}). Correct one of the dates.")),
    date_impossible=refusal(_("The reporting date {date} lies in the future or before 1990. Correct it.")),
    unknown_component=refusal(_("There is no component “{component}”. It can be: {known}.")),
    round_exists=refusal(
        _("Round {number} ({component}) of {operation} exists already. Import into it instead of planning it again."),
        "conflict",
    ),
    same_data=refusal(
        _("{round} already holds exactly these data (version {version}), imported before. Nothing was changed."),
        "conflict",
    ),
    more_assessed_than_planned=refusal(
        _("{assessed} places were assessed but only {planned} planned. Correct one of the numbers.")
    ),
    nothing_published=refusal(_("{round} has no published version."), "conflict"),
    unknown_country=refusal(
        _("There is no country “{country}”. Use its ISO code (three letters); load the countries first.")
    ),
    mapping_incomplete=refusal(
        _(
            "The file does not say: {fields}. Map columns to them, or say them by hand (for example {example}). "
            "The columns are: {columns}."
        ),
    ),
    unknown_field=refusal(_("There is no field “{field}”. It can be: {known}.")),
    said_wrong=refusal(
        _("“{value}” was said for {field} and cannot be read as it. Write numbers as digits and dates as 2025-12-31.")
    ),
    not_a_pair=refusal(_("“{word}” is not NAME=VALUE. Write for example country=SSD.")),
    no_mapping_file=refusal(_("There is no mapping file {path}. Check the path."), "missing"),
    mapping_broken=refusal(_("{path} holds no mapping ({detail}). Export the mapping again.")),
    no_rows=refusal(_("No row of observations was found. Check that the right sheet was read and has content.")),
    two_dates=refusal(
        _("Round {number} has two reporting dates, {one} and {other}. Correct the rows, or their round number.")
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
    cite_it=refusal(_("Say how to credit the source (attribution): reference statistics are always cited.")),
    no_such_table=refusal(
        _("This is none of the reference tables that can be read ({known}). Its columns are: {columns}.")
    ),
    same_edition=refusal(
        _("{edition} already holds exactly these values (version {version}). Nothing was changed."), "conflict"
    ),
    no_files=refusal(_("No file came. Choose one or more files, then send them.")),
    which_office=refusal(_("Choose an office where you run displacement tracking.")),
    which_terms=refusal(_("Say who made the data and under which licence: both are kept with every figure.")),
)
