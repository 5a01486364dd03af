"""What is refused of files on their way into rounds."""

from django.utils.translation import gettext_lazy as _

from waystation.kernel.refusals import refusal, refusals

refusals(
    "sources",
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
    same_data=refusal(
        _("{round} already holds exactly these data (version {version}), imported before. Nothing was changed."),
        "conflict",
    ),
    names_wait=refusal(
        _(
            "{count} names of places of “{source}” wait for a person's decision ({names}). Decide them under Names of places, "
            "then take the rows in again: what is decided is remembered for the source."
        ),
        "conflict",
    ),
    no_files=refusal(_("No file came. Choose one or more files, then send them.")),
    which_office=refusal(_("Choose an office where you run displacement tracking.")),
    which_terms=refusal(_("Say who made the data and under which licence: both are kept with every figure.")),
)
