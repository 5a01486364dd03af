"""Who sees a view: its author, and the people of the office it is shared with and of those below it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from waystation.kernel.rules import NONE, Rule, author
from waystation.kernel.scope import Scope


@dataclass(frozen=True)
class _OfOffice(Rule):
    path: str

    def allows(self, scope: Scope, record: Any) -> bool:
        office = getattr(record, self.path)
        return office is not None and scope.actor is not None and scope.actor.office.path.startswith(office.path)

    def q(self, scope: Scope, prefix: str = "") -> Q:
        if scope.actor is None:
            return NONE
        codes = scope.actor.office.path.strip("/").split("/")
        above = ["/" + "/".join(codes[:depth]) + "/" for depth in range(1, len(codes) + 1)]
        return Q(**{f"{prefix}{self.path}__path__in": above})

    @property
    def sentence(self) -> str:
        return _("it is shared with your office")


own = author
seen = author | _OfOffice("shared_with")
