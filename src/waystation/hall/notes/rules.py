"""Who may see what is in a margin: exactly whoever may see the record it belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from waystation.hall.notes.models import Note
from waystation.kernel.register import Register, registers
from waystation.kernel.rules import NONE, Rule, nothing
from waystation.kernel.scope import Scope


@dataclass(frozen=True)
class _AsItsRecord(Rule):
    """The sight of the record it is about, whatever its register, in both faces.

    The filter asks each register's own rule of the one record that a note names, by its key; a database tries only the
    register that the note names.
    """

    def allows(self, scope: Scope, record: Any) -> bool:
        register = registers.get(record.register)
        if register is None or not writable(register):
            return False
        about = register.model._base_manager.filter(pk=record.key).first()
        return about is not None and register.sight.allows(scope, about)

    def q(self, scope: Scope, prefix: str = "") -> Q:
        asked = NONE
        for register in registers.values():
            if writable(register) and not nothing(sight := register.sight.q(scope)):
                there = register.model._base_manager.filter(sight, pk=OuterRef(f"{prefix}key"))
                asked |= Q(**{f"{prefix}register": register.name}) & Q(Exists(there))
        return asked

    @property
    def sentence(self) -> str:
        return _("you may see the record it is about")


def writable(register: Register) -> bool:
    """Whether a register's records have margins: all have, but for what is itself in a margin."""
    return not issubclass(register.model, Note)


as_its_record: Rule = _AsItsRecord()
