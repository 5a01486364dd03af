"""What a list is asked for: filters, words to search for, an order, a place to go on from; all of it in the address."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db import models
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext as _

from waystation.hall.finding.api import holding
from waystation.kernel.acts import Act
from waystation.kernel.models import Record
from waystation.kernel.register import Register, registers
from waystation.kernel.rules import visible
from waystation.kernel.scope import Scope
from waystation.kernel.sight import sight_of, sights
from waystation.surfaces.columns import codelist_for, column, field_at, named_by

MOST_OPTIONS = 200


@dataclass(frozen=True)
class Choice:
    """A filter as the form shows it. ``options`` are (value, label); empty: written by hand."""

    name: str
    label: str
    value: str
    options: list[tuple[str, Any]] = field(default_factory=list)
    kind: str = "select"

    @property
    def said(self) -> str:
        """The chosen value in words."""
        return next((str(label) for value, label in self.options if value == self.value), self.value)


@dataclass(frozen=True)
class Question:
    """One list's question. ``sort`` is a column's path, with a minus for the other way round; ``can``: an act."""

    register: Register
    scope: Scope
    query: QueryDict

    @property
    def words(self) -> str:
        """What is searched for."""
        return self.query.get("q", "").strip()[:200]

    @property
    def can(self) -> Act | None:
        """The act the reader wants to do: only records on which they may do it now."""
        name = self.query.get("can", "")
        return next((a for a in self.register.lifecycle.acts if a.run.__name__ == name and not a.creates), None)

    @property
    def order(self) -> tuple[str, bool]:
        """(path, descending) of the asked order, else the register's own."""
        asked = self.query.get("sort", "")
        if asked.lstrip("-") in self.register.columns:
            path = column(self.register, asked.lstrip("-")).sortable
            if path:
                return path, asked.startswith("-")
        own = self.register.order
        return own.lstrip("-").replace("pk", "id"), own.startswith("-")

    @property
    def columns(self) -> list[str]:
        """Paths of the columns shown: those that ``columns`` names, in its order, else the register's; the reference first."""
        asked = [one for one in self.query.get("columns", "").split(",") if one in offered_columns(self.register)]
        return list(dict.fromkeys(["ref", *(asked or self.register.columns)]))

    def ordered(self) -> models.QuerySet[Any]:
        """All the records that answer, in the asked order."""
        path, descending = self.order
        sign = "-" if descending else ""
        return self.rows().order_by(f"{sign}{path}", f"{sign}pk")

    def address(self, **change: str | None) -> str:
        """The same question with some parameters changed (None: taken out); paging begins anew unless it is given."""
        kept = {k: v for k, v in self.query.items() if v and k not in ("after", "before", "format")}
        kept |= {k: v for k, v in change.items() if v is not None}
        left = {k: v for k, v in kept.items() if change.get(k, "") is not None}
        return "?" + urlencode(left)

    def filters(self) -> list[str]:
        """Names one may filter by: those the register declares, and the ways records of others lead here."""
        through = {r.through for one in registers.values() for r in one.related if r.register == self.register.name}
        asked = [name for name in sorted(through) if self.query.get(name) and name not in self.register.filters]
        return [*self.register.filters, *asked]

    def rows(self) -> models.QuerySet[Any]:
        """The records that answer the question, as far as the scope sees, in no order yet."""
        rows = self.register.model.objects.all()
        for name in self.filters():
            rows = rows.filter(self._filter(name))
        if self.can is not None:
            rows = rows.filter(Q(state__in=self.can.sources) & visible(self.can.by, self.scope))
        return rows.filter(matching(self.register, self.words)) if self.words else rows

    def _filter(self, name: str) -> Q:
        value = self.query.get(name, "")
        spot = field_at(self.register.model, name)
        if isinstance(spot, models.DateField):
            return _between(name, self.query.get(f"{name}.from", ""), self.query.get(f"{name}.to", ""))
        if not value:
            return Q()
        if isinstance(spot, models.BooleanField):
            return Q(**{name: value == "yes"})
        if isinstance(spot, models.ForeignKey):
            to = spot.related_model
            by = "ref" if isinstance(to, type) and issubclass(to, Record) else "pk"
            return Q(**{f"{name}__{by}": value}) if by == "ref" or value.isdigit() else Q(pk__in=[])
        if isinstance(spot, models.IntegerField):
            return Q(**{name: int(value)}) if value.lstrip("-").isdigit() else Q(pk__in=[])
        return Q(**{name: value})

    def choices(self) -> list[Choice]:
        """The filters as the form shows them."""
        return [one for name in self.filters() for one in self._choices(name)]

    def _choices(self, name: str) -> list[Choice]:
        value = self.query.get(name, "")
        spot = field_at(self.register.model, name)
        label = column(self.register, name).label
        if name == "state":
            return [Choice(name, label, value, list(self.register.lifecycle.states.items()))]
        if isinstance(spot, models.DateField):
            ends = (("from", _("{label} from")), ("to", _("{label} until")))
            return [
                Choice(f"{name}.{end}", words.format(label=label), self.query.get(f"{name}.{end}", ""), [], "date")
                for end, words in ends
            ]
        if isinstance(spot, models.BooleanField):
            return [Choice(name, label, value, [("yes", _("yes")), ("no", _("no"))])]
        if isinstance(spot, models.ForeignKey):
            options = _related_options(spot)
        elif spot is not None and spot.choices:
            options = [(str(code), said) for code, said in spot.flatchoices]
        elif isinstance(spot, models.CharField) and (codes := codelist_for(self.register.model, name)):
            options = list(codes.choices())
        else:
            options = self._used(name)
        return [Choice(name, label, value, options, "select" if options else "text")]

    def _used(self, name: str) -> list[tuple[str, Any]]:
        """The values in use among what the reader sees, when they are few."""
        used = self.register.model.objects.order_by(name).values_list(name, flat=True).distinct()[: MOST_OPTIONS + 1]
        found = [str(one) for one in used if one not in (None, "")]
        return [(one, one) for one in found] if len(found) <= MOST_OPTIONS else []


def offered_columns(register: Register) -> list[str]:
    """Paths that a list may show: the register's columns, then what else its sheets show that is nobody's own."""
    on_sheets = [path for section in register.sections for path in section.fields]
    more = [path for path in (*on_sheets, "office", "author", "created_at", "state") if "__" not in path]
    open_to_lists = [path for path in more if column(register, path).privacy in ("public", "internal")]
    return list(dict.fromkeys(["ref", *register.columns, *open_to_lists]))


def _between(name: str, since: str, until: str) -> Q:
    asked = Q()
    for text, ending in ((since, "gte"), (until, "lte")):
        try:
            asked &= Q(**{f"{name}__{ending}": date.fromisoformat(text)}) if text else Q()
        except ValueError:
            continue
    return asked


def _related_options(spot: models.ForeignKey[Any, Any]) -> list[tuple[str, Any]]:
    from waystation.kernel import scope as scopes

    to: Any = spot.related_model
    if not any(kind in sights for kind in to.__mro__):
        return []
    rows = to._base_manager.filter(visible(sight_of(to), scopes.current())).select_related(*named_by(to))
    found = [(one.ref if isinstance(one, Record) else str(one.pk), str(one)) for one in rows[: MOST_OPTIONS + 1]]
    return found if len(found) <= MOST_OPTIONS else []


def matching(register: Register, words: str) -> Q:
    """The filter for records that hold every one of some words, by their beginnings, as the index has them."""
    return holding(register, words)
