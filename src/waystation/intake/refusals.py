"""Everything that can be wrong with a file somebody sends: what happened, why, and what to do about it."""

from __future__ import annotations

from typing import Any, NoReturn

from django.utils.translation import gettext_lazy as _

from waystation.kernel.refusals import Problem, Refused, refusal, refusals

refusals(  # about the file as a whole
    "intake",
    too_large=refusal(
        _("The file is {size} large and the limit is {limit}. Split it, or ask for the limit to be raised."),
        "too_large",
    ),
    unpacks_too_large=refusal(
        _(
            "The file would unpack to more than {limit} or to {ratio} times its size, as files made to exhaust a "
            "machine do. "
            "Nothing was read. Save it again from the programme that made it."
        ),
        "too_large",
    ),
    too_many_rows=refusal(_("The table has more than {limit} rows. Split it into several files."), "too_large"),
    too_many_columns=refusal(
        _("The table has more than {limit} columns. Remove the columns that are not needed."), "too_large"
    ),
    empty_file=refusal(_("The file is empty. Export it again and check that it has content before sending it.")),
    not_a_table=refusal(
        _("The file is {what}, not a table. Send a CSV file, an Excel workbook (.xlsx) or JSON with a list of objects.")
    ),
    old_workbook=refusal(
        _(
            "The file is an old or password-protected Excel workbook. Open it, save it as .xlsx without a "
            "password, send that."
        )
    ),
    web_page=refusal(
        _(
            "The file is a web page, often the sign-in or error page of the site it was downloaded from. "
            "Download it again while signed in."
        )
    ),
    unsafe_archive=refusal(
        _(
            "The archive holds a part with the unsafe name “{part}”, and nothing was unpacked. Save the workbook or zip the files "
            "again."
        )
    ),
    unsafe_xml=refusal(
        _(
            "The part “{part}” of the workbook declares entities, which real workbooks never do. Save it again "
            "from Excel."
        )
    ),
    damaged=refusal(_("The file is damaged and cannot be read ({detail}). Download or export it again.")),
    truncated=refusal(_("The file breaks off before its end ({detail}). Download or export it again.")),
    encoding_unknown=refusal(
        _("The characters of the file cannot be recognised. Save it as “CSV UTF-8”, or say which encoding it has.")
    ),
    mixed_encoding=refusal(
        _(
            "The file is UTF-8 but holds bytes that are not ({detail}): two encodings were mixed. Save it as "
            "“CSV UTF-8”."
        )
    ),
    broken_quote=refusal(
        _("A quotation mark is opened and not closed properly here ({detail}). Correct the quotes of this row.")
    ),
    no_sheet=refusal(_("There is no sheet “{wanted}”. The sheets are: {sheets}.")),
    no_list=refusal(
        _("No list of objects was found at “{path}”. The file has the keys: {keys}. Say which one holds the list.")
    ),
    no_rows=refusal(_("There are no rows of data. Check that the export had content.")),
    broken_json=refusal(_("The JSON cannot be read here ({detail}). Export it again.")),
    mapping_version=refusal(
        _("The remembered mapping has version {version}, which this system cannot read. Map the file again.")
    ),
    column_missing=refusal(
        _(
            "No column was found for “{field}” (looked for {wanted}). The columns are: {columns}. Map it, or "
            "correct the header."
        )
    ),
)

refusals(  # about a layer of outlines
    "intake",
    not_a_layer=refusal(
        _("The file is no GeoJSON, TopoJSON, GeoPackage or Shapefile. Export the outlines as one of these.")
    ),
    no_layer=refusal(
        _("The file holds no layer of outlines (found: {names}). Zip a Shapefile, GeoPackage or GeoJSON.")
    ),
    several_layers=refusal(_("The file holds several layers: {names}. Say which one is meant (--layer).")),
    shapefile_incomplete=refusal(
        _("The Shapefile lacks its {missing}. Zip the .shp, .shx, .dbf and .prj of the layer together.")
    ),
    unknown_crs=refusal(_("The coordinate system “{crs}” is not known. Export the file in WGS 84 (EPSG:4326).")),
    no_crs=refusal(_("The file does not say its coordinate system; its numbers were taken as degrees (WGS 84).")),
    transformed=refusal(_("Coordinates were brought from {crs} to degrees (WGS 84).")),
    reader_said=refusal(_("The reader of the format remarked: “{said}”.")),
)

refusals(  # about one outline
    "intake",
    outline_empty=refusal(_("{name} has no outline, or one that is not made of numbers. Draw it, or remove the row.")),
    outline_no_polygon=refusal(_("{name} is a {kind}, not a polygon. Export the layer of areas.")),
    outline_not_degrees=refusal(
        _(
            "{name} lies at {x}, {y}, which are no degrees, and the file does not say its coordinate system. Export it in "
            "WGS 84 (EPSG:4326), or send its .prj too."
        )
    ),
    outline_crosses=refusal(
        _(
            "{name} is not a sound outline: {why} near longitude {longitude}, latitude {latitude}. Correct it there, or load "
            "it with --repair, which tells what it changes."
        )
    ),
    outline_nearly_empty=refusal(
        _(
            "{name} is nearly empty: less than 100 m². It was probably written or read as the wrong kind of polygon. Export "
            "it again."
        )
    ),
    outline_mistyped=refusal(
        _(
            "{name} says it is a {said} and is nested as a {nested}; readers take it for nearly empty. Export it again, or "
            "load it with --repair to read it as a {nested}."
        )
    ),
    outline_retyped=refusal(_("{name} said it was a {said} and was read as a {nested}.")),
    outline_repaired=refusal(_("{name} was repaired ({why}); its area changed by {change}.")),
    outline_joined=refusal(_("{name} was drawn in several parts, which were joined.")),
)

