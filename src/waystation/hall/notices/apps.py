"""Who is told what, as Django knows it."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Notices on a page and by e-mail."""

    name = "waystation.hall.notices"
    label = "notices"
