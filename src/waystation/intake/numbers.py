"""Numbers as people write them: 1,234.5 and 1.234,5 and 1 234,5 and ١٬٢٣٤٫٥, (12) and −12. Never through floats.

The style ``point`` has a point as its decimal mark (1,234.5), the style ``comma`` a comma (1.234,5).
Where a text can be read in both, it is refused rather than guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Literal

Style = Literal["point", "comma"]
_SPACED = re.compile(r"\d{1,3}(?:[ \u00a0\u202f\u2009'’٬]\d{3})+(?=$|[.,٫])")
_SPACES = str.maketrans("", "", " \u00a0\u202f\u2009'’٬")
_SHORTENED = re.compile(r"\d(?:[.,]\d+)?[eE][+-]?\d+")
_EITHER = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")  # \d takes the digits of every script
_FORMS = {
    "point": re.compile(r"(\d+|\d{1,3}(?:,\d{2,3})*,\d{3})?(?:\.(\d+))?"),
    "comma": re.compile(r"(\d+|\d{1,3}(?:\.\d{2,3})*\.\d{3})?(?:,(\d+))?"),
}


class Unread(ValueError):
    """A cell that cannot be read: ``code`` is the refusal, ``params`` what its message needs beside the value."""

    def __init__(self, code: str, value: object, **params: object) -> None:
        super().__init__(code)
        self.code, self.params = code, {"value": value, **params}


def _body(text: str) -> tuple[str, str]:
    """The sign ('-' or '') and the digits with their marks."""
    body = text.strip().replace("\u2212", "-").replace("\u200e", "").replace("\u200f", "")
    sign = ""
    if body.startswith("(") and body.endswith(")"):
        sign, body = "-", body[1:-1].strip()
    elif body[:1] in ("-", "+"):
        sign, body = body[0].replace("+", ""), body[1:].strip()
    spaced = _SPACED.match(body)
    if spaced:
        body = spaced[0].translate(_SPACES) + body[spaced.end() :].replace(",", "٫").replace(".", "٫")
    return sign, body


def style_of(text: str) -> Style | Literal["plain", "either", "none"]:
    """How a number is written; ``plain`` has no marks, ``either`` fits both styles, ``none`` is no number."""
    _, body = _body(text)
    if not body or "٫" in body:
        return "plain" if body.replace("٫", "", 1).isdecimal() else "none"
    if body.isdecimal():
        return "plain"
    if _EITHER.fullmatch(body):
        return "either"
    fits: list[Style] = [s for s in ("point", "comma") if _FORMS[s].fullmatch(body)]
    return fits[0] if len(fits) == 1 else "none" if not fits else "either"


def read_decimal(text: str, style: Style | None = None) -> Decimal:
    """The exact value of a written number. Raises ``Unread``.

    Args:
        text: The number as written.
        style: How its column writes numbers; None reads only what has one meaning.
    """
    sign, body = _body(text)
    if body.isdecimal():
        return Decimal(sign + body)
    if "٫" in body:
        whole, _, part = body.partition("٫")
        if whole.isdecimal() and part.isdecimal():
            return Decimal(f"{sign}{whole}.{part}")
        raise Unread("not_a_number", text)
    if style is None:
        found = style_of(text)
        if found == "either":
            raise Unread("number_unclear", text)
        style = "comma" if found == "comma" else "point"
    fit = _FORMS[style].fullmatch(body)
    if fit is None or not (fit[1] or fit[2]):
        if _SHORTENED.fullmatch(body):
            raise Unread("number_shortened", text)
        raise Unread("not_a_number" if style_of(text) == "none" else "number_unclear", text)
    whole = (fit[1] or "0").replace(",", "").replace(".", "")
    return Decimal(f"{sign}{whole}.{fit[2]}" if fit[2] else sign + whole)


def read_integer(text: str, style: Style | None = None) -> int:
    """The whole number a text writes: 12 and 12.0, not 12.5. Raises ``Unread``."""
    value = read_decimal(text, style)
    if value != value.to_integral_value():
        # 1.234 in a column of whole numbers written 1,234 is a doubtful mark rather than a fraction.
        raise Unread("number_unclear" if style_of(text) == "either" else "not_whole", text)
    return int(value)


def column_style(texts: Iterable[str], whole: bool) -> tuple[Style | None, str | None, list[str]]:
    """How a column writes its numbers, from its texts.

    Args:
        texts: Values of the column; what is no number is passed over.
        whole: Whether it counts in whole numbers, so that 1,234 can only be thousands.

    Returns:
        The style (None when no value needs one or none can be told), a refusal's code or None, and examples for it.
    """
    seen: dict[str, str] = {}
    for text in texts:
        found = style_of(text)
        name = found if found != "either" else "either," if "," in text else "either."
        seen.setdefault(name, text.strip())
    if "point" in seen and "comma" in seen:
        return None, "mixed_decimals", [seen["point"], seen["comma"]]
    definite: Style | None = "point" if "point" in seen else "comma" if "comma" in seen else None
    thousands = {"either,": "point", "either.": "comma"}  # the style in which the mark separates thousands
    if whole:
        needed = {thousands[name] for name in seen if name in thousands} | ({definite} if definite else set())
        if len(needed) > 1:
            pair = [seen[n] for n in ("either,", "either.", "point", "comma") if n in seen]
            return None, "mixed_decimals", pair[:2]
        return ("point" if needed == {"point"} else "comma" if needed else None), None, []
    if definite is None and "either," in seen and "either." in seen:
        return None, "mixed_decimals", [seen["either,"], seen["either."]]
    if definite is None and ("either," in seen or "either." in seen):
        return None, "ambiguous_decimals", [seen.get("either,") or seen["either."]]
    return definite, None, []
