"""places as Django knows it."""

from django.apps import AppConfig


class PlacesConfig(AppConfig):
    """See the package."""

    name = "waystation.apps.places"
    label = "places"
    default_auto_field = "django.db.models.BigAutoField"
