"""Forms out of what acts ask for: one form field for each argument, with its label, choices and help."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from types import SimpleNamespace
from typing import Any

from django import forms
from django.conf import settings
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from waystation.kernel.acts import Act, Param
from waystation.kernel.models import Actor, Office, Record
from waystation.kernel.rules import admits, duties, visible
from waystation.kernel.scope import Scope
from waystation.kernel.sight import sight_of, sights
from waystation.kernel.work import house_only
from waystation.surfaces.columns import codelist_for, field_at

MOST_CHOICES = 300
OFFERED: dict[tuple[str, str], Callable[[], list[tuple[str, Any]]]] = {
    ("house.duties.grant", "duty"): lambda: sorted(duties.items()),
    ("house.duties.ask_for", "duty"): lambda: sorted(duties.items()),
    ("house.people.invite", "language"): lambda: list(settings.LANGUAGES),
    ("house.people.amend", "language"): lambda: list(settings.LANGUAGES),
}
NARROWED: dict[tuple[str, str], Callable[[Scope], models.Q]] = {  # of those one may see, only these make sense
    ("house.duties.lend", "duties"): lambda scope: models.Q(holder=scope.actor, state="held", lent_from=None),
}
ITEMS = (str, int, Decimal, float)


def inner(kind: Any) -> tuple[Any, bool]:
    """The type without ``| None``, and whether None was allowed."""
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        rest = [one for one in typing.get_args(kind) if one is not type(None)]
        if len(rest) == 1:
            return rest[0], True
    return kind, False


def is_model(kind: Any) -> bool:
    """A stored thing whose rows have a sight rule, so that only visible ones are offered."""
    return isinstance(kind, type) and issubclass(kind, models.Model) and any(k in sights for k in kind.__mro__)


def can_ask(param: Param) -> bool:
    """Whether a form can ask for it."""
    kind, _none = inner(param.kind)
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Literal or kind in (str, int, float, Decimal, bool, date, datetime) or is_model(kind):
        return True
    if origin is list and args:
        return args[0] in ITEMS or is_model(args[0])
    return bool(origin is dict and len(args) == 2 and args[0] is str and args[1] in ITEMS)


def askable(act: Act) -> bool:
    """Whether a person can be asked for all that the act needs; others are for programs and the worker."""
    return act.by is not house_only and all(can_ask(p) for p in act.params if p.required)


def verb(act: Act) -> str:
    """What the act is called, in the reader's language."""
    return act.verb


def purpose(act: Act) -> str:
    """What doing it does, in the reader's language."""
    return act.purpose


class Lines(forms.CharField):
    """Several values, one on a line."""

    widget = forms.Textarea

    def __init__(self, item: type = str, **more: Any) -> None:
        super().__init__(**more)
        self.item = item

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        return [self.one(line) for line in text.splitlines() if line.strip()]

    def one(self, line: str) -> Any:
        """One line's value. Raises ValidationError naming the line."""
        try:
            return self.item(line.strip())
        except (ValueError, InvalidOperation) as wrong:
            raise forms.ValidationError(_("“%(line)s” is not a number.") % {"line": line.strip()}) from wrong


class Pairs(Lines):
    """Several named values, ``name: value`` on each line."""

    def clean(self, value: Any) -> Any:
        found = {}
        for line in forms.CharField.clean(self, value).splitlines():
            if line.strip():
                name, colon, rest = line.rpartition(":")
                if not colon:
                    raise forms.ValidationError(_("“%(line)s” has no colon. Write “name: value”.") % {"line": line})
                found[name.strip()] = self.one(rest)
        return found


class RecordChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic only in the stubs
    """One of the records the person may see, chosen by reference; typed in when there are too many to list."""


def form_for(act: Act, record: Any, scope: Scope, sent: Any = None) -> forms.Form:
    """The form of an act, filled with what was ``sent`` or with what the record says now."""
    fields = {p.name: _field(act, p, record, scope) for p in act.params if can_ask(p)}
    kind = type("ActForm", (forms.Form,), fields)
    form: forms.Form = kind(sent, initial=_initial(act, record, scope))
    for name, field in form.fields.items():
        if field.help_text:
            field.widget.attrs["aria-describedby"] = f"hint-{name}"
    return form


def arguments(act: Act, form: forms.Form) -> dict[str, Any]:
    """What a valid form says, as the act takes it: what was left empty and may be left out, is."""
    said = {}
    required = {p.name: p.required for p in act.params}
    for name, value in form.cleaned_data.items():
        if isinstance(value, models.QuerySet):
            value = list(value)
        if required[name] or value not in (None, "", [], {}):
            said[name] = value
    return said


def _initial(act: Act, record: Any, scope: Scope) -> dict[str, Any]:
    """An act that leaves the state as it is describes the record anew: it begins with what the record says."""
    found = {p.name: p.default for p in act.params if p.default is not None}
    if act.creates and scope.actor is not None:
        found |= {p.name: scope.actor.office_id for p in act.params if inner(p.kind)[0] is Office and p.required}
    if record is not None and act.target is None:
        found |= {p.name: _as_asked(p, getattr(record, p.name)) for p in act.params if hasattr(record, p.name)}
    return found


