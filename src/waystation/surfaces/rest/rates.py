"""How often somebody may ask: one count for all processes of a machine, without a write to the database.

A file of the data folder, mapped into memory by every process, holds one moment for each caller: when they would be back
to having asked nothing (the generic cell rate algorithm). A request moves it on by the time that one request is worth;
what would move it further ahead than the allowance is refused. A slot is locked while it is read and written. Machines
that share a database do not share this file: each counts by itself.
"""

from __future__ import annotations

import fcntl
import hashlib
import math
import mmap
import os
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings

SLOTS = 1 << 14
PROBES = 4
SLOT = struct.Struct("<Qd")  # whose, and the moment
WINDOW = 60.0  # seconds for which an allowance is said
TINY = 1e-4  # seconds: what sums of floats are off by is nobody's fault


@dataclass(frozen=True)
class Allowance:
    """How many requests a minute there are, how many are left now, after how many seconds all of them are back; and, when
    this one was too many, how long to wait."""

    limit: int
    left: int
    reset: int
    wait: int = 0


class Counts:
    """The mapped file of one data folder."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        os.ftruncate(self._file, SLOTS * SLOT.size)
        self._map = mmap.mmap(self._file, SLOTS * SLOT.size)
        self._threads = threading.Lock()

    def __del__(self) -> None:
        if hasattr(self, "_map"):
            self._map.close()
            os.close(self._file)

    def take(self, caller: str, limit: int, moment: float) -> Allowance:
        """Count one request of a caller at a moment (seconds, the wall clock: it must be one for all processes)."""
        tag = int.from_bytes(hashlib.blake2b(caller.encode(), digest_size=8).digest(), "big") | 1
        first = tag % (SLOTS - PROBES)
        with self._locked(first):
            at = self._slot(first, tag, moment)
            held, back = SLOT.unpack_from(self._map, at)
            back = max(back, moment) if held == tag else moment
            further = back + WINDOW / limit
            if further - moment > WINDOW + TINY:
                return Allowance(limit, 0, math.ceil(back - moment), max(1, math.ceil(further - moment - WINDOW)))
            SLOT.pack_into(self._map, at, tag, further)
        return Allowance(limit, int((WINDOW - (further - moment) + TINY) * limit / WINDOW), math.ceil(further - moment))

    def _slot(self, first: int, tag: int, moment: float) -> int:
        """Where a caller is counted: their own slot, else one whose caller has been quiet, else the quietest."""
        slots = [(first + n) * SLOT.size for n in range(PROBES)]
        held = [(SLOT.unpack_from(self._map, at), at) for at in slots]
        own = next((at for (whose, _back), at in held if whose == tag), None)
        return own if own is not None else min(held, key=lambda one: one[0][1])[1]

    @contextmanager
    def _locked(self, first: int) -> Iterator[None]:
        with self._threads:
            span = (PROBES * SLOT.size, first * SLOT.size)
            fcntl.lockf(self._file, fcntl.LOCK_EX, *span)
            try:
                yield
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN, *span)


@lru_cache(maxsize=2)
def _counts(home: str) -> Counts:
    return Counts(Path(home) / "run" / "rates")


def take(caller: str, limit: int, moment: float) -> Allowance:
    """Count one request of a caller of this house."""
    return _counts(str(settings.WAYSTATION_HOME)).take(caller, limit, moment)
