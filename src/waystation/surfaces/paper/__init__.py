"""A screen on paper: the same blocks as the web page, as a tagged and accessible A4 PDF (PDF/UA-1), by typst."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Literal

import typst
from django.utils.translation import gettext as _
from django.utils.translation import override

from waystation.kernel.screens import Screen, Table
from waystation.surfaces import wording
from waystation.surfaces.paper.blocks import all_written, text_of

TEMPLATE = Path(__file__).with_name("page.typ")
FONTS = Path(__file__).with_name("fonts")  # filled at build, see fetch_fonts
FAMILIES = [
    "Noto Sans",
    "Noto Naskh Arabic",
    "Noto Sans Arabic",
    "Noto Sans SC",
    "Libertinus Serif",
    "DejaVu Sans Mono",
]
MOST_UPRIGHT = 7  # columns of a table on an upright page


@lru_cache(maxsize=2)
def fonts(system: bool = False) -> typst.Fonts:
    """Typst's own fonts and those shipped with Waystation: a page is the same everywhere; the machine's where asked."""
    found = [str(FONTS)] if FONTS.is_dir() else []
    return typst.Fonts(include_system_fonts=system, include_embedded_fonts=True, font_paths=found)


def pdf(
    screen: Screen, *, locale: str = "en", printed_at: datetime, organisation: str = "", page_url: str = ""
) -> bytes:
    """The screen as a PDF/UA-1 file.

    ``printed_at`` is written on every page, in its own time zone, and is the file's time stamp: the same screen
    and the same moment give the same bytes. Texts are passed as data and never read as typst markup.

    A letter no shipped font has (a name in a script without one) is looked for in the machine's fonts. Where
    it is not there either, the page is printed with an empty box for it, tagged but not PDF/UA-1, which forbids that.
    """
    with override(locale):
        page = _page(screen, locale, printed_at, organisation, page_url)
    stamp = (printed_at if printed_at.tzinfo else printed_at.replace(tzinfo=UTC)).timestamp()
    inputs = {"screen": json.dumps(page, ensure_ascii=False)}
    for system in (False, True):
        with suppress(typst.TypstError):
            return _compiled(inputs, stamp, fonts(system), "ua-1")
    return _compiled(inputs, stamp, fonts(True), None)


def _compiled(inputs: dict[str, str], stamp: float, faces: typst.Fonts, standard: Literal["ua-1"] | None) -> bytes:
    made = typst.compile(
        str(TEMPLATE), format="pdf", font_paths=faces, sys_inputs=inputs, pdf_standards=standard, timestamp=int(stamp)
    )
    return bytes(made)


def _page(screen: Screen, locale: str, printed_at: datetime, organisation: str, page_url: str) -> dict[str, object]:
    wide = any(isinstance(b, Table) and b.printed and len(b.columns) > MOST_UPRIGHT for b in screen.blocks)
    links = [text_of(link.text) for link in screen.links]
    return {
        "title": text_of(screen.title) or _("Untitled"),
        "summary": text_of(screen.summary),
        "organisation": text_of(organisation),
        "parents": " \u203a ".join(text_of(p.text) for p in screen.parents),
        "links": _("See also: %(pages)s") % {"pages": " \u00b7 ".join(links)} if links else "",
        "direction": wording.direction(locale),
        "lang": wording.language(locale).language,
        "digits": list(wording.digits(locale)),
        "fonts": FAMILIES,
        "landscape": wide,
        "pages": _("Page %(page)s of %(pages)s") % {"page": "\ue000", "pages": "\ue001"},
        "footer": _footer(screen, locale, printed_at, page_url),
        "blocks": all_written(screen.blocks, locale),
    }


def _footer(screen: Screen, locale: str, printed_at: datetime, page_url: str) -> list[str]:
    """What stands on every page: where the numbers come from, the day they are true for, when it was printed."""

    def isolated(text: str) -> str:
        return wording.isolated(text, locale) if wording.direction(locale) == "rtl" else text

    dates = [_("Printed %(moment)s") % {"moment": isolated(wording.moment(printed_at, locale))}]
    if screen.as_of is not None:
        dates.insert(0, _("As of %(day)s") % {"day": isolated(wording.day(screen.as_of, locale))})
    source = [_("Source: %(source)s") % {"source": text_of(screen.source)}] if screen.source else []
    address = [f"\u2066{text_of(page_url)}\u2069"] if page_url else []
    return [*source, " \u00b7 ".join(dates), *address]