def _as_asked(param: Param, value: Any) -> Any:
    """A record's value as the form's field shows it."""
    if isinstance(value, bool) and inner(param.kind)[1]:
        return "yes" if value else "no"
    if isinstance(value, dict):
        return "\n".join(f"{name}: {one}" for name, one in value.items())
    return "\n".join(str(one) for one in value) if isinstance(value, list) else value


def _field(act: Act, param: Param, record: Any, scope: Scope) -> forms.Field:
    spot = field_at(act.model, param.name) if act.model else None
    label = capfirst(_(str(spot.verbose_name if spot is not None else param.name.replace("_", " "))))
    kind, maybe = inner(param.kind)
    common: dict[str, Any] = {
        "label": label,
        "required": param.required,
        "help_text": str(getattr(spot, "help_text", "") or ""),
    }
    if kind is bool:
        return _yes_or_no(param, maybe, common)
    choices = _choices(act, param, kind)
    if choices is not None:
        empty = [] if param.required and param.default is None else [("", _("choose"))]
        return forms.ChoiceField(choices=[*empty, *choices], **common)
    if is_model(kind):
        return _one_of(act, param, kind, scope, common)
    narrow = NARROWED.get((act.name, param.name))
    return _written(spot, kind, common, narrow(scope) if narrow else models.Q())


def _yes_or_no(param: Param, maybe: bool, common: dict[str, Any]) -> forms.Field:
    if maybe:
        words = [("", _("leave as it is")), ("yes", _("yes")), ("no", _("no"))]
        answers = {"yes": True, "no": False, "True": True, "False": False}
        return forms.TypedChoiceField(choices=words, coerce=lambda v: answers.get(v), empty_value=None, **common)
    return forms.BooleanField(**{**common, "required": False})


def _written(spot: Any, kind: Any, common: dict[str, Any], narrowed: models.Q) -> forms.Field:
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if origin is list:
        if is_model(args[0]):
            rows = _visible(args[0]).filter(narrowed)
            return forms.ModelMultipleChoiceField(rows, widget=forms.CheckboxSelectMultiple, **common)
        return Lines(args[0], **{**common, "help_text": _("One on each line.")})
    if origin is dict:
        return Pairs(args[1], **{**common, "help_text": _("One on each line, as “name: value”.")})
    if kind is int:
        return forms.IntegerField(**common)
    if kind in (float, Decimal):
        made = forms.FloatField if kind is float else forms.DecimalField
        return made(widget=forms.NumberInput(attrs={"step": "any"}), **common)
    if kind is date:
        return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **common)
    if kind is datetime:
        shape = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        return forms.DateTimeField(
            widget=shape, help_text=_("UTC"), **{k: v for k, v in common.items() if k != "help_text"}
        )
    long = isinstance(spot, models.TextField) or str(common["label"]).lower() in ("why", "reason", "note")
    most = getattr(spot, "max_length", None)
    if str(common["label"]).lower() == "password":
        return forms.CharField(widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), **common)
    return forms.CharField(max_length=most, widget=forms.Textarea(attrs={"rows": 3}) if long else None, **common)


def _choices(act: Act, param: Param, kind: Any) -> list[tuple[str, Any]] | None:
    if typing.get_origin(kind) is typing.Literal:
        return [(one, _(str(one))) for one in typing.get_args(kind)]
    if (act.name, param.name) in OFFERED:
        return OFFERED[act.name, param.name]()
    if kind is not str or act.model is None:
        return None
    spot = field_at(act.model, param.name)
    if spot is not None and spot.choices:
        return [(str(code), label) for code, label in spot.flatchoices]
    codes = codelist_for(act.model, param.name)
    return list(codes.choices()) if codes else None


def _visible(kind: type[models.Model]) -> models.QuerySet[Any]:
    from waystation.kernel import scope as scopes

    rows = kind._base_manager.filter(visible(sight_of(kind), scopes.current()))
    return rows.filter(is_active=True) if kind is Actor else rows


def _one_of(act: Act, param: Param, kind: Any, scope: Scope, common: dict[str, Any]) -> forms.Field:
    rows = _visible(kind)
    if kind is Office and act.creates:
        rows = _offices(act, scope, rows)
    by = "ref" if issubclass(kind, Record) else None
    if rows[: MOST_CHOICES + 1].count() > MOST_CHOICES:
        typed = forms.TextInput(attrs={"autocomplete": "off"})
        return RecordChoice(rows, to_field_name=by, widget=typed, **{**common, "help_text": _("Write the reference.")})
    return RecordChoice(rows, to_field_name=by, empty_label=gettext_lazy("choose"), **common)


def _offices(act: Act, scope: Scope, rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
    """Offices at which the rule would let this person make such a record; all, when the rule does not tell."""
    made = [
        one.pk for one in rows if admits(act.by, scope, SimpleNamespace(office=one, author=scope.actor, parent=one))
    ]
    return rows.filter(pk__in=made) if made else rows
