"""Disclosure: keep small counts out of published tables, and keep totals from giving them back.

``suppress`` chooses the cells to hide, ``audit`` attacks a release from outside. A library of its own: it knows no record,
no scope and no release. The method, its assumptions and its limits are in ``docs/disclosure.md``.
"""

from waystation.disclosure.attack import Leak, audit
from waystation.disclosure.cells import Cells, cells_from, key_of
from waystation.disclosure.structure import Dim, Key, Structure
from waystation.disclosure.suppression import Audit, Reason, Result, suppress
from waystation.disclosure.unsound import Flaw, Unsound

__all__ = [
    "Audit", "Cells", "Dim", "Flaw", "Key", "Leak", "Reason", "Result", "Structure", "Unsound", "audit", "cells_from",
    "key_of", "suppress",
]  # fmt: skip
