"""What a caller wants from a file: its fields, and how the cells of one field become values."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from waystation.intake.cells import Cell, Odd, looks_damaged, plain
from waystation.intake.dates import is_serial, read_date
from waystation.intake.numbers import Style, Unread, read_decimal, read_integer
from waystation.intake.worksheet import EPOCH_1900, serial_date

FieldKind = Literal["integer", "decimal", "date", "text", "code"]
Read = Callable[[Cell], Any]
_INT64 = 1 << 63
_SPOILED = re.compile(
    r"(?P<number>\d([.,]\d+)?E\+\d+)|\d\d?-[A-Z][a-z]{2}|[A-Z][a-z]{2}-\d\d|\d{4}-\d\d-\d\d( 00:00:00)?|\d\d?/\d\d?/\d{4}"
)


@dataclass(frozen=True)
class Field:
    """A field the caller wants.

    Attributes:
        name: Its key in the values of a row.
        kind: integer (int, never a float), decimal (Decimal), date, text, code (text such as an identifier).
        required: Whether a row without it has a problem.
        hxl: HXL tags that mean it, the best first: ``("#adm1+code",)``.
        synonyms: Headers that mean it, in any language; compared without case, accents and punctuation.
        minimum: The least value of a number; 0 for counts.
        pattern: A regular expression that every code must match whole.
        dimension: For a number that describes a row (a year, a round) and does not count anything, so that it may be
            merged over several rows and is not added up when totals are looked for.
    """

    name: str
    kind: FieldKind = "text"
    required: bool = False
    hxl: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()
    minimum: int | Decimal | None = None
    pattern: str | None = None
    dimension: bool = False

    @property
    def counted(self) -> bool:
        """Whether it is a number that adds up."""
        return self.kind in ("integer", "decimal") and not self.dimension


def reader(
    field: Field,
    *,
    translate: Mapping[str, Any],
    decimal: Style | None,
    form: str | None,
    damaged: Callable[[str], None],
    epoch: date = EPOCH_1900,
) -> Read:
    """A function from a cell that is not empty to the field's value; it raises ``Unread``.

    Args:
        field: The field.
        translate: What texts stand for: ``{"Not available": None}``.
        decimal: How the column writes numbers.
        form: How it writes dates: ``iso``, ``serial`` or a strptime pattern.
        damaged: Called with texts that look damaged; they are kept.
        epoch: The day that is 0 in the workbook.
    """
    if field.kind == "integer":
        read = _integers(field, decimal)
    elif field.kind == "decimal":
        read = _decimals(field, decimal)
    elif field.kind == "date":
        read = _dates(form or "iso", epoch)
    elif field.kind == "code":
        read = _codes(field, damaged)
    else:
        read = _texts(damaged)
    tolerant = field.kind in ("text", "code", "date") or field.dimension

    def guarded(cell: Cell) -> Any:
        if isinstance(cell, Odd):
            if not (tolerant and cell.code == "merged_number"):
                raise Unread(cell.code, plain(cell), **cell.params)
            return read(cell.value)
        if isinstance(cell, str):
            text = cell.strip()
            if not text:
                return None
            if text in translate:
                text = translate[text]
                return None if text is None else read(text)
        return read(cell)

    return _quick(field, translate, guarded)


def _quick(field: Field, translate: Mapping[str, Any], read: Read) -> Read:
    """The same function with a short way for the cells that nearly all tables are made of."""
    if field.kind == "integer" and (field.minimum is None or field.minimum <= 0):
        if any(text.isdecimal() for text in translate):
            return read

        def whole(cell: Cell) -> Any:
            if cell.__class__ is str and len(cell) < 19 and cell.isdecimal():
                return int(cell)
            return read(cell)

        return whole
    if field.kind == "text" or (field.kind == "code" and not field.pattern):

        def text(cell: Cell) -> Any:
            if cell.__class__ is str and cell.isascii() and (found := cell.strip()) and found not in translate:
                return found
            return read(cell)

        def code(cell: Cell) -> Any:
            if cell.__class__ is str and cell.isalnum() and cell.isascii() and cell not in translate:
                return cell
            return read(cell)

        return text if field.kind == "text" else code
    return read


def _integers(field: Field, style: Style | None) -> Read:
    minimum = field.minimum

    def read(cell: Cell) -> int:
        if isinstance(cell, str):
            value = int(cell) if cell.isdecimal() else read_integer(cell, style)
        elif isinstance(cell, int) and not isinstance(cell, bool):
            value = cell
        elif isinstance(cell, Decimal) and cell.is_finite() and cell == cell.to_integral_value():
            value = int(cell)
        else:
            raise Unread("not_whole" if isinstance(cell, Decimal) else "not_a_number", plain(cell), field=field.name)
        if minimum is not None and value < minimum:
            raise Unread("below_minimum", value, minimum=minimum, field=field.name)
        if not -_INT64 <= value < _INT64:
            raise Unread("number_too_big", value)
        return value

    return read


def _decimals(field: Field, style: Style | None) -> Read:
    def read(cell: Cell) -> Decimal:
        if isinstance(cell, str):
            value = read_decimal(cell, style)
        elif isinstance(cell, int | Decimal) and not isinstance(cell, bool):
            value = Decimal(cell)
        else:
            raise Unread("not_a_number", plain(cell))
        if field.minimum is not None and value < field.minimum:
            raise Unread("below_minimum", value, minimum=field.minimum, field=field.name)
        if value.adjusted() > 18:
            raise Unread("number_too_big", value)
        return value

    return read


def _dates(form: str, epoch: date) -> Read:
    def read(cell: Cell) -> date:
        if isinstance(cell, str):
            if form == "serial" and cell.strip().isdecimal():
                return read(int(cell))
            return read_date(cell, form if form != "serial" else "iso")
        if isinstance(cell, datetime):
            return cell.date()
        if isinstance(cell, date):
            return cell
        if form == "serial" and is_serial(cell):
            found = serial_date(int(str(cell)), epoch)
            return found.date() if isinstance(found, datetime) else found
        if form in ("iso", "%Y%m%d") and isinstance(cell, int) and 1900_01_01 <= cell <= 2100_12_31:
            return read_date(str(cell), "%Y%m%d")  # 20251231
        raise Unread("not_a_date", plain(cell))

    return read


def _texts(damaged: Callable[[str], None]) -> Read:
    def read(cell: Cell) -> str:
        if isinstance(cell, str):
            text = cell.strip()
            if not text.isascii():
                # Halves of characters, which escapes can hold, become whole or show as damage.
                text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
                if looks_damaged(text):
                    damaged(text)
            return text
        if isinstance(cell, date):
            raise Unread("date_for_code", plain(cell))
        return plain(cell)

    return read


def spoiled_code(text: str) -> str:
    """Why a text is no code but what a spreadsheet made of one (3.5E+06, 1-Mar): a refusal's code, or ''."""
    found = _SPOILED.fullmatch(text)
    return "" if found is None else "number_shortened" if found["number"] else "date_for_code"


def _codes(field: Field, damaged: Callable[[str], None]) -> Read:
    text_of = _texts(damaged)
    pattern = re.compile(field.pattern) if field.pattern else None

    def read(cell: Cell) -> str:
        if isinstance(cell, Decimal):
            raise Unread("number_for_code", plain(cell))
        text = str(text_of(cell))
        if spoiled := spoiled_code(text):
            raise Unread(spoiled, text)
        if pattern and not pattern.fullmatch(text):
            raise Unread("not_this_code", text, field=field.name)
        return text

    return read
