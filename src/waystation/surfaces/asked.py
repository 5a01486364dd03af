"""What a list is asked for: filters, words to search for, an order, columns, a place to go on from; all in the address."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db import models
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from waystation.kernel import scope as scopes
from waystation.kernel.acts import Act
from waystation.kernel.fields import EncryptedText
from waystation.kernel.models import Record
from waystation.kernel.register import Register, registers
from waystation.kernel.rules import visible
from waystation.kernel.scope import Scope
from waystation.kernel.sight import sight_of, sights
from waystation.surfaces import wording
from waystation.surfaces.columns import called, codelist_for, column, field_at, named_by

MOST_OPTIONS = 200
MOST_VALUES = 50  # of one filter
LOOKED_AT = 2_000  # of the newest records, for the values in use
PASSING = ("after", "before", "format", "panel", "all")  # not part of the question


@dataclass(frozen=True)
class Choice:
    """A filter as the form shows it: ``values`` in force, ``options`` to choose from (value, label). Kinds: ``checks`` for
    a few options, ``select`` for many, ``text`` where they are only examples, ``named`` where records are written by name or
    reference, ``date``."""

    name: str
    label: str
    values: tuple[str, ...]
    options: list[tuple[str, Any]] = field(default_factory=list)
    kind: str = "checks"

    def said(self, value: str) -> str:
        """A value in words."""
        if self.kind == "date":
            return wording.day(_day(value), get_language() or "en") if _day(value) else value
        return next((str(label) for known, label in self.options if known == value), value)


@dataclass(frozen=True)
class Word:
    """A filter in force, as it is read aloud: its name, and its values in words, each with the address without it."""

    label: str
    values: list[tuple[str, str]]


@dataclass(frozen=True)
class Question:
    """One list's question. ``sort`` is a column's path, with a minus for the other way round; ``can``: an act; a filter
    that is there several times is met by any of its values."""

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

    @property
    def asked(self) -> str:
        """The question as a query string, without what is only of the page one is on."""
        return self.address()[1:]

    def address(self, **change: str | list[str] | None) -> str:
        """The same question with some parameters changed (None: taken out); paging begins anew unless it is given."""
        kept: dict[str, Any] = {k: [v for v in vs if v] for k, vs in self.query.lists() if k not in PASSING}
        kept |= change
        return "?" + urlencode({k: v for k, v in kept.items() if v not in (None, "", [])}, doseq=True)

    @property
    def carried(self) -> list[tuple[str, str]]:
        """What the form of filters carries along unseen."""
        return [(name, str(self.query[name])) for name in ("sort", "can", "columns") if self.query.get(name)]

    def values(self, name: str) -> list[str]:
        """What a filter is asked to be: any of these."""
        return list(dict.fromkeys(value for value in self.query.getlist(name) if value))[:MOST_VALUES]

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
        spot = field_at(self.register.model, name)
        if isinstance(spot, models.DateField):
            return _between(name, self.query.get(f"{name}.from", ""), self.query.get(f"{name}.to", ""))
        values: list[Any] = self.values(name)
        if not values:
            return Q()
        if isinstance(spot, models.BooleanField):
            values = [value == "yes" for value in values]
        elif isinstance(spot, models.ForeignKey):
            values = [one.pk for one in self._led_to.get(name, [])]
        elif isinstance(spot, models.IntegerField):
            values = [int(value) for value in values if value.lstrip("-").isdigit() and len(value) < 19]
        return Q(**{name: values[0]}) if len(values) == 1 else Q(**{f"{name}__in": values})

    @cached_property
    def _led_to(self) -> dict[str, list[Any]]:
        """The records that filters name, by their reference or by what they are called, as far as the reader sees them."""
        found = {}
        for name in self.filters():
            spot, values = field_at(self.register.model, name), self.values(name)
            if isinstance(spot, models.ForeignKey) and values:
                to: Any = spot.related_model
                numbers = [value for value in values if value.isdigit() and len(value) < 19]
                meant = Q(ref__in=values) if issubclass(to, Record) else Q(pk__in=numbers)
                text = called(to)
                meant |= Q(**{f"{text}__in": values}) if text else Q()
                found[name] = list(seen_of(to).filter(meant).select_related(*named_by(to))[:MOST_OPTIONS])
        return found

    @cached_property
    def choices(self) -> list[Choice]:
        """The filters as the form shows them."""
        return [one for name in self.filters() for one in self._choices(name)]

    def _choices(self, name: str) -> list[Choice]:
        spot = field_at(self.register.model, name)
        label = column(self.register, name).label
        if isinstance(spot, models.DateField):
            ends = (("from", _("{label} from")), ("to", _("{label} until")))
            return [
                Choice(f"{name}.{end}", words.format(label=label), tuple(self.values(f"{name}.{end}")[:1]), [], "date")
                for end, words in ends
            ]
        options, whole = self._options(name, spot)
        related = isinstance(spot, models.ForeignKey)
        kind = ("named" if related else "text") if not whole else "checks" if len(options) <= FEW else "select"
        return [Choice(name, label, tuple(self.values(name)), options, kind)]

    def _options(self, name: str, spot: Any) -> tuple[list[tuple[str, Any]], bool]:
        """What may be chosen, and whether that is all there is."""
        if name == "state":
            return list(self.register.lifecycle.states.items()), True
        if isinstance(spot, models.BooleanField):
            return [("yes", _("yes")), ("no", _("no"))], True
        if isinstance(spot, models.ForeignKey):
            chosen = [_option(one) for one in self._led_to.get(name, [])]
            options = _related_options(spot)
            return (options, True) if options is not None else (chosen, False)
        if spot is not None and spot.choices:
            return [(str(code), said) for code, said in spot.flatchoices], True
        if isinstance(spot, models.CharField) and (codes := codelist_for(self.register.model, name)):
            return list(codes.choices()), True
        return self._used(name)

    def _used(self, name: str) -> tuple[list[tuple[str, Any]], bool]:
        """The values in use among the newest records the reader sees: all of them where there are no more records."""
        newest = self.register.model.objects.order_by("-pk").values_list(name, flat=True)[: LOOKED_AT + 1]
        looked_at = list(newest)
        found = sorted({str(one) for one in looked_at if one not in (None, "")})
        return [(one, one) for one in found[:MOST_OPTIONS]], len(looked_at) <= LOOKED_AT and len(found) <= MOST_OPTIONS

    def in_words(self) -> list[Word]:
        """The filters in force, each value with the address without it."""
        said = []
        for one in self.choices:
            without = [(v, self.address(**{one.name: [w for w in one.values if w != v]})) for v in one.values]
            if without:
                said.append(Word(one.label, [(one.said(v), url) for v, url in without]))
        if self.words:
            said.append(Word(_("search"), [(self.words, self.address(q=None))]))
        return said


FEW = 7  # options that are shown all at once


def offered_columns(register: Register) -> list[str]:
    """Paths that a list may show: the register's columns, then what else its sheets show that is nobody's own."""
    on_sheets = [path for section in register.sections for path in section.fields]
    more = [path for path in (*on_sheets, "office", "author", "created_at", "state") if "__" not in path]
    open_to_lists = [path for path in more if column(register, path).privacy in ("public", "internal")]
    return list(dict.fromkeys(["ref", *register.columns, *open_to_lists]))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _between(name: str, since: str, until: str) -> Q:
    asked = Q()
    for text, ending in ((since, "gte"), (until, "lte")):
        day = _day(text)
        asked &= Q(**{f"{name}__{ending}": day}) if day else Q()
    return asked


def seen_of(model: Any) -> models.QuerySet[Any]:
    """A model's rows as far as the current scope sees them; none where nobody said who may."""
    rows: models.QuerySet[Any] = model._base_manager.all()
    said = any(kind in sights for kind in model.__mro__)
    return rows.filter(visible(sight_of(model), scopes.current())) if said else rows.none()


def _option(one: Any) -> tuple[str, str]:
    return (one.ref if isinstance(one, Record) else str(one.pk), str(one))


def _related_options(spot: models.ForeignKey[Any, Any]) -> list[tuple[str, Any]] | None:
    """The records that a field may lead to, by name; None when they are too many to choose from."""
    to: Any = spot.related_model
    rows = seen_of(to).order_by().select_related(*named_by(to))[: MOST_OPTIONS + 1]
    found = sorted((_option(one) for one in rows), key=lambda one: one[1].casefold())
    return found if len(found) <= MOST_OPTIONS else None


def matching(register: Register, words: str) -> Q:
    """The filter for records that hold every one of some words in a searched field."""
    asked = Q()
    for word in words.split()[:8]:
        either = Q(pk__in=[])
        for path in register.search:
            if not isinstance(field_at(register.model, path), EncryptedText):
                either |= Q(**{f"{path}__icontains": word})
        asked &= either
    return asked
