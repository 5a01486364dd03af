"""counting as Django knows it."""

from django.apps import AppConfig


class CountingConfig(AppConfig):
    """See the package."""

    name = "waystation.apps.counting"
    label = "counting"
    default_auto_field = "django.db.models.BigAutoField"
