"""A register's values as HTML, in the reader's language."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from waystation.kernel.models import Record
from waystation.kernel.register import Register, register_of
from waystation.surfaces import wording
from waystation.surfaces.columns import said_value


def cell(register: Register, record: Any, path: str) -> SafeString:
    """A record's value as HTML, with a link where it is a record that has a sheet."""
    if path == "state":
        return state(register, record.state)
    if path == "ref":
        return format_html('<a class="ref" href="{}"><bdi>{}</bdi></a>', sheet_url(register, record), record.ref)
    return html(said_value(register, record, path))


def html(value: Any) -> SafeString:
    """Any value as HTML in the reader's language. Nothing said is a dash, never an empty cell or a zero."""
    locale = get_language() or "en"
    if value is None or value == "" or value == [] or value == {}:
        return format_html('<span class="absent">{}</span>', "—")
    if isinstance(value, bool):
        return format_html("{}", _("yes") if value else _("no"))
    if isinstance(value, datetime):
        return format_html('<time datetime="{}">{}</time>', value.isoformat(), wording.moment(value, locale))
    if isinstance(value, date):
        return format_html('<time datetime="{}">{}</time>', value.isoformat(), wording.day(value, locale))
    if isinstance(value, int | float | Decimal):
        return format_html('<bdi class="number">{}</bdi>', wording.number(value, locale))
    if isinstance(value, Record):
        register = register_of(type(value))
        if register is not None:
            return format_html('<a href="{}"><bdi>{}</bdi></a>', sheet_url(register, value), str(value))
    if isinstance(value, dict):
        lines = [format_html("<dt>{}</dt><dd>{}</dd>", key, html(one)) for key, one in value.items()]
        return format_html('<dl class="small">{}</dl>', SafeString("".join(lines)))
    if isinstance(value, list | tuple | set):
        return format_html("{}", wording.listed(value, locale))
    return format_html("<bdi>{}</bdi>", str(value))


def sheet_url(register: Register, record: Any) -> str:
    """The address of a record's sheet."""
    return reverse("sheet", args=[register.name, record.ref])


TROUBLE = {"failed", "refused", "rejected", "returned"}


def tone(register: Register, name: str) -> str:
    """What kind of state it is, from the acts around it: begun, moving, resting, ended, trouble. Each has its own shape."""
    life = register.lifecycle
    ways_in = [act for act in life.acts if act.target == name]
    if name in TROUBLE:
        return "trouble"
    if ways_in and all(act.danger for act in ways_in):
        return "ended"
    order = list(life.states)
    ahead = set(order[order.index(name) + 1 :] if name in order else ())
    onward = any(name in act.sources and act.target in ahead and not act.danger for act in life.acts)
    if not onward or name in life.final:
        return "resting"
    return "begun" if name == life.first else "moving"


def state(register: Register, name: str) -> SafeString:
    """A state as its word with a small shape before it."""
    label = register.lifecycle.states.get(name, name)
    return format_html('<span class="state {}"><i></i>{}</span>', tone(register, name), label)
