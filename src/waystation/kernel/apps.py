"""Starting the kernel: take in the rooms of every app, in the order of the street."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig, apps
from django.core.exceptions import ImproperlyConfigured

ROOMS = ("refusals", "facts", "rules", "models", "ledger", "datasets", "acts", "registers", "figures", "releases",
         "reactions", "protocols", "pages", "commands", "systems")  # fmt: skip


class KernelConfig(AppConfig):
    """The kernel as Django knows it."""

    name = "waystation.kernel"
    label = "kernel"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        for module in ("refusals_declared", "house", "work", "release", "checks"):
            import_module(f"waystation.kernel.{module}")
        for app in apps.get_app_configs():
            if app.name.startswith("waystation.apps."):
                for room in ROOMS:
                    if find_spec(f"{app.name}.{room}"):
                        import_module(f"{app.name}.{room}")
        refuse_unsound()


def refuse_unsound() -> None:
    """Do not open a house whose declarations do not hold. Raises ImproperlyConfigured with everything that is wrong."""
    from waystation.kernel.checks import check_declarations

    wrong = check_declarations()
    if wrong:
        raise ImproperlyConfigured("\n".join(f"{one.id}: {one.msg}" for one in wrong))
