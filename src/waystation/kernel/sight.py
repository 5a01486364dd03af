"""Which rule says who may see the rows of a model, and the manager that asks it."""

from __future__ import annotations

from typing import Any

from django.db import models

from waystation.kernel import scope
from waystation.kernel.rules import Rule, visible

sights: dict[type[models.Model], Rule] = {}


def sighted(model: type[models.Model], rule: Rule) -> None:
    """Declare who may see a model's rows. Registers do this for theirs; lines and parts do it beside them."""
    sights[model] = rule


def sight_of(model: type[models.Model]) -> Rule:
    """The declared rule. Raises LookupError for a model nobody declared (also a start-up check)."""
    for kind in model.__mro__:
        if kind in sights:
            return sights[kind]
    raise LookupError(f"{model.__name__} has no sight rule; declare it in a register or with sighted()")


class Sighted(models.Manager[Any]):
    """Rows the current scope may see. Raises NoScope when nobody said who is asking."""

    def get_queryset(self) -> models.QuerySet[Any]:
        asking = scope.current()
        rows = super().get_queryset()
        return rows if asking.whole else rows.filter(visible(sight_of(self.model), asking))
