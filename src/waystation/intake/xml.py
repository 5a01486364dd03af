"""XML of workbooks, read by expat as a stream. A document type is refused: entities are how XML bombs are made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import IO
from xml.parsers import expat

from waystation.intake.content import CHUNK
from waystation.intake.refusals import refuse

Attributes = dict[str, str]


def parse(
    stream: IO[bytes],
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None],
    text: Callable[[str], None],
    *,
    file: str,
    part: str,
) -> Iterator[None]:
    """Feed a stream to the three callbacks; yields after each piece, so that a caller can hand on what it has."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.buffer_size = 1 << 16
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text

    def doctype(*_: object) -> None:
        refuse("unsafe_xml", file=file, part=part)

    parser.StartDoctypeDeclHandler = doctype
    parser.EntityDeclHandler = doctype
    try:
        while chunk := stream.read(CHUNK):
            parser.Parse(chunk, False)
            yield
        parser.Parse(b"", True)
        yield
    except (expat.ExpatError, ValueError) as error:  # a row or style whose number is none
        refuse("damaged", file=file, detail=f"{part}: {error}")


def parse_all(
    stream: IO[bytes],
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None] = lambda name: None,
    text: Callable[[str], None] = lambda data: None,
    *,
    file: str,
    part: str,
) -> None:
    """``parse`` to the end."""
    for _ in parse(stream, start, end, text, file=file, part=part):
        pass


def local(name: str) -> str:
    """An element's or attribute's name without its prefix."""
    return name.rpartition(":")[2]
