"""Small values everything else is made of: the clock, digests of canonical bytes, ids, and the as-of pair."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

_clock: ContextVar[Callable[[], datetime]] = ContextVar("clock", default=lambda: datetime.now(UTC))
_random: ContextVar[Callable[[int], str]] = ContextVar("random", default=secrets.token_hex)


def now() -> datetime:
    """The present moment, in UTC, from the injected clock."""
    return _clock.get()()


def today() -> date:
    """The present UTC day, from the injected clock."""
    return now().date()


@contextmanager
def clock(read: Callable[[], datetime] | datetime) -> Iterator[None]:
    """Use another clock inside the block: a moment that stands still, or a function."""
    token = _clock.set(read if callable(read) else lambda: read)
    try:
        yield
    finally:
        _clock.reset(token)


def fresh_id(size: int = 16) -> str:
    """Unguessable lowercase hexadecimal of ``size`` bytes, from the injected source."""
    return _random.get()(size)


@contextmanager
def ids(read: Callable[[int], str]) -> Iterator[None]:
    """Use another source of ids inside the block (tests and the demonstration, which must repeat themselves)."""
    token = _random.set(read)
    try:
        yield
    finally:
        _random.reset(token)


def plain(value: Any) -> Any:
    """``value`` as JSON can hold it: dates as ISO 8601, decimals as text, records as ``model:pk``."""
    if value is None or isinstance(value, str | int | bool):
        return value
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f") if value else "0"
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    if isinstance(value, set | frozenset):
        return sorted(plain(v) for v in value)
    if isinstance(value, bytes | bytearray | memoryview):
        return hashlib.sha256(value).hexdigest()
    if hasattr(value, "_meta") and hasattr(value, "pk"):
        return f"{value._meta.label_lower}:{value.pk}"
    return str(value)


def canonical(value: Any) -> bytes:
    """The one byte form a value has: sorted keys, no spaces, UTF-8. What every digest is taken of."""
    return json.dumps(plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(value: Any) -> str:
    """SHA-256 of the canonical bytes, lowercase hexadecimal (64 characters)."""
    return hashlib.sha256(canonical(value)).hexdigest()


def file_digest(path: Path) -> str:
    """SHA-256 of a file's bytes, read in chunks. Raises OSError."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
