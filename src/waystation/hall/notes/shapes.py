"""What crosses the doors of the margins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class CheckedFile:
    """A file on disk whose content is of a kind that is taken. ``kind`` is its media type, ``size`` in bytes."""

    path: Path
    name: str
    kind: str
    size: int
    digest: str

    def __str__(self) -> str:  # as the trail keeps it: its name may say something about a person
        return f"sha256:{self.digest}"


@dataclass(frozen=True)
class Remark:
    """A comment: ``text`` is empty unless its state is "written", ``names`` are the user names in it; ``acts`` are those its reader may do now
    in ``register``, that of comments."""

    register: str
    ref: str
    author: str
    username: str
    at: datetime
    state: str
    state_word: Any
    text: str
    names: tuple[str, ...]
    edited: bool
    version: int
    acts: tuple[str, ...]


@dataclass(frozen=True)
class AttachedFile:
    """A file of a record: ``size`` in bytes, ``kind`` its media type, ``digest`` its SHA-256."""

    register: str
    ref: str
    name: str
    kind: str
    kind_word: Any
    size: int
    digest: str
    author: str
    at: datetime
    removed: bool
    acts: tuple[str, ...]


@dataclass(frozen=True)
class Margin:
    """All that is in the margin of a record, oldest first, for one reader. ``writable``: it can be written on at all."""

    comments: tuple[Remark, ...] = ()
    attachments: tuple[AttachedFile, ...] = ()
    following: bool = False
    more_comments: bool = False
    writable: bool = True


@dataclass(frozen=True)
class ServedFile:
    """A file to be handed out: where it lies, its safe name and its media type."""

    path: Path
    name: str
    kind: str
    size: int


@dataclass(frozen=True)
class Telling:
    """Somebody who is to be told of an act: ``subject`` is the record it concerns, as the trail names it."""

    person: int
    subject: str
    mentioned: bool = False
