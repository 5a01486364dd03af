"""The vocabulary of pages: what is on a page, said as data.

An app's page is a function that returns a ``Screen`` of blocks; the surfaces draw the same blocks as HTML
and as PDF. Blocks hold values, never markup. Numbers stay numbers (``None`` is "not available") so that
every surface formats them for its reader's language.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar, Literal

Text = Any  # a str, a lazily translated one, or a Sentence


class Percent(float):
    """A share 0..1, said as a percentage where nothing else (a column's kind) says so: in sentences, facts and numbers."""


@dataclass(frozen=True)
class Sentence:
    """A text with named values in braces: numbers, shares and days are said in the language of whoever reads it."""

    words: Text
    values: Mapping[str, Any]
    say: ClassVar[Callable[[Any], str]] = str  # the surfaces' wording takes this over

    def __str__(self) -> str:
        return str(self.words).format(**{name: type(self).say(value) for name, value in self.values.items()})


@dataclass(frozen=True)
class Column:
    """A table column; ``kind`` decides alignment and formatting."""

    key: str
    label: Text
    kind: Literal["text", "number", "share", "date", "state", "link"] = "text"
    hint: Text = ""


@dataclass(frozen=True)
class Link:
    """A value that opens a page: ``url`` is a path of this site; ``language``: the text's own, where it is not the page's."""

    text: Text
    url: str = ""
    language: str = ""


@dataclass(frozen=True)
class Notice:
    """A sentence that must be read. Tones: info, attention, refusal, done."""

    text: Text
    tone: Literal["info", "attention", "refusal", "done"] = "info"


@dataclass(frozen=True)
class Facts:
    """A short list of labelled values (label, value)."""

    items: Sequence[tuple[Text, Any]]
    title: Text = ""


@dataclass(frozen=True)
class Table:
    """Rows are mappings by column key. ``total`` is a last row kept apart; ``empty`` says what to do when there are none;
    ``printed`` False: it serves who sits at the screen and is left out on paper."""

    columns: Sequence[Column]
    rows: Sequence[Mapping[str, Any]]
    title: Text = ""
    caption: Text = ""
    total: Mapping[str, Any] | None = None
    empty: Text = ""
    printed: bool = True


@dataclass(frozen=True)
class Shape:
    """An area on a map: ``geometry`` is a GeoJSON geometry (WGS 84, degrees); ``value`` None means no data (drawn hatched),
    or what ``instead`` says in its place."""

    code: str
    name: str
    geometry: Mapping[str, Any]
    value: float | None = None
    url: str = ""
    instead: Text = ""


@dataclass(frozen=True)
class Dot:
    """A place on a map, drawn as a circle whose area is proportional to ``value``."""

    code: str
    name: str
    longitude: float
    latitude: float
    value: float | None = None
    url: str = ""


@dataclass(frozen=True)
class Map:
    """At most two encodings: shade of areas, size of circles. ``alt`` says in words what the map shows; ``signed``: the
    values of areas are differences, so that less and more have colours of their own."""

    title: Text
    alt: Text
    shapes: Sequence[Shape] = ()
    dots: Sequence[Dot] = ()
    unit: Text = ""
    note: Text = ""
    outline: Sequence[Mapping[str, Any]] = ()  # GeoJSON geometries drawn as a thin line, no value
    signed: bool = False


@dataclass(frozen=True)
class Point:
    """A value at a date; ``coverage`` is a share 0..1 drawn under the line; a ``None`` value is a gap."""

    at: date
    value: float | None
    series: Text = ""
    coverage: float | None = None
    label: Text = ""


@dataclass(frozen=True)
class Trend:
    """A line per series over time, coverage beneath, gaps drawn as gaps."""

    title: Text
    alt: Text
    points: Sequence[Point]
    unit: Text = ""
    note: Text = ""


@dataclass(frozen=True)
class Bars:
    """Labelled bars, longest first unless ``ordered``; ``items`` are (label, value), value may be None."""

    title: Text
    alt: Text
    items: Sequence[tuple[Text, float | None]]
    unit: Text = ""
    ordered: bool = False


@dataclass(frozen=True)
class Slider:
    """Steps through the values of one query parameter; ``steps`` are (value, label, coverage share or None)."""

    parameter: str
    label: Text
    steps: Sequence[tuple[str, Text, float | None]]
    current: str


@dataclass(frozen=True)
class Choice:
    """Pick one value of a query parameter; ``options`` are (value, label)."""

    parameter: str
    label: Text
    options: Sequence[tuple[str, Text]]
    current: str


@dataclass(frozen=True)
class Number:
    """A figure on a page: the number large, its unit, what it is as of, and the figure's page behind it."""

    label: Text
    value: float | None
    unit: Text = ""
    note: Text = ""
    url: str = ""


@dataclass(frozen=True)
class Numbers:
    """A few numbers side by side (at most four)."""

    items: Sequence[Number]


@dataclass(frozen=True)
class Question:
    """One thing a form asks for. ``options`` are (value, label); ``file`` may be several files; ``language`` is the answer's.

    A ``yesno`` is sent as "yes" or not at all; a required one as "yes" or "no".
    """

    name: str
    label: Text
    kind: Literal["text", "long", "number", "date", "choice", "yesno", "file"] = "text"
    value: Any = None
    options: Sequence[tuple[str, Text]] = ()
    hint: Text = ""
    required: bool = False
    language: str = ""


@dataclass(frozen=True)
class Form:
    """What the page's ``receive`` is sent: questions, a button that says what it does, values carried along."""

    submit: Text
    questions: Sequence[Question]
    title: Text = ""
    hidden: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Progress:
    """How far a job is (``job``: its reference) while it runs, and a way to stop it; the page comes anew when it has ended."""

    job: str


Block = Notice | Facts | Table | Map | Trend | Bars | Slider | Choice | Numbers | Form | Progress


@dataclass(frozen=True)
class Screen:
    """A page: its title, one sentence a colleague could read aloud, its blocks, its links and what it cites."""

    title: Text
    blocks: Sequence[Block]
    summary: Text = ""
    links: Sequence[Link] = ()
    source: Text = ""
    as_of: date | None = None
    parents: Sequence[Link] = field(default=())
