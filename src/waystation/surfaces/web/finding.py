"""Search: one box over records by what they are called, what one can do, lists, pages, figures and help.

``/search/?q=`` is a page; ``/search/suggest/?q=`` the few best as a list under the box, for the script. Both show only what
their reader may see: records by the rule of their register, acts by who may do them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import chain
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from waystation.hall.finding.api import Hit, Hits, Wanted, seek, wanted, whole_reference
from waystation.kernel import scope as scopes
from waystation.kernel.register import registers
from waystation.surfaces.web.cells import sheet_url, state
from waystation.surfaces.web.declared import Way, Ways, ways
from waystation.surfaces.web.helped import topics
from waystation.surfaces.web.street import register_door, usable

FEW = 6
SUGGESTED, SUGGESTED_WAYS = 6, 2


@dataclass(frozen=True)
class Item:
    """A record as it is shown: its name with the words marked, its reference, state, and where else the words are."""

    url: str
    name: SafeString
    ref: str
    state: SafeString
    because: str
    why: SafeString
    page: str


@dataclass(frozen=True)
class Found:
    """What one register has: its best records and the way to all of them."""

    label: str
    items: list[Item]
    more: str


@dataclass(frozen=True)
class Option:
    """A suggestion: where it leads, its name, what stands beside it, and of what kind it is."""

    url: str
    name: SafeString
    beside: str
    because: SafeString
    kind: str


@login_required
def search_page(request: HttpRequest) -> HttpResponse:
    """``/search/?q=``: a whole reference leads straight to its sheet."""
    words = _words(request)
    exact = whole_reference(words) if words else None
    if exact is not None:
        return redirect(sheet_url(exact.register, exact.record))
    asked = wanted(words)
    context = {
        "title": _("Search"),
        "words": words,
        "found": [_found(one, words, asked) for one in seek(asked, FEW)] if asked else [],
        "ways": ways(asked) if asked else [],
    }
    if not words:
        scope = scopes.current()
        context |= {
            "lists": [register_door(registers[name]) for name in sorted(usable(scope))],
            "topics": topics(),
        }
    return render(request, "web/search.html", context)


@login_required
def suggest(request: HttpRequest) -> HttpResponse:
    """``/search/suggest/?q=``: a piece of HTML with the few best answers, and the way to all."""
    words = _words(request)
    asked = wanted(words) if len(words) > 1 or not words.isascii() else None
    context = {
        "options": _options(asked) if asked else [],
        "words": words,
        "everything": f"{reverse('search')}?{urlencode({'q': words})}",
    }
    return render(request, "web/suggest.html", context)


def _options(asked: Wanted) -> list[Option]:
    """Records that are called so, then what one can do, then records that have the words somewhere, then the rest."""
    hits = sorted(chain.from_iterable(one.hits for one in seek(asked, SUGGESTED)), key=lambda hit: hit.rank)[:SUGGESTED]
    paths = [(one, kind) for kind in ways(asked) for one in kind.ways[:SUGGESTED_WAYS]]
    acts = [_to_way(one, kind, asked) for one, kind in paths if kind.acts]
    rest = [_to_way(one, kind, asked) for one, kind in paths if not kind.acts]
    named = [_to_record(hit, asked) for hit in hits if hit.named]
    return [*named, *acts, *(_to_record(hit, asked) for hit in hits if not hit.named), *rest]


def _to_record(hit: Hit, asked: Wanted) -> Option:
    one = _item(hit, asked)
    beside = format_html("{}: <bdi>{}</bdi>", one.because, one.why) if one.because else SafeString("")
    return Option(one.url, one.name, one.ref, beside, capfirst(str(hit.register.word[0])))


def _to_way(one: Way, kind: Ways, asked: Wanted) -> Option:
    return Option(one.url, marked(one.label, asked), one.of, SafeString(""), kind.label)


def _words(request: HttpRequest) -> str:
    return " ".join(request.GET.get("q", "").replace("\x00", "").split())[:200]


def _found(one: Hits, words: str, asked: Wanted) -> Found:
    more = f"{reverse('list', args=[one.register.name])}?{urlencode({'q': words})}" if one.more else ""
    return Found(capfirst(str(one.register.word[1])), [_item(hit, asked) for hit in one.hits], more)


def _item(hit: Hit, asked: Wanted) -> Item:
    record, said = hit.record, str(hit.record)
    label, value = hit.because or ("", "")
    return Item(
        sheet_url(hit.register, record), marked(said, asked), record.ref if said != record.ref else "",
        state(hit.register, record.state), capfirst(label), marked(_around(value, asked), asked), hit.register.page_of(record),
    )  # fmt: skip


def marked(text: str, asked: Wanted) -> SafeString:
    """A text in which the words that were asked for are marked."""
    parts = re.split(r"(\s+)", text)
    return format_html_join("", "{}", ((format_html("<mark>{}</mark>", p) if asked.touches(p) else p,) for p in parts))


def _around(text: str, asked: Wanted, width: int = 12) -> str:
    """The first of the words in a long text with what stands around them."""
    parts = text.split()
    at = next((n for n, part in enumerate(parts) if asked.touches(part)), 0)
    start = max(at - width // 2, 0)
    piece = " ".join(parts[start : start + 2 * width])
    return f"{'… ' if start else ''}{piece}{' …' if start + 2 * width < len(parts) else ''}"
