"""Maps, trends and bars of ``waystation.kernel.screens`` as Vega-Lite specifications and as SVG.

The specification is the drawing: every number in it is already in the reader's language, nothing in it is
fetched, and web and paper show the same SVG.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from django.conf import settings
from django.utils.translation import override

from waystation.kernel.screens import Bars, Map, Trend
from waystation.surfaces import wording
from waystation.surfaces.drawing import ink
from waystation.surfaces.drawing.bars import bars_specification
from waystation.surfaces.drawing.maps import map_specification
from waystation.surfaces.drawing.marks import Specification
from waystation.surfaces.drawing.palette import THEMES, ThemeName
from waystation.surfaces.drawing.trends import trend_specification

Drawable = Map | Trend | Bars
Direction = Literal["ltr", "rtl"]
NARROWEST = 240  # pixels


def specification(
    block: Drawable,
    *,
    locale: str = "en",
    theme: ThemeName = "light",
    direction: Direction | None = None,
    width: int = 900,
) -> Specification:
    """The block as one Vega-Lite 6 specification, ``width`` pixels wide (at least 240).

    ``direction`` is the page's, the locale's own where it is left out. Never refuses: a block with nothing that
    can be drawn gives a picture that says so.
    """
    rtl = (direction or wording.direction(locale)) == "rtl"
    paint, wide = THEMES[theme], max(int(width), NARROWEST)
    with override(locale):
        if isinstance(block, Map):
            return map_specification(block, locale, paint, rtl, wide)
        if isinstance(block, Trend):
            return trend_specification(block, locale, paint, rtl, wide)
        return bars_specification(block, locale, paint, rtl, wide)


def svg(
    block: Drawable,
    *,
    locale: str = "en",
    theme: ThemeName = "light",
    direction: Direction | None = None,
    width: int = 900,
    cache: Path | None = None,
) -> str:
    """The block as an inline ``<svg>``: no script, style or outside reference, text as text, ``aria-label`` = ``alt``.

    Its height follows from its width (``viewBox``). Drawings are kept by the SHA-256 of their specification in
    ``cache``; left out, in ``WAYSTATION_HOME/cache/drawings`` where that setting exists, else nowhere.
    """
    asked = specification(block, locale=locale, theme=theme, direction=direction, width=width)
    return ink.drawn(asked, cache or _home())


def _home() -> Path | None:
    home = getattr(settings, "WAYSTATION_HOME", None)
    return Path(home) / "cache" / "drawings" if home else None


def warm_up() -> None:
    """Start Vega (about half a second, once a process) before the first reader waits for it."""
    ink.drawn(specification(Bars(title="", alt="", items=[("", 1)])), None)
