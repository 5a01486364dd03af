"""Tags and filters of our templates."""

from __future__ import annotations

import hashlib
import re
from datetime import date, datetime
from functools import cache
from typing import Any

from django import template
from django.contrib.staticfiles import finders
from django.forms import BoundField
from django.templatetags.static import static
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from waystation.hall.notes.shapes import Remark
from waystation.surfaces.web import cells, said

register = template.Library()


@cache
def _edition(name: str) -> str:
    path = finders.find(name)
    if not path:
        return ""
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()[:10]


@register.simple_tag
def asset(name: str) -> str:
    """A static file's address with its edition, so that browsers keep it until it changes."""
    return f"{static(name)}?v={_edition(name)}"


@register.filter
def number(value: Any) -> SafeString:
    """A number in the reader's language."""
    return format_html('<bdi class="number">{}</bdi>', said.number(value))


@register.filter
def listed(values: Any) -> str:
    """Several things side by side, as the language parts them."""
    return said.listed(values)


@register.filter
def share(value: Any) -> SafeString:
    """A share as a percentage."""
    return format_html('<bdi class="number">{}</bdi>', said.share(value))


@register.filter
def day(value: date | None) -> SafeString:
    """A day in the reader's language."""
    return cells.html(value)


@register.filter
def moment(value: datetime | None) -> SafeString:
    """A day and time in the reader's language."""
    return cells.html(value)


@register.filter
def size(value: int) -> SafeString:
    """Bytes in the unit people read."""
    shown, unit = float(value), "B"
    for larger in ("kB", "MB", "GB"):
        if shown < 1000:
            break
        shown, unit = shown / 1000, larger
    return format_html('<bdi class="number">{} {}</bdi>', said.number(shown, 0 if unit == "B" else 1), unit)


@register.filter
def short(value: str) -> SafeString:
    """The beginning of a digest, the whole of it in its title."""
    return format_html('<code title="{}">{}</code>', value, str(value)[:12]) if value else format_html("{}", "—")


@register.filter
def worded(remark: Remark) -> SafeString:
    """A comment's words, with the people it names standing out."""
    text = str(conditional_escape(remark.text))
    for name in remark.names:
        text = re.sub(rf"(?<![\w@.+/-])@{re.escape(name)}(?![\w+-])", rf"<b>@{name}</b>", text)
    return SafeString(text)  # escaped above; names are of letters, digits and .+-


@register.filter
def widget(bound: BoundField) -> SafeString:
    """A form field's input, told where its error and hint are."""
    described = [f"hint-{bound.name}"] if bound.help_text else []
    described += [f"error-{bound.name}"] if bound.errors else []
    attrs: dict[str, str | bool] = {"aria-describedby": " ".join(described)} if described else {}
    if bound.errors:
        attrs["aria-invalid"] = "true"
    return bound.as_widget(attrs=attrs)


@register.filter
def hidden(bound: BoundField) -> SafeString:
    """A form field's value, kept but not shown."""
    return bound.as_hidden()


@register.filter
def shape(bound: BoundField) -> str:
    """How the field is laid out: ``check`` for one box, ``checks`` for several, ``line`` otherwise."""
    kind = type(bound.field.widget).__name__
    return {"CheckboxInput": "check", "CheckboxSelectMultiple": "checks"}.get(kind, "line")
