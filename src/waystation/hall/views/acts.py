"""What its author does with a view."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from waystation.hall.views.models import View
from waystation.hall.views.rules import own
from waystation.kernel import scope as scopes
from waystation.kernel.acts import Outcome, act
from waystation.kernel.models import Office
from waystation.kernel.refusals import Refused, require
from waystation.kernel.register import find_register
from waystation.kernel.rules import nothing

PASSING = ("after", "before", "format", "panel", "all")  # where one is in a list, not what it was asked


@act("new -> kept", by=own, said=_("saved the view"))
def save(*, name: str, register: str, query: str = "") -> Outcome:
    """Keep what a list shows under a name: its filters, order and columns."""
    actor, found = scopes.current().actor, find_register(register)
    if actor is None:
        raise Refused("kernel.not_allowed", act="save", rule=own.sentence)
    seen = not nothing(found.sight.q(scopes.Scope(actor)))
    require(seen, "kernel.unknown_name", what="register", name=register, known="")
    view = View(register=found.name, office=actor.office, author=actor)
    return Outcome(record=_named(_asking(view, query), name))


@act("kept", by=own, said=_("named the view anew"))
def rename(view: View, *, name: str) -> Outcome:
    """Give the view another name."""
    _named(view, name)
    return Outcome()


@act("kept", by=own, said=_("changed what the view shows"))
def change(view: View, *, query: str = "") -> Outcome:
    """Keep another question under the same name."""
    _asking(view, query)
    return Outcome()


@act("kept", by=own, said=_("shared the view"))
def share(view: View, *, office: Office) -> Outcome:
    """Show the view to an office and those below it. What they see in it is only what they may see."""
    view.shared_with = office
    return Outcome()


@act("kept", by=own, said=_("stopped sharing the view"))
def keep_to_myself(view: View) -> Outcome:
    """Stop showing the view to others."""
    view.shared_with = None
    return Outcome()


@act("kept", by=own, said=_("made it open first"))
def open_first(view: View) -> Outcome:
    """Begin with this view whenever you open its list."""
    before = View.objects.filter(author=view.author, register=view.register, first=True).exclude(pk=view.pk)
    return Outcome(save=[_with(one, first=False) for one in before], record=_with(view, first=True))


@act("kept", by=own, said=_("no longer opens first"))
def open_plain(view: View) -> Outcome:
    """Begin with all records again when you open its list."""
    view.first = False
    return Outcome()


@act("kept -> retired", by=own, said=_("took the view away"), danger=True)
def retire(view: View) -> Outcome:
    """Take the view away, for everyone it was shared with as well."""
    view.first, view.shared_with = False, None
    return Outcome()


def _with(view: View, **values: Any) -> View:
    for name, value in values.items():
        setattr(view, name, value)
    return view


def _named(view: View, name: str) -> View:
    others = View.objects.filter(author=view.author, register=view.register, state="kept").exclude(pk=view.pk)
    require(not others.filter(name__iexact=name.strip()).exists(), "views.name_taken", name=name.strip())
    view.name = name.strip()
    return view


def _asking(view: View, query: str) -> View:
    asked = QueryDict(query.strip().lstrip("?"), mutable=True)
    for passing in PASSING:
        asked.pop(passing, None)
    view.query = asked.urlencode()
    most = View._meta.get_field("query").max_length or 0
    require(len(view.query) <= most, "views.too_long", most=most)
    return view
