"""The catalogues: one .po file a language, read through Babel at start; nothing is compiled, so nothing can be stale.

Sorted by text and without line numbers, so that branches merge.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from functools import cache
from gettext import c2py
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.catalog import Message as Entry
from babel.messages.pofile import read_po, write_po

from waystation.hall.wording.queries.extracting import PACKAGE
from waystation.hall.wording.shapes import LANGUAGES, PLURALS, TO_REVIEW, Message
from waystation.kernel.refusals import require

# What Babel writes into heads and what changes on every run, or with its edition.
RESTLESS = re.compile(rb'^"(POT-Creation-Date|PO-Revision-Date|Last-Translator|Language-Team|Report-Msgid-Bugs-To|Generated-By'
                      rb'|Project-Id-Version):.*\n', re.MULTILINE)  # fmt: skip
Forms = tuple[str, ...]


def path_of(language: str) -> Path:
    """Where a language's catalogue lies. Raises Refused ``wording.no_language``."""
    require(language in LANGUAGES, "wording.no_language", language=language, known=", ".join(LANGUAGES))
    return PACKAGE / "locale" / LANGUAGES[language] / "LC_MESSAGES" / "django.po"


def read(language: str) -> Catalog:
    """A language's catalogue as it lies; an empty one where there is none yet."""
    path = path_of(language)
    if not path.exists():
        return _empty(language)
    with path.open("rb") as stream:
        return read_po(stream, locale=LANGUAGES[language])


def _empty(language: str) -> Catalog:
    made = Catalog(locale=LANGUAGES[language], header_comment="# Translations of Waystation.", fuzzy=False)
    count, rule = PLURALS[language]
    made.mime_headers = [("Plural-Forms", f"nplurals={count}; plural=({rule});")]
    return made


def write(language: str, catalog: Catalog) -> None:
    """Put a catalogue in its place."""
    held = io.BytesIO()
    write_po(held, catalog, width=0, sort_output=True, include_lineno=False)
    path = path_of(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(RESTLESS.sub(b"", held.getvalue()))


def updated(language: str, messages: Iterable[Message]) -> Catalog:
    """The catalogue with exactly these messages; what was translated stays, word for word."""
    before, after = read(language), _empty(language)
    for one in messages:
        held = before.get(one.one, one.context or None)
        forms: Forms = forms_of(held) if held is not None else ()
        flags = held.flags if held is not None else set()
        put(after, one, forms, flags, [(place, 0) for place in sorted(one.places)])
    return after


def put(
    catalog: Catalog, message: Message, forms: Sequence[str], flags: Iterable[str] = (), places: Iterable[Any] = ()
) -> None:
    """Set what a message is called; forms that do not fit it (it began to count, or stopped) are let go."""
    wanted = catalog.num_plurals if message.many else 1
    fitting = tuple(forms) if len(forms) == wanted else ("",) * wanted
    text: Any = fitting if message.many else fitting[0]
    catalog.delete(message.one, message.context or None)
    kept = {flag for flag in flags if flag == TO_REVIEW} if any(fitting) else set()
    catalog.add(message.forms if message.many else message.one, text, places, kept, context=message.context or None)


def forms_of(entry: Entry) -> Forms:
    """An entry's translation: one text, or one a plural form; empty texts where there is none."""
    return tuple(entry.string) if isinstance(entry.string, (tuple, list)) else (entry.string or "",)


def message_of(entry: Entry) -> Message:
    """The message that an entry translates."""
    one, many = entry.id if isinstance(entry.id, (tuple, list)) else (entry.id, "")
    return Message(one, many, entry.context or "", frozenset(place for place, _line in entry.locations))


def entries(catalog: Catalog) -> list[Entry]:
    """The catalogue's messages, without its head, in the order of their texts."""
    return sorted((entry for entry in catalog if entry.id), key=lambda one: (message_of(one).one, one.context or ""))


@cache
def form_for(language: str) -> Any:
    """Which plural form a number takes in a language."""
    return c2py(PLURALS[language][1])


def plural_count(language: str) -> int:
    """How many plural forms a language has."""
    return PLURALS[language][0]


@cache
def samples(language: str) -> tuple[tuple[int, ...], ...]:
    """For each plural form, the numbers up to 200 that take it."""
    which = form_for(language)
    return tuple(tuple(n for n in range(201) if which(n) == form) for form in range(plural_count(language)))
