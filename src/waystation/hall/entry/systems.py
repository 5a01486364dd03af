"""What the door keeps in tables of other packages, for the map of personal data."""

from django.utils.translation import gettext_lazy as _

from waystation.hall.entry.queries.outside import AXES
from waystation.kernel.fields import kept_elsewhere

for model in AXES:
    kept_elsewhere(
        model._meta.label,
        fields=("username", "ip_address", "user_agent"),
        kept=_("until “waystation purge” removes it, 90 days by default (WAYSTATION_TRIES_DAYS)"),
        seen=_("nobody: it shuts the door after too many tries"),
    )
