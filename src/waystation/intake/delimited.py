"""CSV and its relatives, as lines of cells. Every cell is text or truly empty: "NA" is text."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Generator
from dataclasses import dataclass

from waystation.intake import encodings
from waystation.intake.cells import Cell, Line, trimmed
from waystation.intake.content import Content, Kind
from waystation.intake.refusals import refuse

_DELIMITERS = ",;\t|"
_HINT = re.compile(r'"?sep=(.)"?\s*$')  # Excel's own first line


@dataclass(frozen=True)
class Sheet:
    """A table of a file: its name, its size where the file says it (else None), and whether it is hidden.

    ``held`` is about how many cells hold something; None for formats without sheets.
    """

    name: str
    rows: int | None = None
    columns: int | None = None
    hidden: bool = False
    held: int | None = None


class Delimited:
    """A delimited text file; memory does not grow with its rows."""

    kind: Kind = "csv"

    def __init__(self, content: Content, encoding: str | None = None) -> None:
        self.content = content
        self.encoding = encoding or encodings.detect(content)
        self.hinted, self.delimiter = self._delimiter()

    def sheets(self) -> list[Sheet]:
        """One sheet without a name."""
        return [Sheet("")]

    def _delimiter(self) -> tuple[bool, str]:
        """Whether the first line is Excel's hint, and the delimiter that cuts the first rows most evenly."""
        text = self.content.head(1 << 16).decode(self.encoding, "ignore")
        lines = text.splitlines()
        hint = _HINT.match(lines[0]) if lines else None
        if hint:
            return True, hint[1]
        best, best_score = ",", 0.0
        for delimiter in _DELIMITERS:
            widths = Counter(len(row) for row in csv.reader(lines[:50], delimiter=delimiter) if row)
            width, times = max(widths.items(), key=lambda pair: (pair[1], pair[0]), default=(1, 0))
            score = (width > 1) * times / max(sum(widths.values()), 1) + min(width, 50) / 1000
            if score > best_score:
                best, best_score = delimiter, score
        return False, best

    def lines(self, sheet: str | None = None) -> Generator[Line, None, None]:
        """Yield (row, cells). The row is the record's number as a spreadsheet shows it. Refuses broken quotes."""
        limits = self.content.limits
        with self.content.open() as raw, io.TextIOWrapper(raw, encoding=self.encoding, newline="") as text:
            reader = csv.reader(text, delimiter=self.delimiter, strict=True)
            number = 0
            try:
                for number, record in enumerate(reader, 1):
                    if number == 1 and self.hinted:
                        continue
                    cells: list[Cell] = [cell or None for cell in record]
                    trimmed(cells)
                    if not cells:
                        continue
                    if len(cells) > limits.columns:
                        refuse("too_many_columns", file=self.content.name, row=number, limit=limits.columns)
                    if number > limits.rows:
                        refuse("too_many_rows", file=self.content.name, row=number, limit=limits.rows)
                    yield number, cells
            except csv.Error as error:
                code = "truncated" if "end of data" in str(error) else "broken_quote"
                refuse(code, file=self.content.name, row=number + 1, detail=str(error))
            except UnicodeError as error:
                refuse("mixed_encoding", file=self.content.name, row=number + 1, detail=str(error))

    def cut(self) -> bool:
        """Whether the file does not end with the end of a line, as a download that broke off does not."""
        with self.content.open() as stream:
            stream.seek(max(self.content.size - 4, 0))
            tail = stream.read().replace(b"\x00", b"")
        return not tail.endswith((b"\n", b"\r"))
