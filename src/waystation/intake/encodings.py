"""Which encoding a text file has: by its mark, by being valid UTF-8, or by which alphabet its words make sense in.

The test of words follows the idea of n-gram detectors in its simplest form: a wrong single-byte encoding mixes
alphabets, or capitals and small letters, inside words; the right one does not.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from typing import NoReturn

from waystation.intake.content import CHUNK, Content
from waystation.intake.refusals import refuse

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CANDIDATES = ("cp1252", "cp1256", "cp1251", "gb18030", "cp1250")
_WORDS = re.compile(rb"[A-Za-z\x80-\xff]*[\x80-\xff][A-Za-z\x80-\xff]*")
_LATIN = re.compile(r"[^\W\d_]?[^\W\d_A-ZÀ-Þ]*$|[A-ZÀ-ÞŒŠŽŸ]+$")


def detect(content: Content) -> str:
    """The name of the encoding of a text file. Refuses mixed and unknown encodings, and characters cut at the end."""
    head = content.head(4096)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return _checked(content, encoding)
    if b"\x00" in head:
        return _checked(content, _unmarked_utf16(content, head))
    bad = _first_bad(content, "utf-8")
    if bad is None:
        return "utf-8"
    sample = _sample(content)
    if _is_mostly_utf8(sample):
        _refuse_bad(content, bad)
    best, score = max(((c, _plausible(sample, c)) for c in _CANDIDATES), key=lambda pair: pair[1])
    if score < 0.6:
        refuse("encoding_unknown", file=content.name)
    return best


def _checked(content: Content, encoding: str) -> str:
    bad = _first_bad(content, encoding)
    if bad is not None:
        _refuse_bad(content, bad)
    return encoding


def _unmarked_utf16(content: Content, head: bytes) -> str:
    """UTF-16 without its mark: the byte order in which lines and separators appear. Refuses binary files."""
    found: dict[str, int] = {}
    for encoding in ("utf-16-le", "utf-16-be"):
        text = head[: len(head) // 2 * 2 - 2].decode(encoding, "replace")
        if not any(unicodedata.category(c) == "Cc" and c not in "\t\r\n" for c in text):
            found[encoding] = sum(text.count(c) for c in "\n,;\t| ")
    best = max(found, key=lambda name: found[name], default=None)
    if best is None or not found[best]:
        refuse("not_a_table", file=content.name, what="a binary file")
    return best


def _first_bad(content: Content, encoding: str) -> tuple[int, bytes, bool] | None:
    """The first thing that is not ``encoding``: its row, bytes and whether it is the file's end; or None."""
    decoder = codecs.getincrementaldecoder(encoding)()
    row, last = 1, b""
    with content.open() as stream:
        while chunk := stream.read(CHUNK):
            try:
                row += decoder.decode(chunk).count("\n")
            except UnicodeDecodeError as error:
                at = max(error.start, 0)
                before = error.object[:at].decode(encoding, "ignore").count("\n")
                return row + before, error.object[at : at + 4], False
            last = chunk[-4:]
    try:
        decoder.decode(b"", True)
    except UnicodeDecodeError:
        return row, last, True
    return None


def _refuse_bad(content: Content, bad: tuple[int, bytes, bool]) -> NoReturn:
    row, found, at_end = bad
    if at_end:
        refuse("truncated", file=content.name, row=row, detail=f"0x{found.hex()}")
    refuse("mixed_encoding", file=content.name, row=row, detail=f"0x{found.hex()}")


def _sample(content: Content, words: int = 5_000) -> list[bytes]:
    """Words that hold bytes beyond ASCII, from the whole file, bounded."""
    found: list[bytes] = []
    with content.open() as stream:
        while len(found) < words and (chunk := stream.read(CHUNK)):
            found += [m[:40] for m in _WORDS.findall(chunk)]
    return found[:words]


def _is_mostly_utf8(sample: list[bytes]) -> bool:
    def valid(word: bytes) -> bool:
        try:
            word.decode("utf-8")
        except UnicodeDecodeError:
            return False
        return True

    good = sum(valid(w) for w in sample)
    return good > 0 and good >= len(sample) / 2


def _plausible(sample: list[bytes], encoding: str) -> float:
    """The share of words that make sense when read as ``encoding``; likelier encodings win a tie by a hair."""
    good = 0.0
    for raw in sample:
        try:
            word = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        good += _makes_sense(word, encoding)
    return good / max(len(sample), 1) - _CANDIDATES.index(encoding) / 1000


def _makes_sense(word: str, encoding: str) -> bool:
    beyond = [c for c in word if not c.isascii()]
    if all(unicodedata.category(c)[0] in "PZ" or c in "°€£©®²³" for c in beyond):
        return encoding == "cp1252"  # dashes, quotes and signs are at the same places in most: take the commonest
    letters = [c for c in beyond if c.isalpha()]
    if len(letters) < len([c for c in beyond if unicodedata.category(c)[0] not in "PZ"]):
        return False
    names = [unicodedata.name(c, "") for c in letters]
    if encoding in ("cp1256", "cp1251", "gb18030") and any(c.isascii() and c.isalpha() for c in word):
        return False
    if encoding == "cp1256":
        return all(n.startswith("ARABIC") for n in names)
    if encoding == "cp1251":
        russian = all("а" <= c.lower() <= "я" or c.lower() in "ёіїєґў" for c in letters)
        return russian and (word.islower() or word.isupper() or word[1:].islower() or len(word) == 1)
    if encoding == "gb18030":
        return all("\u4e00" <= c <= "\u9fa5" for c in letters)
    latin = all(n.startswith("LATIN") for n in names) and _LATIN.match(word) is not None
    return latin and len(beyond) <= max(1, len(word) * 0.6)
