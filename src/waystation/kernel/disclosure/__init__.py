"""Disclosure: keep small counts out of published tables, and keep totals from giving them back.

``suppress`` chooses the cells to hide, ``audit`` attacks a release from outside. The method, its assumptions and its
limits are in ``docs/disclosure.md``.
"""

from waystation.kernel.disclosure import refusals as refusals
from waystation.kernel.disclosure.attack import Leak, audit
from waystation.kernel.disclosure.cells import Cells, cells_from
from waystation.kernel.disclosure.structure import Dim, Key, Structure
from waystation.kernel.disclosure.suppression import Audit, Reason, Result, suppress

__all__ = [
    "Audit", "Cells", "Dim", "Key", "Leak", "Reason", "Result", "Structure", "audit", "cells_from", "suppress",
]  # fmt: skip
