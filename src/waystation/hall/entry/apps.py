"""entry as Django knows it."""

from django.apps import AppConfig


class EntryConfig(AppConfig):
    """See the package."""

    name = "waystation.hall.entry"
    label = "entry"
    default_auto_field = "django.db.models.BigAutoField"
