"""Comments and attachments as registers: they are reached through the records they are about, so no menu has them."""

from django.utils.translation import gettext_lazy as _

from waystation.hall.notes import acts
from waystation.hall.notes.models import Attachment, Comment
from waystation.hall.notes.rules import as_its_record
from waystation.kernel.register import Lifecycle, Register, Section

comments = Register(
    name="house.comments",
    model=Comment,
    word=(_("comment"), _("comments")),
    lifecycle=Lifecycle(
        {"written": _("written"), "withdrawn": _("withdrawn"), "erased": _("erased")},
        (acts.comment, acts.amend, acts.withdraw, acts.erase),
        frozenset({"withdrawn", "erased"}),
    ),
    sight=as_its_record,
    columns=("ref", "register", "author", "created_at", "state"),
    filters=("state", "register"),
    sections=(Section(_("Comment"), ("text", "author", "created_at")),),
    personal=("text",),
    group="",
)

attachments = Register(
    name="house.attachments",
    model=Attachment,
    word=(_("attachment"), _("attachments")),
    lifecycle=Lifecycle(
        {"attached": _("attached"), "removed": _("removed")}, (acts.attach, acts.remove), frozenset({"removed"})
    ),
    sight=as_its_record,
    columns=("ref", "register", "kind", "size", "author", "created_at", "state"),
    filters=("state", "register"),
    sections=(Section(_("File"), ("name", "kind", "size", "digest", "author", "created_at")),),
    personal=("name",),
    group="",
)
