"""A record's trail as sentences: who did what, how long after the step before, and which values changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from waystation.hall.notes.shapes import AttachedFile, Margin, Remark
from waystation.kernel import audit
from waystation.kernel.acts import Act
from waystation.kernel.fields import privacy_of
from waystation.kernel.models import AuditEntry
from waystation.kernel.register import Register, registers
from waystation.surfaces.columns import named_by
from waystation.surfaces.web.cells import html

TECHNICAL = {"id", "ref", "version", "created_at", "author_id", "path", "password", "fingerprint"}


@dataclass(frozen=True)
class Change:
    """A value before and after."""

    label: str
    before: SafeString
    after: SafeString


@dataclass(frozen=True)
class Step:
    """One thing that was done: its sentence, when, and what changed; or what somebody wrote or attached then."""

    sentence: str
    at: datetime
    changes: list[Change] = field(default_factory=list)
    reason: str = ""
    remark: Remark | None = None


def known_acts() -> dict[str, Act]:
    """Every act of every register by its full name."""
    return {act.name: act for register in registers.values() for act in register.lifecycle.acts}


def sentence(entry: AuditEntry, acts: dict[str, Act]) -> str:
    """“Amina Diallo approved it”."""
    act = acts.get(entry.act)
    did = str(act.said) if act is not None and act.said else entry.act.rpartition(".")[2].replace("_", " ")
    who = entry.actor.name if entry.actor is not None else _("The system")
    return _("{who} {did}").format(who=who, did=did)


def timeline(register: Register, record: models.Model) -> list[Step]:
    """The record's history, oldest first."""
    told = audit.history(record)
    acts = known_acts()
    names = _Names(register.model, [changed for _entry, changed in told])
    steps, before = [], None
    for entry, changed in told:
        said = sentence(entry, acts)
        if before is not None:
            said = _("{sentence}, {time} after the step before").format(sentence=said, time=apart(entry.at - before))
        why = entry.said.get("why") or entry.said.get("reason") or ""
        steps.append(Step(said, entry.at, names.changes(register, changed), why if isinstance(why, str) else ""))
        before = entry.at
    return steps


def with_margin(steps: list[Step], margin: Margin) -> list[Step]:
    """The history with what was written and attached in between, oldest first."""
    written = [Step("", one.at, remark=one) for one in margin.comments]
    attached = [Step(_attached(one), one.at) for one in margin.attachments]
    return sorted([*steps, *written, *attached], key=lambda step: step.at)


def _attached(file: AttachedFile) -> str:
    # the name keeps its own direction, whichever that is
    if file.removed:
        return _("{who} attached a file, which was removed since").format(who=file.author)
    return _("{who} attached “{name}”").format(who=file.author, name=f"\u2068{file.name}\u2069")


def apart(span: timedelta) -> str:
    """A span of time as people say it."""
    minutes = int(span.total_seconds() // 60)
    if minutes < 1:
        return _("moments")
    if minutes < 60:
        return ngettext("{n} minute", "{n} minutes", minutes).format(n=minutes)
    hours = minutes // 60
    if hours < 48:
        return ngettext("{n} hour", "{n} hours", hours).format(n=hours)
    return ngettext("{n} day", "{n} days", hours // 24).format(n=hours // 24)


class _Names:
    """Names of the records that changed values point to, read once for the whole history."""

    def __init__(self, model: type[models.Model], changes: Iterable[dict[str, tuple[Any, Any]]]) -> None:
        self.fields = {f.attname: f for f in model._meta.concrete_fields}
        wanted: dict[tuple[Any, str], set[Any]] = defaultdict(set)  # a reference need not be to the primary key
        for changed in changes:
            for name, values in changed.items():
                spot = self.fields.get(name)
                if isinstance(spot, models.ForeignKey) and name not in TECHNICAL:
                    wanted[spot.related_model, spot.target_field.attname].update(v for v in values if v is not None)
        self.known = {
            (to, by, getattr(one, by)): str(one)
            for (to, by), keys in wanted.items()
            for one in to._base_manager.filter(**{f"{by}__in": keys}).select_related(*named_by(to))
        }

    def changes(self, register: Register, changed: dict[str, tuple[Any, Any]]) -> list[Change]:
        """What changed, in words; personal values are never said."""
        found = []
        for name, (before, after) in changed.items():
            spot = self.fields.get(name)
            if spot is None or name in TECHNICAL or (before is None and after in (None, "", {}, [])):
                continue
            label = capfirst(_(str(spot.verbose_name)))
            if privacy_of(spot) in ("personal", "sensitive"):
                hidden = format_html("<em>{}</em>", _("not shown here"))
                found.append(Change(label, hidden, hidden))
            else:
                found.append(Change(label, self._said(register, spot, before), self._said(register, spot, after)))
        return found

    def _said(self, register: Register, spot: Any, value: Any) -> SafeString:
        if isinstance(spot, models.ForeignKey) and value is not None:
            return html(self.known.get((spot.related_model, spot.target_field.attname, value), value))
        if spot.name == "state" and value:
            return html(str(register.lifecycle.states.get(value, value)))
        if isinstance(spot, models.DateField) and isinstance(value, str):
            return html(spot.to_python(value))
        return html(value)
