"""The street's menu: registers and pages in the organisation's words, only what this person may use."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from waystation.kernel.acts import may_create
from waystation.kernel.figures import figures
from waystation.kernel.pages import Page, pages
from waystation.kernel.register import Register, registers
from waystation.kernel.rules import nothing
from waystation.kernel.scope import Scope
from waystation.surfaces.web.acting import askable

GROUPS = {
    "Evidence": gettext_lazy("Evidence"),
    "Service": gettext_lazy("Service"),
    "Goods": gettext_lazy("Goods"),
    "People": gettext_lazy("People"),
    "Direction": gettext_lazy("Direction"),
}


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


def usable(register: Register, scope: Scope) -> bool:
    """Whether this scope can have any business with a register: make records, or see some."""
    if any(askable(act) and may_create(act, scope) for act in register.creating):
        return True
    if nothing(register.sight.q(scope)):
        return False
    return bool(register.model.objects.exists())


def street(scope: Scope, path: str) -> list[Block]:
    """The menu for someone at ``path``; the public sees public pages only."""
    blocks = {name: Block(str(label)) for name, label in GROUPS.items()}
    for page in pages:
        if page.offered(scope):
            url = f"/{page.path}"
            _put(blocks, page.group, Door(str(page.menu), url, path.startswith(url)))
    if scope.actor:
        for register in registers.values():
            if register.group and usable(register, scope):
                _put(blocks, register.group, register_door(register, path))
        if figures:
            url = reverse("figures")
            blocks["Evidence"].doors.append(Door(_("Figures"), url, path.startswith(url)))
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
