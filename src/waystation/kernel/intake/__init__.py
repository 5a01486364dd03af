"""Messy tabular files, read without guessing silently: CSV, Excel and JSON become typed rows with their problems.

``source = open_table(path, name="round 12.xlsx")``, then ``mapping = propose(source, fields)`` or the remembered
``Mapping.from_json(kept)`` with ``mapping.matches(source)``, then ``rows(source, mapping, fields)`` or ``batches``.
"""

from waystation.kernel.intake.arrow import batches, schema
from waystation.kernel.intake.cells import Odd, key, letters, looks_damaged
from waystation.kernel.intake.content import Limits
from waystation.kernel.intake.delimited import Sheet
from waystation.kernel.intake.fields import Field
from waystation.kernel.intake.layout import Layout
from waystation.kernel.intake.mapping import Mapping, Match, Take, Wide
from waystation.kernel.intake.proposing import propose
from waystation.kernel.intake.reading import Row, Tally, rows
from waystation.kernel.intake.source import Column, Source, open_table

__all__ = [
    "Column",
    "Field",
    "Layout",
    "Limits",
    "Mapping",
    "Match",
    "Odd",
    "Row",
    "Sheet",
    "Source",
    "Take",
    "Tally",
    "Wide",
    "batches",
    "key",
    "letters",
    "looks_damaged",
    "open_table",
    "propose",
    "rows",
    "schema",
]
