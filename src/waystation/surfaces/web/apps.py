"""The web as Django knows it: its tasks are declared in every process, for the worker has no addresses."""

from importlib import import_module

from django.apps import AppConfig


class WebConfig(AppConfig):
    """See the package."""

    name = "waystation.surfaces.web"
    label = "web"

    def ready(self) -> None:
        for module in ("waystation.surfaces.files", "waystation.surfaces.web.many"):
            import_module(module)
