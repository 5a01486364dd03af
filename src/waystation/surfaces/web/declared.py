"""What words find among what is declared: what one may do, registers, figures, pages, help; only what the reader may use."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from waystation.hall.finding.api import Wanted
from waystation.kernel import scope as scopes
from waystation.kernel.acts import Act, may_create
from waystation.kernel.figures import figures
from waystation.kernel.register import Register, registers
from waystation.kernel.rules import nothing
from waystation.kernel.scope import Scope
from waystation.surfaces.web.acting import askable, purpose, verb
from waystation.surfaces.web.helped import explained
from waystation.surfaces.web.street import menu_pages, register_door, usable

MOST = 6


@dataclass(frozen=True)
class Way:
    """Something to go to: what it is called, where it is, of what it is part, and what it is for."""

    label: str
    url: str
    of: str = ""
    note: str = ""


@dataclass(frozen=True)
class Ways:
    """Ways of one kind under a heading; ``acts``: they are things to do."""

    label: str
    ways: list[Way]
    acts: bool = False


def ways(asked: Wanted) -> list[Ways]:
    """What words find, by kind; kinds that have nothing are left out."""
    asked, scope = asked.gist, scopes.current()
    found = [
        Ways(_("What you can do"), _best(asked, _acts(asked, scope)), acts=True),
        Ways(_("Lists and pages"), _best(asked, [*_registers(asked, scope), *_pages(asked, scope)])),
        Ways(_("Figures"), _best(asked, _figures(asked))),
        Ways(_("Help"), [Way(title, url, note=note) for title, url, note in explained(asked)[:MOST]]),
    ]
    return [one for one in found if one.ways]


def _best(asked: Wanted, found: Iterable[Way]) -> list[Way]:
    """Those whose own name has the words come first."""
    return sorted(found, key=lambda one: not asked.in_text(one.label))[:MOST]


def _acts(asked: Wanted, scope: Scope) -> list[Way]:
    found = []
    for register in registers.values():
        words = " ".join(str(one) for one in register.word)
        for act in register.lifecycle.acts:
            said = f"{verb(act)} {purpose(act)} {words} {act.verb} {act.purpose}"
            if asked.in_text(said) and askable(act) and (url := _way_to(register, act, scope)):
                found.append(Way(capfirst(verb(act)), url, str(register.word[1]), purpose(act)))
    return found


def _way_to(register: Register, act: Act, scope: Scope) -> str:
    """Where the reader can do it: a form, or the list of the records on which they may; empty where they may not."""
    if act.creates:
        return reverse("create", args=[register.name, act.run.__name__]) if may_create(act, scope) else ""
    if nothing(act.by.q(scope)) or nothing(register.sight.q(scope)):
        return ""
    return f"{reverse('list', args=[register.name])}?can={act.run.__name__}"


def _registers(asked: Wanted, scope: Scope) -> list[Way]:
    told = [one for one in registers.values() if asked.in_text(f"{one.word[0]} {one.word[1]}")]
    mine = usable(scope)
    return [Way(door.label, door.url, _("list")) for one in told if one.name in mine for door in [register_door(one)]]


def _pages(asked: Wanted, scope: Scope) -> list[Way]:
    return [Way(str(one.menu), f"/{one.path}", _("page")) for one in menu_pages(scope) if asked.in_text(str(one.menu))]


def _figures(asked: Wanted) -> list[Way]:
    found = []
    for one in figures.values():
        sentence = _(one.sentence) if one.sentence else ""
        if asked.in_text(f"{one.label} {one.name} {sentence} {one.sentence}"):
            found.append(Way(str(one.label), reverse("figure", args=[one.name]), str(one.unit), sentence))
    return found
