"""What is shown of places: countries, areas, boundaries, editions, sites."""

from django.utils.translation import gettext_lazy as _

from waystation.apps.places import acts
from waystation.apps.places.models import Edition
from waystation.apps.places.rules import everyone
from waystation.kernel.register import Lifecycle, Register, Section

editions = Register(
    name="places.editions",
    model=Edition,
    word=(_("edition of places"), _("editions of places")),
    lifecycle=Lifecycle({"loaded": _("loaded")}, (acts.load_countries, acts.load_areas)),
    sight=everyone,
    columns=("ref", "kind", "title", "source", "licence", "created_at"),
    filters=("kind",),
    search=("ref", "title", "source"),
    sections=(
        Section(_("Edition"), ("kind", "title", "changes", "findings", "created_at")),
        Section(_("Terms"), ("source", "licence", "attribution", "may_republish")),
    ),
    personal=(),
    group="Places",
)
