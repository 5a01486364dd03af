"""Pages that registers cannot derive: an app's function from what is asked to a ``Screen``; the surfaces draw it.

    @page("tracking/operations/<ref>/", menu=None)
    def operation(asked: Asked) -> Screen: ...

Every page is also to be had as a PDF (``?format=pdf``) and its tables as files.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from waystation.kernel.rules import Rule, anyone, nothing
from waystation.kernel.scope import Scope
from waystation.kernel.screens import Screen


@dataclass(frozen=True)
class Upload:
    """A file sent with a form, already on disk for as long as the request lasts."""

    question: str
    name: str
    path: Path
    size: int


@dataclass(frozen=True)
class Asked:
    """What was asked: names from the path, the query's parameters and, when a form was sent, its values and files."""

    names: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    files: Sequence[Upload] = ()


@dataclass(frozen=True)
class Page:
    """A declared page. ``menu`` is its label in the street's menu under ``group``; None: reached by links.

    ``by``: whose rule can hold somewhere is offered it in the menu (the page asks again itself).
    ``receive`` takes what its form sent, does an act, and returns the path to go to next; a refusal shows the page again.
    """

    path: str
    draw: Callable[[Asked], Screen]
    menu: Any = None
    group: str = "Evidence"
    public: bool = False
    receive: Callable[[Asked], str] | None = None
    by: Rule = anyone

    @property
    def name(self) -> str:
        """``app.function``."""
        return f"{self.draw.__module__.split('.')[2]}.{self.draw.__name__}"

    def offered(self, scope: Scope) -> bool:
        """Whether it stands in this scope's menu."""
        return bool(self.menu) and (self.public or scope.actor is not None) and not nothing(self.by.q(scope))


pages: list[Page] = []


def page(path: str, **more: Any) -> Callable[[Callable[[Asked], Screen]], Page]:
    """Declare a page; ``path`` is a Django path without a leading slash. ``public=True``: without signing in."""

    def declare(draw: Callable[[Asked], Screen]) -> Page:
        pages.append(Page(path, draw, **more))
        return pages[-1]

    return declare
