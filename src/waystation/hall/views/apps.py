"""views as Django knows it."""

from django.apps import AppConfig


class ViewsConfig(AppConfig):
    """See the package."""

    name = "waystation.hall.views"
    label = "views"
    default_auto_field = "django.db.models.BigAutoField"