refusals(  # about one column
    "intake",
    same_header=refusal(
        _("The header “{header}” stands over {count} columns. Give them different headers, or map by position.")
    ),
    several_columns=refusal(
        _("Several columns could be “{field}”: {columns}. “{chosen}” was taken; change it if that is wrong.")
    ),
    swapped=refusal(
        _(
            "“{code_column}” is titled as codes and “{name_column}” as names, but their values are the other way round "
            "(“{code_example}”, “{name_example}”). They were mapped by their values; check it."
        )
    ),
    not_codes=refusal(
        _("The values of this column do not look like codes (for example “{example}”). Map another column.")
    ),
    mixed_decimals=refusal(
        _(
            "This column mixes two ways of writing numbers (“{one}” and “{other}”), so none can be trusted. "
            "Write all numbers the same way, best without separators."
        )
    ),
    ambiguous_decimals=refusal(
        _(
            "“{example}” may be a thousands separator or a decimal mark, and nothing in the column tells. Say "
            "which one it is."
        )
    ),
    ambiguous_dates=refusal(
        _(
            "“{example}” may be day first or month first, and nothing in the column tells. Say which, or write "
            "2025-12-31."
        )
    ),
)

refusals(  # about one cell
    "intake",
    required=refusal(_("“{field}” is empty and is needed. Fill it in, or remove the row.")),
    not_a_number=refusal(_("“{value}” is not a number. Write digits only; say in the mapping what markers mean.")),
    not_whole=refusal(_("“{value}” is not a whole number and “{field}” is counted in whole numbers. Correct it.")),
    number_unclear=refusal(
        _("“{value}” can be read in two ways or not as the rest of the column. Write it without thousands separators.")
    ),
    number_shortened=refusal(
        _(
            "“{value}” was shortened by a spreadsheet and its last digits are lost. Format a column of counts as a "
            "number and one of codes as text, enter the value again, and export again."
        )
    ),
    number_too_big=refusal(_("“{value}” is larger than any count can be. Correct it.")),
    below_minimum=refusal(_("{value} is below {minimum}, the least “{field}” can be. Correct it.")),
    not_a_date=refusal(_("“{value}” is not a date as this column writes them. Write it as 2025-12-31.")),
    date_for_code=refusal(
        _(
            "The cell holds the date {value} where a code or a text is expected: the spreadsheet has probably "
            "turned it into a "
            "date. Format the column as text and enter the value again."
        )
    ),
    number_for_code=refusal(
        _("The cell holds the number {value} where a code is expected. Format the column as text.")
    ),
    not_this_code=refusal(_("“{value}” does not have the form of “{field}”. Correct the code.")),
    formula_without_value=refusal(
        _(
            "The cell holds the formula “{value}” and no result. Open the file in a spreadsheet, let it "
            "calculate, save it again."
        )
    ),
    cell_error=refusal(_("The cell shows the error {value}. Correct the formula, or replace it with its value.")),
    merged_number=refusal(
        _(
            "One number ({value}) is merged over the cells {cells}: it cannot be told which row it belongs to. "
            "Unmerge and split it."
        )
    ),
    extra_cells=refusal(
        _(
            "The row has more cells than the header, so its values may have shifted. Put texts that hold "
            "separators in quotes."
        )
    ),
    cut_row=refusal(
        _("The last row breaks off after {count} of {expected} columns. Download or export the file again.")
    ),
)

refusals(  # findings: worth a look, nothing is refused
    "intake",
    named_otherwise=refusal(_("The file is called {named} but is {kind}; it was read as that.")),
    damaged_text=refusal(
        _("“{value}” looks like text that was read with the wrong encoding once. Correct it at its source.")
    ),
    total_row=refusal(_("“{label}” is a total of other rows and was left out.")),
    sum_row=refusal(
        _("The numbers of this row equal the sum of the rows above it. It was kept; remove it if it is a total.")
    ),
    unlabelled_sum=refusal(
        _("This row has no label and its numbers equal the sum of the rows above; it was left out as a total.")
    ),
    repeated_header=refusal(_("The header is repeated here; the row was left out.")),
    note_row=refusal(_("“{text}” is a note, not a row of data; it was left out.")),
)


def problem(
    code: str,
    /,
    *,
    file: str,
    sheet: str | None = None,
    row: int | None = None,
    column: str | None = None,
    **params: Any,
) -> Problem:
    """A ``Problem`` of this package: ``code`` without its ``intake.`` prefix."""
    return Problem(f"intake.{code}", params, file=file, sheet=sheet, row=row, column=column)


def refuse(
    code: str,
    /,
    *,
    file: str,
    sheet: str | None = None,
    row: int | None = None,
    column: str | None = None,
    **params: Any,
) -> NoReturn:
    """Raise ``Refused`` for a file, saying where."""
    raise Refused(problems=[problem(code, file=file, sheet=sheet, row=row, column=column, **params)])
