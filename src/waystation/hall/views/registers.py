"""How views are listed and shown."""

from django.utils.translation import gettext_lazy as _

from waystation.hall.views import acts
from waystation.hall.views.models import View
from waystation.hall.views.rules import seen
from waystation.kernel.register import Lifecycle, Register, Section

views = Register(
    name="house.views",
    model=View,
    word=(_("saved view"), _("saved views")),
    lifecycle=Lifecycle(
        {"kept": _("kept"), "retired": _("taken away")},
        (acts.save, acts.rename, acts.change, acts.share, acts.keep_to_myself, acts.open_first, acts.open_plain,
         acts.retire),
        frozenset({"retired"}),
    ),
    sight=seen,
    columns=("ref", "name", "register", "author", "shared_with", "first", "state"),
    filters=("state", "register"),
    search=("ref", "name"),
    sections=(Section(_("View"), ("name", "register", "query", "shared_with", "first")),),
    personal=(),
    group="Direction",
    page="/r/{register}/?{query}",
)  # fmt: skip
