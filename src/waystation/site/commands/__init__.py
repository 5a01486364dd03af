"""The house's own commands; apps add theirs in their ``commands`` room."""

from __future__ import annotations

from importlib import import_module

from django.conf import settings
from django.db import DatabaseError, OperationalError, connection
from django.utils.translation import gettext_lazy as _

from waystation.kernel.models import Actor, Office
from waystation.kernel.refusals import Refused, refusal, refusals, require
from waystation.kernel.scope import Scope, house

MODULES = (
    "opening",
    "running",
    "keeping",
    "people",
    "evidence",
    "imports",
    "publishing",
    "bringing",
    "explain",
    "catalogue",
    "picturing",
)

refusals(
    "site",
    database_away=refusal(
        _("The database does not answer: {why}. See that it runs and that DATABASE_URL is right."), "conflict"
    ),
)


def declare() -> None:
    """Have every command of this package declared."""
    for name in MODULES:
        import_module(f"waystation.site.commands.{name}")


def require_house() -> None:
    """Refuse ``kernel.no_home`` unless the house was opened with ``waystation init``; ``site.database_away``."""
    try:
        opened = Office.everything.exists()
    except DatabaseError as trouble:
        away = connection.vendor != "sqlite" and isinstance(trouble, OperationalError)
        require(not away, "site.database_away", why=str(trouble).strip())
        opened = False
    if not opened:
        raise Refused("kernel.no_home", home=settings.WAYSTATION_HOME)


def scope_of(username: str | None) -> Scope:
    """The scope of a person by user name; the house's own when none is named. Raises Refused ``kernel.unknown_name``."""
    if not username:
        return house("command line")
    found = Actor.objects.filter(username=username, is_active=True).first()
    if found is None:
        known = ", ".join(Actor.objects.values_list("username", flat=True)[:20])
        raise Refused("kernel.unknown_name", what="user", name=username, known=known or "nobody yet")
    return Scope(found)
