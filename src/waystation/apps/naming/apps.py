"""naming as Django knows it."""

from django.apps import AppConfig


class NamingConfig(AppConfig):
    """See the package."""

    name = "waystation.apps.naming"
    label = "naming"
    default_auto_field = "django.db.models.BigAutoField"
