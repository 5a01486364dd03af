"""The street's menu: registers and pages in the organisation's words, only what this person may use."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.core.cache import cache
from django.db.models import Exists
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from waystation.kernel import audit
from waystation.kernel.acts import may_create
from waystation.kernel.figures import figures
from waystation.kernel.models import Actor
from waystation.kernel.pages import Page, pages
from waystation.kernel.register import Register, registers
from waystation.kernel.rules import nothing
from waystation.kernel.scope import Scope
from waystation.kernel.values import digest, today
from waystation.surfaces.web.acting import askable

GROUPS = {
    "Evidence": gettext_lazy("Evidence"),
    "Service": gettext_lazy("Service"),
    "Goods": gettext_lazy("Goods"),
    "People": gettext_lazy("People"),
    "Direction": gettext_lazy("Direction"),
}


KEPT = 3600  # seconds


@dataclass(frozen=True)
class Door:
    """One entry of the menu; ``here`` when the reader is behind it."""

    label: str
    url: str
    here: bool = False


@dataclass
class Block:
    """A group of doors."""

    label: str
    doors: list[Door] = field(default_factory=list)


def usable(scope: Scope) -> frozenset[str]:
    """Names of the registers this scope can have business with: it may make records, or sees some.

    They are looked up all at once, in one question however many there are, and remembered until an act is done.
    """
    if scope.actor is None:
        return frozenset()
    held = {duty: sorted(scope.offices(duty)) for duty in scope.duties}
    key = f"street:{digest([scope.actor.pk, str(today()), held, audit.mark()])}"
    found: frozenset[str] | None = cache.get(key)
    if found is None:
        found = _makes(scope) | _sees(scope, scope.actor)
        cache.set(key, found, KEPT)
    return found


def _makes(scope: Scope) -> frozenset[str]:
    may_make = (one for one in registers.values() if any(askable(a) and may_create(a, scope) for a in one.creating))
    return frozenset(one.name for one in may_make)


def _sees(scope: Scope, asker: Actor) -> frozenset[str]:
    """Registers with a record that the scope sees, asked as columns of one row: the asker's own."""
    names = [name for name, one in registers.items() if not nothing(one.sight.q(scope))]
    asked = [Exists(registers[name].model.objects.order_by()) for name in names]
    told = Actor.objects.filter(pk=asker.pk).values_list(*asked).first() or ()
    return frozenset(name for name, seen in zip(names, told, strict=bool(told)) if seen)


def street(scope: Scope, path: str) -> list[Block]:
    """The menu for someone at ``path``; the public sees public pages only."""
    blocks = {name: Block(str(label)) for name, label in GROUPS.items()}
    for page in pages:
        if page.offered(scope):
            url = f"/{page.path}"
            _put(blocks, page.group, Door(str(page.menu), url, path.startswith(url)))
    if scope.actor:
        open_to_me = usable(scope)
        for register in registers.values():
            if register.group and register.name in open_to_me:
                _put(blocks, register.group, register_door(register, path))
        if figures:
            url = reverse("figures")
            blocks["Evidence"].doors.append(Door(_("Figures"), url, path.startswith(url)))
        url = reverse("api")
        blocks["Direction"].doors.append(Door(_("For programs"), url, path.startswith(url)))
    url = reverse("open")
    blocks["Evidence"].doors.append(Door(_("Open data"), url, path.startswith(url)))
    return [block for block in blocks.values() if block.doors]


def register_door(register: Register, path: str = "") -> Door:
    """The way to a register's list."""
    url = reverse("list", args=[register.name])
    return Door(capfirst(str(register.word[1])), url, path.startswith(url))


def _put(blocks: dict[str, Block], group: str, door: Door) -> None:
    blocks.setdefault(group, Block(_(group))).doors.append(door)


def menu_pages(scope: Scope) -> list[Page]:
    """Pages this scope can reach from the menu."""
    return [one for one in pages if one.offered(scope)]
