"""Spellings of one name reduced to what they share: a Latin key whatever the script, and its consonants alone.

Arabic is written without short vowels, so an Arabic and a Latin spelling can only be compared by their consonants;
everything else is compared by the key. Nothing here knows a country.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

ARABIC = {
    "ا": "a", "أ": "a", "إ": "i", "آ": "a", "ٱ": "a", "ب": "b", "ت": "t", "ث": "th", "ج": "j", "ح": "h", "خ": "kh",
    "د": "d", "ذ": "dh", "ر": "r", "ز": "z", "س": "s", "ش": "sh", "ص": "s", "ض": "d", "ط": "t", "ظ": "z", "ع": "a",
    "غ": "gh", "ف": "f", "ق": "q", "ك": "k", "ل": "l", "م": "m", "ن": "n", "ه": "h", "ة": "a", "و": "w", "ؤ": "w",
    "ي": "y", "ى": "a", "ئ": "y", "ء": "", "پ": "p", "چ": "ch", "ژ": "zh", "گ": "g", "ک": "k", "ی": "y", "ڤ": "v",
    "ہ": "h", "ھ": "h", "ں": "n", "ے": "y", "ٹ": "t", "ڈ": "d", "ڑ": "r", "ټ": "t", "ډ": "d", "ړ": "r", "ښ": "kh",
    "ږ": "g", "ځ": "z", "څ": "ts", "ې": "e", "ۍ": "y", "ڵ": "l", "ڕ": "r", "ۆ": "o", "ێ": "e", "ە": "a",
}  # fmt: skip
CYRILLIC = {
    "а": "a", "б": "b", "в": "v", "г": "g", "ґ": "g", "д": "d", "е": "e", "є": "ie", "ж": "zh", "з": "z", "и": "i",
    "і": "i", "ї": "i", "й": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s",
    "т": "t", "у": "u", "ў": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y",
    "ь": "", "э": "e", "ю": "iu", "я": "ia", "ё": "e", "қ": "q", "ғ": "gh", "ң": "n", "ө": "o", "ү": "u", "ұ": "u",
    "һ": "h", "ә": "a", "ҳ": "h", "ҷ": "j", "ӯ": "u", "ӣ": "i", "ј": "j", "љ": "lj", "њ": "nj", "ћ": "c", "ђ": "dj",
    "џ": "dz", "ќ": "k", "ѓ": "g", "ѕ": "dz",
}  # fmt: skip
LATIN = {
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ı": "i", "ə": "a", "ŋ": "ng",
    "ɓ": "b", "ɗ": "d", "ƙ": "k", "ɛ": "e", "ɔ": "o", "ɲ": "ny", "ƴ": "y", "ɣ": "gh", "ħ": "h",
}  # fmt: skip
LETTERS = str.maketrans({**ARABIC, **CYRILLIC, **LATIN})
# Letters and marks that stand between the sounds of one word: they fall away and leave no gap.
SILENT = re.compile("['’‘ʼʻʾʿ`´ˈˌ\u064b-\u065f\u0670\u0640\u200c-\u200f\ufeff]")
FARSI_OR_ARABIC = re.compile("[\u0600-\u06ff\u0750-\u077f]")
CYRILLIC_SIGN = re.compile("[\u0400-\u052f]")
ARTICLE = re.compile(r"\bال(?=\w{3})")
BETWEEN = re.compile(r"[^\w]+|_+")
ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6", "vii": "7", "viii": "8", "ix": "9", "x": "10"}

# A word that says the same in several languages becomes one word.
SAME = {
    word: one
    for one, words in {
        "saint": "st ste saint sainte san santa santo sao sant",
        "nord": "north northern nord norte",
        "sud": "south southern sud sur sul",
        "est": "east eastern est este leste",
        "ouest": "west western ouest oeste",
        "nord est": "northeast nordest noreste nordeste ne",
        "nord ouest": "northwest nordouest noroeste nw",
        "sud est": "southeast sudest sureste sudeste",
        "sud ouest": "southwest sudouest suroeste sudoeste sw",
        "extreme": "far extreme extremo",
        "centre": "center centre central centro centrale",
        "haut": "upper haut haute alto alta",
        "bas": "lower bas basse bajo baja baixo baixa",
        "grand": "grand grande grd gd great greater gran",
        "petit": "petit petite pte pt little small",
        "mont": "mt mont mount monte jabal jebel jabel djebel gebel",
        "fort": "ft fort",
        "port": "port puerto porto pto",
        "new": "new nouveau nouvelle nuevo nueva novo nova",
        "bahr": "bahr baher bahar",
        "city": "city ville ciudad cidade town medina madinat misto gorod",
    }.items()
    for word in words.split()
}
# Words that name the kind of area, not the area: left out where something else remains.
_GENERIC = (
    "province provincia provincial departement department departamento dept dep county locality localite cercle "
    "commune comune comuna municipality municipio municipalite district distrito region regional state etat "
    "estado governorate gouvernorat gobernacion muhafazat mohafazat muhafaza mhafza prefecture prefectura sous "
    "arrondissement payam boma wilaya wilayat wilayah woreda zone zona canton oblast obl raion rayon raiony "
    "rayony respublika republic republique village settlement subdistrict subcounty division ward admin "
    "administrative area territory territoire territorio autonomous constituency parish municipal olusvali "
    "wuleswali wulswali mudiriyat nahia nahiyah qada qadaa caza township governate kraj zhupa viloyat viloyati "
    "oblasty oblasts sector secteur "
)
GENERIC = frozenset(_GENERIC.split())
_ARTICLES = (
    "al el ad an ar as ash at az ed er es esh et ez ul la le les los las l d de del du des da do dos das di of "
    "the and y "
)
ARTICLES = frozenset(_ARTICLES.split())
CHORD = (("sch", "sh"), ("tch", "ch"), ("dj", "j"), ("ph", "f"), ("ou", "u"), ("oo", "u"), ("ee", "i"), ("ck", "k"),
         ("q", "k"), ("x", "ks"), ("ah ", "a "), ("gu", "g"), ("w", "u"), ("y", "i"), ("j", "g"), ("z", "s"), ("kh", "h"),
         ("gh", "g"), ("dh", "d"), ("th", "t"), ("sh", "s"), ("ch", "s"), ("c", "k"), ("v", "f"), ("oe", "e"), ("ae", "e"),
         ("ia", "a"))  # fmt: skip
CONSONANTS = (("tch", "S"), ("sh", "S"), ("ch", "S"), ("dj", "j"), ("kh", "x"), ("gh", "g"), ("th", "t"), ("dh", "d"),
              ("ph", "f"), ("zh", "j"), ("ts", "s"), ("ck", "k"), ("c", "k"), ("q", "k"), ("z", "s"), ("v", "f"),
              ("p", "b"))  # fmt: skip
VOWELS = re.compile("[aeiouywh]")
DOUBLE = re.compile(r"(.)\1+")


@dataclass(frozen=True, slots=True)
class Spelling:
    """A name in the forms it is compared by. ``plain``: letters and digits in their script, without case and accents;
    ``key``: Latin, words in one language, articles and generic words left out, without spaces; ``words``: the same as
    words; ``sound``: the key as it is roughly said; ``bones``: its consonants, each once; ``foreign``: it was not
    written in Latin letters (``arabic``: but in Arabic ones)."""

    plain: str
    key: str
    words: tuple[str, ...]
    sound: str
    bones: str
    foreign: bool
    arabic: bool


def bare(text: str) -> str:
    """Text without case, accents, vowel marks and apostrophes, in its own script; words apart by single spaces."""
    lowered = SILENT.sub("", unicodedata.normalize("NFKC", text).casefold())
    signs = unicodedata.normalize("NFKD", SILENT.sub("", lowered))
    kept = "".join(sign for sign in signs if not unicodedata.combining(sign))
    return BETWEEN.sub(" ", kept.replace("й", "и")).strip()


def romanised(text: str) -> str:
    """Bare text in Latin letters: Arabic and Cyrillic letter by letter, other scripts as they are."""
    return ARTICLE.sub("", text).translate(LETTERS) if not text.isascii() else text


@lru_cache(maxsize=400_000)
def spelling(text: str) -> Spelling:
    """The forms of a name. A name of generic words only keeps them."""
    plain = bare(text)
    said = [word for one in romanised(plain).split() for word in SAME.get(one, one).split()]
    own = [word for word in said if word not in ARTICLES] or said
    counted = [ROMAN.get(word, word) if place else word for place, word in enumerate(own)]
    words = tuple([word for word in counted if word not in GENERIC] or counted)
    key = "".join(words)
    arabic = bool(FARSI_OR_ARABIC.search(plain))
    foreign = arabic or bool(CYRILLIC_SIGN.search(plain))
    return Spelling(plain.replace(" ", ""), key, words, _sound(words), _bones(words), foreign, arabic)


def _sound(words: tuple[str, ...]) -> str:
    said = " ".join(words) + " "
    for signs, one in CHORD:
        said = said.replace(signs, one)
    return DOUBLE.sub(r"\1", said.replace(" ", "").replace("h", ""))


def _bones(words: tuple[str, ...]) -> str:
    said = DOUBLE.sub(r"\1", "".join(words))
    for signs, one in CONSONANTS:
        said = said.replace(signs, one)
    return said[:1] + VOWELS.sub("", said[1:]) if said[:1] == "h" else VOWELS.sub("", said)


def parts(text: str) -> Iterator[str]:
    """The names that one text may hold, the first being the one it goes by: what stands before, in and after brackets, and
    on each side of a slash. None when it holds one."""
    pieces = re.split(r"[()/\[\],;|]|\s-\s|\bou\b|\bor\b", text)
    told = [piece.strip() for piece in pieces if piece.strip()]
    if len(told) > 1:
        yield from told
