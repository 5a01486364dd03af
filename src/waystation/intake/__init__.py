"""Messy files, read without guessing silently: tables become typed rows, layers outlines, each with their problems.

Tables: ``source = open_table(path, name="round 12.xlsx")``, then ``mapping = propose(source, fields)`` or the remembered
``Mapping.from_json(kept)`` with ``mapping.matches(source)``, then ``rows(source, mapping, fields)`` or ``batches``.

Layers of outlines (GeoJSON, TopoJSON, GeoPackage, Shapefile): ``intake.layer.open_layer``; what is wrong with an outline and
how large it is: ``intake.outlines``. Lists of areas with their codes: ``intake.arealists``, ``intake.adminlevels``.
"""

from waystation.intake.arrow import batches, schema
from waystation.intake.cells import Odd, key, letters, looks_damaged
from waystation.intake.content import Limits
from waystation.intake.delimited import Sheet
from waystation.intake.fields import Field
from waystation.intake.layout import Layout
from waystation.intake.mapping import Mapping, Match, Take, Wide
from waystation.intake.proposing import propose
from waystation.intake.reading import Row, Tally, all_values, rows
from waystation.intake.source import Column, Source, open_table

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
    "all_values",
    "batches",
    "key",
    "letters",
    "looks_damaged",
    "open_table",
    "propose",
    "rows",
    "schema",
]
