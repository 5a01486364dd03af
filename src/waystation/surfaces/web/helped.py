"""Help: short pages that come with the product, in Markdown, read by address and found by search, section by section."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt

from waystation.hall.finding.api import Wanted

FOLDER = Path(__file__).with_name("help")
_TERMS = re.compile(r"\*\*([^*]+)\*\*")
_MARKS = re.compile(r"[*_`#|]+|\[([^\]]*)\]\([^)]*\)")


@dataclass(frozen=True)
class Section:
    """A part of a page: its page's title, its heading (empty before the first), its text without marks, and the words it explains."""

    topic: str
    heading: str
    url: str
    text: str
    terms: tuple[str, ...]

    @property
    def title(self) -> str:
        """How an answer of search calls it."""
        return f"{self.topic}: {self.heading}" if self.heading else self.topic


@dataclass(frozen=True)
class Topic:
    """A page of help in one language."""

    name: str
    title: str
    html: SafeString
    sections: tuple[Section, ...]
    language: str

    @property
    def url(self) -> str:
        """Its address."""
        return reverse("help", args=[self.name])


def topics() -> list[Topic]:
    """Every page of help, in the reader's language where it was written in it, else in English."""
    names = sorted({path.name.split(".")[0] for path in FOLDER.glob("*.md")})
    return [_topic(name, (get_language() or "en").split("-")[0]) for name in names]


@cache
def _topic(name: str, language: str) -> Topic:
    own = FOLDER / f"{name}.{language}.md"
    path = own if own.exists() else FOLDER / f"{name}.md"
    text = path.read_text(encoding="utf-8")
    title = text.partition("\n")[0].lstrip("# ")
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    parsed = reader.parse(text.partition("\n")[2])
    for place, token in enumerate(parsed):
        if token.type == "heading_open":
            token.attrSet("id", anchor(parsed[place + 1].content))
        if token.type == "table_open":
            token.attrSet("class", "rows")
    html = SafeString(reader.renderer.render(parsed, reader.options, {}))  # HTML in the text is escaped by the renderer
    return Topic(name, title, html, tuple(_sections(name, title, text)), language if own.exists() else "en")


def anchor(heading: str) -> str:
    """Where a heading is on its page."""
    return slugify(heading, allow_unicode=True)


def _sections(name: str, title: str, text: str) -> list[Section]:
    found = []
    for part in re.split(r"^## ", text, flags=re.MULTILINE):
        heading, _newline, body = part.partition("\n")
        first = heading.startswith("# ")
        if body.strip():
            url = reverse("help", args=[name]) + ("" if first else f"#{anchor(heading)}")
            terms = tuple(_TERMS.findall(body))
            plain = " ".join(_MARKS.sub(lambda mark: mark[1] or "", body).split())
            found.append(Section(title, "" if first else heading, url, plain, terms))
    return found


def explained(asked: Wanted) -> list[tuple[str, str, str]]:
    """Help on some words, best first, as (title, address, the sentence that has them): terms explained, headings, texts."""
    found = []
    for topic in topics():
        for one in topic.sections:
            term = next((word for word in one.terms if asked.in_text(word)), "")
            rank = 0 if term else 1 if asked.in_text(one.title) else 2 if asked.in_text(one.text) else 3
            if rank < 3:
                found.append((rank, (one.title, one.url, _sentence(one.text, asked, term))))
    return [told for _rank, told in sorted(found, key=lambda one: one[0])]


def _sentence(text: str, asked: Wanted, term: str) -> str:
    sentences = re.split(r"(?<=[.!?。؟]) +|(?<=[.!?。؟])- | - ", text)
    best = next((one for one in sentences if term and one.lstrip("- ").startswith(term)), "")
    best = best or next((one for one in sentences if asked.in_text(one)), "")
    best = (best or next((one for one in sentences if asked.touches(one)), sentences[0])).lstrip("- ")
    return best if len(best) <= 200 else best[:200].rsplit(" ", 1)[0] + "…"


@login_required
def help_page(request: HttpRequest, name: str = "") -> HttpResponse:
    """``/help/`` and ``/help/<name>/``."""
    every = topics()
    one = next((topic for topic in every if topic.name == name), None)
    if name and one is None:
        raise Http404(name)
    context = {"title": one.title if one else _("Help"), "topic": one, "topics": every}
    return render(request, "web/help.html", context)
