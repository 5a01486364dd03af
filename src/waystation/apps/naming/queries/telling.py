"""Why a name was decided or is asked about, in a sentence."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from waystation.apps.naming.shapes import (
    ALIAS,
    EXACT,
    FOREIGN,
    FUZZY,
    OTHER,
    PART,
    RENAMED,
    SAME,
    SOURCE,
    Candidate,
    Found,
)

WAYS: dict[str, Any] = {
    EXACT: gettext_lazy("the same name"),
    SAME: gettext_lazy("the same but for small words and accents"),
    ALIAS: gettext_lazy("a name of it in another language"),
    RENAMED: gettext_lazy("a former name of it"),
    FOREIGN: gettext_lazy("alike across scripts"),
    FUZZY: gettext_lazy("spelt alike"),
    PART: gettext_lazy("a part of the name is the same"),
    SOURCE: gettext_lazy("decided before for this source"),
    OTHER: gettext_lazy("decided so for another source"),
}
DOUBTS: dict[str, Any] = {
    "alike": gettext_lazy("No candidate is near enough, or several are as near."),
    "outside": gettext_lazy("Nothing of that name lies in the place above it."),
    "parent": gettext_lazy("The place above it is not sure, and the one found lies elsewhere."),
    "ended": gettext_lazy("What was decided before is no place of today."),
    "unknown": gettext_lazy("Nothing held is alike."),
}


def way_of(one: Candidate) -> str:
    """How a candidate is like the name, with its score: “spelt alike, 0.93 (Logone Occidental)”."""
    said = str(WAYS.get(one.way, one.way))
    return said if one.way in (EXACT, SOURCE) else f"{said}, {one.score:.2f}"


def why(found: Found) -> str:
    """The sentence: which way, how alike, within what, and how near the second best came."""
    if found.standing == "none":
        return _("decided before: no such place yet")
    if found.standing == "unknown" or not found.candidates:
        return str(DOUBTS[found.doubt or "unknown"])
    best = found.candidates[0]
    words = [way_of(best)]
    if found.within:
        words.append(_("within {place}").format(place=found.within))
    if found.second:
        words.append(_("second best {score}").format(score=f"{found.second:.2f}"))
    told = "; ".join(words)
    return told if found.standing == "decided" else f"{DOUBTS[found.doubt]} ({best.place.name}: {told})"
