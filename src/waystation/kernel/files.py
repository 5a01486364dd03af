"""Files that a person names."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from waystation.kernel.refusals import require


def files_of(names: Iterable[str]) -> list[Path]:
    """Paths of files that are there. Raises Refused ``kernel.no_file``."""
    found = [Path(name) for name in names]
    for path in found:
        require(path.is_file(), "kernel.no_file", path=path)
    return found
