"""The words of a source turned into codes: countries, components, groups, reasons; unknown ones are kept as said."""

from __future__ import annotations

import re
import unicodedata
from collections import abc
from functools import cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from waystation.apps.places import api as places
from waystation.kernel.codelists import codelist

_SPLIT = re.compile(r"\s*[;|+]\s*")
_ROUND = re.compile(r"^R\d+\s+", re.IGNORECASE)


def folded(text: str) -> str:
    """A word as it is compared: without case, accents and repeated spaces."""
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return " ".join(bare.casefold().replace("_", " ").split())


@cache
def known_words(name: str) -> dict[str, str]:
    """From every word for a code of a list (the code, its English label, the words of other systems) to the code."""
    found = codelist(name)
    words: dict[str, str] = {}
    for code in found.codes.values():
        theirs = [*code.more.get("dtm", "").split("|"), *code.more.get("said", "").split("|")]
        for word in (code.code, code.label, *theirs):
            words.setdefault(folded(word), code.code)
    words.pop("", None)
    return words


def reasons(said: str) -> str:
    """``Conflict; Natural disaster`` -> ``conflict+disaster``; unknown when one of the words is not in the list."""
    whole = known_words("tracking.reason").get(folded(said))
    if whole:
        return whole
    codes = {known_words("tracking.reason").get(folded(word), "unknown") for word in _SPLIT.split(said) if word}
    return "unknown" if "unknown" in codes or not codes else "+".join(sorted(codes))


def word(name: str) -> abc.Callable[[str], str | None]:
    """A function from a word to a code of a list, or None."""
    words = known_words(name)
    return lambda said: words.get(folded(said))


def reassessed(said: str) -> bool | None:
    """Whether a remark says that a place was assessed anew; None when it says neither."""
    code = known_words("tracking.reassessed").get(folded(_ROUND.sub("", said)))
    return None if code is None else code == "yes"


class Countries:
    """From a code or name in any of the six languages to ISO alpha-3."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def __call__(self, said: str) -> str | None:
        """The ISO alpha-3 code, or None."""
        found = places.country(code=said)
        if found is not None:
            return found.iso3
        if not self._names:
            self._names = {folded(n): one.iso3 for one in places.countries() for n in one.names.values()}
        return self._names.get(folded(said))


def translated(
    said: pa.Array,
    meaning: abc.Callable[[str], Any],
    kind: pa.DataType,
    told: abc.Callable[[str, int], None] | None = None,
) -> pa.Array:
    """A column of words as a column of codes, each distinct word looked up once; nulls stay null.

    ``told`` is called with each word that means None and the index of its first row.
    """
    encoded = said.dictionary_encode()
    words = encoded.dictionary.to_pylist()
    codes = [meaning(one) for one in words]
    for one, code in zip(words, codes, strict=True):
        if code is None and told is not None:
            told(one, pc.index(said, pa.scalar(one, said.type)).as_py())
    return pa.array(codes, kind).take(encoded.indices)
