"""Colours of drawings, in two themes. Ramps and lines are ColorBrewer's (colorbrewer2.org), colour-blind safe."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ThemeName = Literal["light", "dark"]

PUBUGN = {  # sequential, multi-hue, by number of classes; the lightest step is left out, the page being light
    1: ("#67a9cf",),
    2: ("#a6bddb", "#1c9099"),
    3: ("#bdc9e1", "#67a9cf", "#02818a"),
    4: ("#bdc9e1", "#67a9cf", "#1c9099", "#016c59"),
    5: ("#d0d1e6", "#a6bddb", "#67a9cf", "#1c9099", "#016c59"),
}
PURPLES_BELOW_ZERO = {1: ("#998ec3",), 2: ("#998ec3", "#d8daeb"), 3: ("#542788", "#998ec3", "#d8daeb")}  # PuOr, left
ORANGES_ABOVE_ZERO = {1: ("#f1a340",), 2: ("#fee0b6", "#f1a340"), 3: ("#fee0b6", "#f1a340", "#b35806")}  # PuOr, right
DARK2 = ("#1b9e77", "#d95f02", "#7570b3")
SET2 = ("#66c2a5", "#fc8d62", "#8da0cb")


@dataclass(frozen=True)
class Theme:
    """The colours one drawing uses; ``ink`` and ``quiet`` reach WCAG AA on the page's background."""

    ink: str
    quiet: str
    line: str
    edge: str  # between areas: the page's own colour
    track: str  # behind coverage bars
    hatch: str  # lines of areas without data
    bar: str
    below: str  # bars of negative values
    circle: str
    coverage: str
    lines: tuple[str, ...]
    dark: bool


THEMES: dict[str, Theme] = {
    "light": Theme(
        ink="#20272b", quiet="#596268", line="#dcd8d0", edge="#fdfcf9", track="#f0ede6", hatch="#b9b4a9",
        bar="#02818a", below="#7570b3", circle="#d95f02", coverage="#959c9f", lines=DARK2, dark=False,
    ),
    "dark": Theme(
        ink="#e9e7e2", quiet="#a5acaf", line="#3b4347", edge="#15191b", track="#262c2f", hatch="#59636a",
        bar="#41a6ad", below="#8da0cb", circle="#fc8d62", coverage="#6d777c", lines=SET2, dark=True,
    ),
}  # fmt: skip


def shades(below: int, above: int, theme: Theme, signed: bool = False) -> tuple[str, ...]:
    """Colours for ``below`` classes under zero and ``above`` classes from zero up (at most 5; 3 where both are, or signed).

    More is always further from the background: the sequential ramp runs the other way on a dark page.
    """
    if signed or (below and above):
        return PURPLES_BELOW_ZERO.get(below, ()) + ORANGES_ABOVE_ZERO.get(above, ())
    ramp = PUBUGN[below or above]
    return ramp[::-1] if theme.dark != bool(below) else ramp
