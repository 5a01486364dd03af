"""finding as Django knows it."""

from django.apps import AppConfig


class FindingConfig(AppConfig):
    """See the package."""

    name = "waystation.hall.finding"
    label = "finding"
    default_auto_field = "django.db.models.BigAutoField"
