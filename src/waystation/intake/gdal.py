"""TopoJSON, GeoPackage and Shapefile, read by GDAL (pyogrio).

GDAL is given only formats that were told by their content: some of its drivers can be made to open other files and addresses.
"""

from __future__ import annotations

import warnings
from pathlib import Path

import pyogrio
import shapely

from waystation.intake.feature import Feature, Layer
from waystation.intake.refusals import problem, refuse


def read(path: Path, kind: str, name: str, layer: str = "") -> tuple[Layer, str]:
    """The features of a file, and its coordinate system or ''. ``layer`` names one of several in a GeoPackage."""
    if kind == "shapefile":
        _whole(path, name)
    with warnings.catch_warnings(record=True) as remarks:
        warnings.simplefilter("always")
        try:
            names = [str(one) for one, geometry in pyogrio.list_layers(path) if geometry is not None]
            if len(names) != 1 and layer not in names:
                refuse("several_layers" if names else "no_layer", file=name, names=", ".join(names[:12]))
            meta, _fids, shapes, columns = pyogrio.raw.read(path, layer=layer if layer in names else names[0])
        except pyogrio.errors.DataSourceError as error:
            refuse("damaged", file=name, detail=str(error).replace(str(path), name)[:200])
    fields = [str(one) for one in meta["fields"]]
    found = Layer(findings=[
        problem("reader_said", file=name, said=said[:200]) for said in dict.fromkeys(str(one.message) for one in remarks)
    ])  # fmt: skip
    for row, wkb in enumerate(shapes):
        values = {column: values[row] for column, values in zip(fields, columns, strict=True)}
        found.features.append(Feature(row + 1, values, shapely.from_wkb(wkb) if wkb is not None else None))
    return found, str(meta["crs"] or "")


def _whole(path: Path, name: str) -> None:
    """Refuses a Shapefile that came without its companions."""
    beside = {one.suffix.lower() for one in path.parent.iterdir() if one.stem == path.stem}
    missing = [suffix for suffix in (".shx", ".dbf") if suffix not in beside]
    if missing:
        refuse("shapefile_incomplete", file=name, missing=", ".join(missing))
