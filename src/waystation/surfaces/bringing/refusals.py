"""What is refused of tables that are brought in."""

from django.utils.translation import gettext_lazy as _

from waystation.kernel.refusals import refusal, refusals

refusals(
    "table",
    unknown_column=refusal(_("There is no column “{name}” here. There are: {known}. Rename it, or leave it out.")),
    column_missing=refusal(_("The column “{name}” is missing, and every row needs it. Add it.")),
    column_twice=refusal(_("The column “{name}” is there twice. Leave one out.")),
    no_rows=refusal(_("The table has no rows under its header. Fill it in.")),
    too_many_rows=refusal(
        _("The table has more than {most} rows. Bring it in by parts, or with “waystation bring”."), "too_large"
    ),
    no_record=refusal(_("{name}: there is no record “{ref}” that you may see. Check the reference.")),
    not_wanted=refusal(_("{name} cannot be “{value}”: it must be {wanted}.")),
    gone=refusal(_("The table is not kept any more. Choose the file again."), "missing"),
    rows_wrong=refusal(_("{count} rows cannot be brought in, so nothing was. Mend them, then bring the table again.")),
)
