"""Folding: names as people write them, reduced to what makes them the same name, in every script that we meet.

    fold("Abéché") == "abeche"        fold("N'Djamena") == "ndjamena"     fold("Al-Ḥasakah") == "al hasakah"
    fold("الحَسَكة") == "الحسكه"        fold("٢٣") == "23"                  fold("Орёл") == "орел"

``fold`` is one string, words between single spaces; ``tokens`` are the words that the index keeps of a text.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

LONGEST = 60  # letters of a word that are kept

# What Unicode does not take apart: letters with a stroke, hook or bar, ligatures, the dotless i.
_LATIN = {
    "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "ı": "i", "ŋ": "n", "ɲ": "n", "ɓ": "b", "ɗ": "d", "ƙ": "k",
    "ɣ": "g", "ƴ": "y", "ɛ": "e", "ə": "e", "ǝ": "e", "ɔ": "o", "ɨ": "i", "ʉ": "u", "æ": "ae", "œ": "oe", "þ": "th", "ƒ": "f",
}  # fmt: skip
_CYRILLIC = {"ё": "е", "і": "и", "ї": "и", "є": "е", "ґ": "г", "ў": "у"}
_ARABIC = {
    "ٱ": "ا", "ة": "ه", "ۃ": "ه", "ى": "ي", "ی": "ي", "ۍ": "ي", "ې": "ي", "ئ": "ي", "ؤ": "و", "ک": "ك", "ڪ": "ك", "ہ": "ه",
    "ھ": "ه", "ە": "ه", "ء": "", "ـ": "",
}  # fmt: skip
_LETTERS = str.maketrans(_LATIN | _CYRILLIC | _ARABIC)
# Written between the letters of one word, or standing for a letter that other languages leave out.
_APOSTROPHES = str.maketrans(dict.fromkeys("'’‘`´ʼʻʽʾʿˈ՚‛′＇", ""))
_APART = str.maketrans(dict.fromkeys(map(chr, _APOSTROPHES), " "))
_SHORT_I = "и\u0306"  # й is a letter of its own, not an и with an accent
_ASCII = str.maketrans({chr(n): " " for n in range(128) if not chr(n).isalnum()} | {"'": "", "`": ""})
_PARTS = re.compile(r"[^\s,;/|()\[\]]+")  # what a writer set apart by spaces, commas or brackets
_WIDE = re.compile(
    "([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+)"
)  # no spaces between words


def fold(text: str) -> str:
    """The text without case, accents, vowel marks and punctuation, with one form of each letter and ASCII digits."""
    if text.isascii():
        return " ".join(text.lower().translate(_ASCII).split())
    return _folded(text)


@lru_cache(maxsize=4096)
def _folded(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.translate(_APOSTROPHES)).casefold()
    apart = unicodedata.normalize("NFKD", apart).replace(_SHORT_I, "й")
    bare = "".join(_letter(c) for c in apart).translate(_LETTERS)
    return " ".join(unicodedata.normalize("NFC", bare).split())


def _letter(char: str) -> str:
    """The letter, digit or vowel sign; a space for punctuation; nothing for accents and invisible marks."""
    kind = unicodedata.category(char)
    if kind == "Nd":
        return str(unicodedata.decimal(char))
    if kind[0] == "M":
        # Accents, harakat, points go; the vowel signs of Indic and South-East Asian scripts are letters of their words.
        place = unicodedata.combining(char)
        return "" if place == 1 or 10 <= place <= 36 or place >= 200 else char
    return char if kind[0] in "LN" else "" if kind == "Cf" else " "


def tokens(text: str) -> list[str]:
    """The words by which a text is found, each once, in its order.

    Besides the words of ``fold``: names joined by hyphens, dots or apostrophes also as one word and in their parts; Arabic words
    also without their article; scripts without spaces as pairs of letters, so that any part of a name is found.
    """
    found: dict[str, None] = {}
    for part in _PARTS.findall(text):
        for word in _words(part):
            found.setdefault(word[:LONGEST])
    return list(found)


def _words(part: str) -> list[str]:
    """The words of what was written without a space."""
    if part.isascii():
        return [part.lower()] if part.isalnum() else _with_joined(fold(part), compound(part))
    whole = fold(part)
    if _WIDE.search(whole):
        return [piece for run in _WIDE.split(whole) for piece in (pairs(run) if _WIDE.match(run) else run.split())]
    words = _with_joined(whole, compound(part))
    return [*words, *(bare for one in words if (bare := without_article(one)) != one)]


def _with_joined(whole: str, pieces: list[str]) -> list[str]:
    """The parts of a name and, when they are all words (a reference is found by its parts), what they are joined."""
    if len(pieces) < 2:
        return pieces
    before = [whole] if " " not in whole else []
    return [*before, *pieces, "".join(pieces)] if all(one.isalpha() for one in pieces) else [*before, *pieces]


def compound(part: str) -> list[str]:
    """The parts of a name joined by hyphens, dots or apostrophes: "N'Djamena" is n and djamena."""
    return fold(part.translate(_APART)).split()


def without_article(word: str) -> str:
    """An Arabic word without its article, when something is left of it."""
    return word[2:] if word.startswith("ال") and len(word) > 4 else word


def is_wide(text: str) -> bool:
    """Whether there is writing in it that sets no spaces between words."""
    return bool(_WIDE.search(text))


def pairs(run: str) -> list[str]:
    """Each letter with the one after it, and the last one: 叙利亚 is 叙利, 利亚, 亚."""
    return [run[n : n + 2] for n in range(len(run))]
