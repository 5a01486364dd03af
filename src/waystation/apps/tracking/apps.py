"""tracking as Django knows it."""

from django.apps import AppConfig


class TrackingConfig(AppConfig):
    """See the package."""

    name = "waystation.apps.tracking"
    label = "tracking"
    default_auto_field = "django.db.models.BigAutoField"
