"""Hooks as Django knows them."""

from django.apps import AppConfig


class HooksConfig(AppConfig):
    """The hall's hooks."""

    name = "waystation.hall.hooks"
    label = "hooks"
    default_auto_field = "django.db.models.BigAutoField"
