"""exchange as Django knows it."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """See the package."""

    name = "waystation.apps.exchange"
    label = "exchange"
    default_auto_field = "django.db.models.BigAutoField"
