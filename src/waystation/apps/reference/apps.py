"""reference as Django knows it."""

from django.apps import AppConfig


class ReferenceConfig(AppConfig):
    """See the package."""

    name = "waystation.apps.reference"
    label = "reference"
    default_auto_field = "django.db.models.BigAutoField"
