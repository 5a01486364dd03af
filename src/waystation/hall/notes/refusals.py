"""What the margins refuse."""

from django.utils.translation import gettext_lazy as _

from waystation.kernel.refusals import refusal, refusals

refusals(
    "notes",
    on_a_note=refusal(_("This cannot be written on itself. Write on the record it belongs to.")),
    too_long=refusal(_("The comment has {length} characters; at most {most} are kept. Shorten it, or attach a file.")),
    cannot_mention=refusal(
        _("“@{name}” cannot be told: nobody of that user name may see this record. Check the name, or leave out the @.")
    ),
    too_many_mentions=refusal(_("The comment names {count} people; at most {most} can be told. Leave some out.")),
    no_file=refusal(_("No file was chosen. Choose one, then attach it.")),
    file_empty=refusal(_("The file is empty, so there is nothing to keep. Choose another one.")),
    file_too_large=refusal(
        _("The file is larger than {most} MB, so it was not kept. Make it smaller, or split it."), "too_large"
    ),
    file_not_taken=refusal(
        _(
            "The file is {what}, and that is not taken here, so it was not kept. Taken are pictures (PNG, JPEG, GIF, WebP), PDF, "
            "office documents without macros, CSV and plain text. What counts is what is in the file, not its name."
        )
    ),
    file_changed=refusal(_("The file changed while it was being kept. Choose it again."), "conflict"),
    removed=refusal(_("This file was removed and is served no more."), "missing"),
)
