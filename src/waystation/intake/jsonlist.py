"""A list of objects inside JSON, read as a stream: the first line is the keys, then one line per object.

The standard library's decoder is asked for one object at a time, so memory does not grow with the list.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Generator
from contextlib import closing
from decimal import Decimal
from typing import Any, TextIO

from waystation.intake import encodings
from waystation.intake.cells import Cell, Line, Odd
from waystation.intake.content import CHUNK, MEBIBYTE, Content, Kind
from waystation.intake.delimited import Sheet
from waystation.intake.refusals import refuse

_SPACE = re.compile(r"[ \t\r\n]*")
_LOOK_AHEAD = 1_000  # objects whose keys become the columns


class _Scanner:
    """Walks through JSON text that is read piece by piece."""

    def __init__(self, text: TextIO, number: Callable[[str], Any], largest: int = 64 * MEBIBYTE) -> None:
        self.text, self.largest = text, largest
        self.buffer, self.at, self.ended = "", 0, False
        self.decoder = json.JSONDecoder(parse_float=number, parse_constant=lambda name: Odd("cell_error", name))

    def more(self) -> bool:
        """Read on, as much again as waits to be understood; False at the end of the file."""
        piece = "" if self.ended else self.text.read(max(CHUNK, len(self.buffer) - self.at))
        self.ended = not piece
        self.buffer, self.at = self.buffer[self.at :] + piece, 0
        return bool(piece)

    def peek(self) -> str:
        """The next character that is not space; '' at the end."""
        while True:
            found = _SPACE.match(self.buffer, self.at)
            self.at = found.end() if found else self.at
            if self.at < len(self.buffer):
                return self.buffer[self.at]
            if not self.more():
                return ""

    def take(self, expected: str) -> bool:
        """Step over a character if it comes next."""
        if self.peek() != expected:
            return False
        self.at += 1
        return True

    def value(self) -> Any:
        """The next whole value. Raises ValueError when it is broken, EOFError when the file ends within it."""
        self.peek()
        while True:
            try:
                value, end = self.decoder.raw_decode(self.buffer, self.at)
                if end < len(self.buffer) or self.ended or self.buffer[end - 1] in '}]"':
                    self.at = end
                    return value
            except json.JSONDecodeError as error:
                rest = self.buffer[error.pos :].strip()
                unfinished = "Unterminated" in error.msg or any(w.startswith(rest) for w in ("true", "false", "null"))
                if self.ended:
                    if unfinished:
                        raise EOFError from error
                    raise
                if len(self.buffer) - self.at > self.largest or not (unfinished or len(rest) < 32):
                    raise
            if not self.more() and self.at >= len(self.buffer):
                raise EOFError


class Objects:
    """The objects of a list inside JSON, one at a time. ``path`` is where the list was found, joined by points."""

    def __init__(self, content: Content, encoding: str, number: Callable[[str], Any] = Decimal) -> None:
        self.content, self.encoding, self.number, self.path = content, encoding, number, ""
        self._keys_seen: list[str] = []

    def read(self, path: str | None = None) -> Generator[dict[str, Any], None, None]:
        """The objects of the list at ``path`` (None: the first list of objects). Raises Refused where they break off."""
        name, position = self.content.name, 0
        with self.content.open() as raw, io.TextIOWrapper(raw, encoding=self.encoding) as text:
            scanner = _Scanner(text, self.number)
            try:
                self._seek(scanner, path)
                while not scanner.take("]"):
                    item = scanner.value()
                    position += 1
                    if not isinstance(item, dict):
                        refuse("broken_json", file=name, row=position, detail=type(item).__name__)
                    yield item
                    if not scanner.take(",") and scanner.peek() != "]":
                        raise EOFError if not scanner.peek() else ValueError("no comma")
            except EOFError:
                refuse("truncated", file=name, row=position + 1, detail="JSON")
            except (ValueError, RecursionError) as error:
                refuse("broken_json", file=name, row=position + 1, detail=str(error)[:80])

    def _seek(self, scanner: _Scanner, path: str | None) -> None:
        """Step into the list, remembering its path."""
        self._keys_seen = []
        wanted = [p for p in path.split(".") if p] if path is not None else None
        if scanner.peek() == "[" and not wanted:
            scanner.take("[")
            self.path = ""
            return
        found = self._descend(scanner, wanted, []) if scanner.peek() == "{" else None
        if found is None:
            keys = ", ".join(self._keys_seen)
            refuse("no_list", file=self.content.name, path=path if path is not None else "*", keys=keys)
        self.path = ".".join(found)

    def _descend(self, scanner: _Scanner, wanted: list[str] | None, trail: list[str]) -> list[str] | None:
        """Walk one object; returns the path of the list stepped into, or None after its end."""
        scanner.take("{")
        while not scanner.take("}"):
            name = scanner.value()
            self._keys_seen.append(".".join([*trail, name]))
            if not scanner.take(":"):
                raise EOFError if not scanner.peek() else ValueError("no comma")
            here = [*trail, name]
            on_way = wanted is None or wanted[: len(here)] == here
            if scanner.peek() == "[" and on_way and wanted in (None, here):
                scanner.take("[")
                if scanner.peek() == "{" or (wanted == here and scanner.peek() == "]"):
                    return here
                while not scanner.take("]"):
                    scanner.value()
                    scanner.take(",")
            elif scanner.peek() == "{" and on_way and len(here) < 8:
                found = self._descend(scanner, wanted, here)
                if found is not None:
                    return found
            else:
                scanner.value()
            scanner.take(",")
        return None


class JsonList:
    """JSON with a list of objects, at the top or under a path such as ``result`` or ``data.items``."""

    kind: Kind = "json"

    def __init__(self, content: Content, path: str | None = None, encoding: str | None = None) -> None:
        self.content = content
        self.encoding = encoding or encodings.detect(content)
        self._list = Objects(content, self.encoding)
        with closing(self._list.read(path)) as objects:
            keys: dict[str, None] = {}
            for count, item in enumerate(objects):
                keys |= dict.fromkeys(flat(item))
                if count >= _LOOK_AHEAD:
                    break
        self.keys = list(keys)
        if not self.keys:
            refuse("no_rows", file=content.name)
        if len(self.keys) > content.limits.columns:
            refuse("too_many_columns", file=content.name, limit=content.limits.columns)

    @property
    def path(self) -> str:
        """The keys to the list, joined by points."""
        return self._list.path

    def sheets(self) -> list[Sheet]:
        """One, without a name."""
        return [Sheet("")]

    def lines(self, sheet: str | None = None) -> Generator[Line, None, None]:
        """Yield line 0 with the keys, then (position in the list from 1, cells). Objects within objects become a.b."""
        yield 0, list(self.keys)
        width = len(self.keys)
        limit = self.content.limits.rows
        with closing(self._list.read(self.path)) as objects:
            for position, item in enumerate(map(flat, objects), 1):
                if position > limit:
                    refuse("too_many_rows", file=self.content.name, limit=limit)
                cells: list[Cell] = [item.get(k) for k in self.keys]
                if len(item) > width or any(c == "" for c in cells):
                    cells = [None if c == "" else c for c in cells]
                yield position, cells

    def cut(self) -> bool:
        """Never: JSON that breaks off cannot be read."""
        return False


def flat(item: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """An object with the keys of objects inside it joined by points; lists become their JSON text."""
    if not any(isinstance(v, dict | list) for v in item.values()):
        return {prefix + k: v for k, v in item.items()} if prefix else item
    found: dict[str, Any] = {}
    for name, value in item.items():
        if isinstance(value, dict):
            found |= flat(value, f"{prefix}{name}.")
        elif isinstance(value, list):
            found[prefix + name] = json.dumps(value, ensure_ascii=False, default=str)
        else:
            found[prefix + name] = value
    return found
