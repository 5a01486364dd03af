"""Whether a translation can stand for its message: the same named values, the same edges, no markup, the right letters."""

from __future__ import annotations

import re
from collections.abc import Sequence
from string import Formatter

from waystation.hall.wording.queries.catalogues import plural_count, samples
from waystation.hall.wording.shapes import Message

MARKUP = re.compile(r"</?[a-zA-Z][^>{}]*>|&[a-z]+;")
PERCENT = re.compile(r"%\((\w+)\)[sd]|%[sd]")
NAMED = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
SPACELESS = {"zh-hans"}  # words are not parted by spaces
LETTERS = {"ar": r"[\u0600-\u06ff]", "ru": r"[\u0400-\u04ff]", "zh-hans": r"[\u3400-\u9fff]"}


def wrong_with(language: str, message: Message, forms: Sequence[str]) -> str:
    """What is wrong with a translation, as a sentence; empty when nothing is."""
    wanted = plural_count(language) if message.many else 1
    if len(forms) != wanted:
        return f"{wanted} forms are needed and {len(forms)} were given"
    for at, form in enumerate(forms):
        exact = bool(message.many) and len(samples(language)[at]) == 1  # "one row", "two rows" need no number
        wrong = _wrong(language, message, form, exact)
        if wrong:
            return f"form {at}: {wrong}" if message.many else wrong
    return ""


def _wrong(language: str, message: Message, form: str, exact: bool) -> str:
    source = message.many or message.one
    if not form.strip():
        return "it is empty"
    try:
        wanted, given = named(source), named(form)
    except ValueError as broken:
        return f"its braces are not closed ({broken})"
    if given - wanted:
        return f"it names {', '.join(sorted(given - wanted))}, which the source does not"
    if len(wanted - given) > (1 if exact else 0):
        return f"it lacks {', '.join(sorted(wanted - given))}"
    if _edges(form) not in (_edges(source), ("", "") if language in SPACELESS else _edges(source)):
        return "it begins or ends with other spaces than the source"
    if set(MARKUP.findall(form)) - set(MARKUP.findall(source)):
        return "it holds markup"
    letters = LETTERS.get(language)
    if letters and form != source and not re.search(letters, form) and re.search(r"[A-Za-z]{2}", NAMED.sub("", form)):
        return "it is not written in the letters of the language"
    return ""


def named(text: str) -> frozenset[str]:
    """The named values of a text, as ``{name}`` or ``%(name)s``. Raises ValueError when braces are not closed."""
    if found := PERCENT.findall(text):
        return frozenset(f"%{name}" for name in found)
    return frozenset(name for _text, name, _spec, _conversion in Formatter().parse(text) if name is not None)


def edged(language: str, message: Message, forms: Sequence[str]) -> tuple[str, ...]:
    """Forms as a person typed them, with the spaces that the message begins and ends with: forms on pages lose them."""
    before, after = _edges(message.one)
    return tuple(form.strip() if language in SPACELESS else f"{before}{form.strip()}{after}" for form in forms)


def _edges(text: str) -> tuple[str, str]:
    return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
