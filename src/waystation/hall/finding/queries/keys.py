"""Keys of entries: the register in the upper bits, the record's key in the lower ones."""

from __future__ import annotations

import hashlib
from functools import cache

from waystation.kernel.register import Register, registers

BITS = 41  # of a record's key: two million million records in a register
REGISTERS = 1 << 21


@cache
def offset(name: str) -> int:
    """What is added to a record's key: the same for a register in every house, so that an index can be moved with its records."""
    return (1 + int.from_bytes(hashlib.sha256(name.encode()).digest()[:4]) % (REGISTERS - 1)) << BITS


def span(register: Register) -> tuple[int, int]:
    """The first and the last key that entries of a register can have."""
    start = offset(register.name)
    return start, start + (1 << BITS) - 1


def register_at(key: int) -> tuple[Register | None, int]:
    """The register and the record's key; None for one that is not declared any more."""
    start = key >> BITS << BITS
    found = next((one for name, one in registers.items() if offset(name) == start), None)
    return found, key - start


def clashing() -> list[tuple[str, str]]:
    """Pairs of registers whose keys would be the same; there are none, or one of them needs another name."""
    seen: dict[int, str] = {}
    return [(seen[offset(name)], name) for name in registers if seen.setdefault(offset(name), name) != name]
