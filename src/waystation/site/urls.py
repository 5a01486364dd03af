"""Addresses: the web's, then those of the protocols that apps speak."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.urls import URLResolver
from django.urls.resolvers import RoutePattern

from waystation.surfaces.web.addresses import addresses


class Inbound(URLResolver):
    """Addresses that a standard sets, whatever they look like: they are found, and never made by ``reverse``."""

    def _populate(self) -> None:
        return


def protocols() -> list[URLResolver]:
    """The addresses of every app's ``protocols`` room, each app's under its own name."""
    rooms = [
        (app.label, f"{app.name}.protocols")
        for app in apps.get_app_configs()
        if app.name.startswith("waystation.apps.")
    ]
    return [
        Inbound(RoutePattern("", is_endpoint=False), import_module(room), app_name=label, namespace=label)
        for label, room in rooms
        if find_spec(room)
    ]


urlpatterns = [*addresses(), *protocols()]
handler400 = "waystation.surfaces.web.errors.bad_request"
handler403 = "waystation.surfaces.web.errors.forbidden"
handler404 = "waystation.surfaces.web.errors.not_found"
handler500 = "waystation.surfaces.web.errors.broken"
