"""What is refused of other organisations' statistics."""

from django.utils.translation import gettext_lazy as _

from waystation.kernel.refusals import refusal, refusals

refusals(
    "reference",
    cite_it=refusal(_("Say how to credit the source (attribution): reference statistics are always cited.")),
    no_such_table=refusal(
        _("This is none of the reference tables that can be read ({known}). Its columns are: {columns}.")
    ),
    say_measure=refusal(_("{file} does not say what it counts. Say it with --measure: {known}.")),
    no_rows=refusal(_("No number was found. Check that the right sheet was read and has content.")),
    same_edition=refusal(
        _("{edition} already holds exactly these values (version {version}). Nothing was changed."), "conflict"
    ),
)
