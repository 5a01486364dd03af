"""The full outlines, one partition for each file of boundaries: WKB in degrees (WGS 84)."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
from django.utils.translation import gettext_lazy as _

from waystation.apps.places.shapes import Outline
from waystation.kernel.datasets import Col, Dataset, Terms
from waystation.kernel.models import Partition

outlines = Dataset(
    "places.outlines",
    (
        Col("country", pa.string(), label=_("country"), hxl="#country+code+v_iso3"),
        Col("level", pa.int16(), label=_("level"), hxl="#geo+admin_level"),
        Col("pcode", pa.string(), label=_("p-code"), hxl="#adm+code"),
        Col("name", pa.string(), label=_("name"), hxl="#adm+name"),
        Col("wkb", pa.binary(), label=_("outline (WKB)"), hxl="#geo+bounds"),
    ),
    about=_("Full outlines of areas, as they came"),
)
BATCH = 1000


def kept(rows: Sequence[Outline], terms: Terms, origin: str) -> Partition:
    """The partition that holds full outlines, written to disk and not saved: ``load_boundaries`` saves it.

    ``origin`` is the SHA-256 of the file they came in.
    """
    fields = [f for f in outlines.schema if not f.name.startswith("_")]
    batches = (
        pa.RecordBatch.from_pylist(
            [
                {"country": one.country, "level": one.level, "pcode": one.pcode, "name": one.name, "wkb": one.wkb,
                 "origin": origin, "origin_row": one.row}
                for one in rows[start : start + BATCH]
            ],
            schema=pa.schema(fields),
        )
        for start in range(0, len(rows), BATCH)
    )  # fmt: skip
    where = {one.country for one in rows}
    key = f"{where.pop() if len(where) == 1 else 'several'}.{rows[0].level}"
    before = Partition.objects.filter(dataset=outlines.name, key=key).count()
    return outlines.write(batches, key=key, version=before + 1, terms=terms)
