"""Pages that registers cannot derive: an app's function from what is asked to a ``Screen``; the surfaces draw it.

    @page("tracking/operations/<ref>/", menu=None)
    def operation(asked: Asked) -> Screen: ...

Every page is also to be had as a PDF (``?format=pdf``) and its tables as files.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from waystation.kernel.screens import Screen


@dataclass(frozen=True)
class Asked:
    """What was asked: names from the path, and the query's parameters (last value of each)."""

    names: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Page:
    """A declared page. ``menu`` is its label in the street's menu under ``group``; None: reached by links."""

    path: str
    draw: Callable[[Asked], Screen]
    menu: Any = None
    group: str = "Evidence"
    public: bool = False

    @property
    def name(self) -> str:
        """``app.function``."""
        return f"{self.draw.__module__.split('.')[2]}.{self.draw.__name__}"


pages: list[Page] = []


def page(path: str, **more: Any) -> Callable[[Callable[[Asked], Screen]], Page]:
    """Declare a page; ``path`` is a Django path without a leading slash. ``public=True``: without signing in."""

    def declare(draw: Callable[[Asked], Screen]) -> Page:
        pages.append(Page(path, draw, **more))
        return pages[-1]

    return declare
