"""Features of a file of boundaries: GeoJSON read here feature by feature, the other formats by GDAL (pyogrio).

GDAL takes a mistyped polygon (``Polygon`` nested as ``MultiPolygon``) for a nearly empty one without a word; reading
GeoJSON here lets each such feature be named. What a file is, is told by its content, never by its name: GDAL is given only the
formats named here, as some of its drivers can be made to open other files and addresses.
"""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError
from shapely.errors import ShapelyError

from waystation.apps.places.datasets.archives import refuse
from waystation.kernel.refusals import Problem

_FEATURES = re.compile(r'"features"\s*:\s*\[')
_GAP = re.compile(r"[\s,]*")
_CRS_NAME = re.compile(r'"crs"\s*:\s*\{.{0,80}?"name"\s*:\s*"([^"]+)"', re.DOTALL)
_DEPTHS = {"Point": 1, "MultiPoint": 2, "LineString": 2, "MultiLineString": 3, "Polygon": 3, "MultiPolygon": 4}
_BY_DEPTH = {3: "Polygon", 4: "MultiPolygon"}


@dataclass
class Feature:
    """One feature: ``row`` counts from 1 in the file. ``retyped`` is (what it said, how it is nested) when they differ."""

    row: int
    values: dict[str, Any]
    shape: Any
    retyped: tuple[str, str] | None = None


@dataclass
class Layer:
    """The features of a file in degrees (WGS 84), and what was noticed while reading."""

    features: list[Feature] = field(default_factory=list)
    findings: list[Problem] = field(default_factory=list)

    @property
    def columns(self) -> list[str]:
        """All columns, in the order they come."""
        return list(dict.fromkeys(name for one in self.features for name in one.values))


def read_layer(path: Path, name: str, layer: str = "") -> Layer:
    """The layer of an unpacked file; ``layer`` names one of several in a GeoPackage. Raises Refused."""
    with path.open("rb") as stream:
        head = stream.read(1 << 16)
    kind = _kind(head)
    if kind == "geojson":
        found, crs = _geojson(path, name)
    elif kind:
        if kind == "shapefile":
            _whole_shapefile(path, name)
        found, crs = _by_gdal(path, name, layer)
    else:
        raise refuse("not_boundaries", name)
    _in_degrees(found, crs, name)
    return found


def _kind(head: bytes) -> str:
    if head.startswith(b"SQLite format 3"):
        return "geopackage"
    if head.startswith(b"\x00\x00\x27\x0a"):
        return "shapefile"
    text = head.decode("utf-8-sig", "replace").lstrip()
    if not text.startswith("{") or "gdal_streamed_alg" in text:
        return ""
    if re.search(r'"type"\s*:\s*"Topology"', text):
        return "topojson"
    return "geojson" if re.search(r'"type"\s*:\s*"Feature', text) else ""


def _geojson(path: Path, name: str) -> tuple[Layer, str]:
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refuse("boundaries_unreadable", name, detail=str(error)) from error
    start = _FEATURES.search(text)
    if start is None:
        raise refuse("boundaries_unreadable", name, detail='"features" is missing')
    found = Layer([_feature(row, one) for row, one in enumerate(_decoded(text, start.end(), name), 1)])
    said = _CRS_NAME.search(text[:4096])
    return found, said[1] if said else "OGC:CRS84"


def _decoded(text: str, place: int, name: str) -> Iterator[dict[str, Any]]:
    """Features one after the other: never the whole file as objects, which would take many times its size."""
    decoder = json.JSONDecoder()
    while True:
        gap = _GAP.match(text, place)
        place = gap.end() if gap else place
        if text[place : place + 1] == "]":
            return
        try:
            one, place = decoder.raw_decode(text, place)
        except (json.JSONDecodeError, RecursionError) as error:
            where = text.count("\n", 0, place) + 1
            raise refuse("boundaries_unreadable", name, detail=f"line {where}: {error}"[:200]) from error
        if not isinstance(one, dict):
            raise refuse("boundaries_unreadable", name, detail=f"{one!r:.40} is no feature")
        yield one


def _feature(row: int, one: dict[str, Any]) -> Feature:
    values, geometry = one.get("properties") or {}, one.get("geometry") or {}
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    nested = _BY_DEPTH.get(_depth(coordinates), "")
    retyped = (str(kind), nested) if nested and kind in _BY_DEPTH.values() and nested != kind else None
    try:
        shape = shapely.geometry.shape({"type": nested if retyped else kind, "coordinates": coordinates})
    except (ValueError, TypeError, AttributeError, IndexError, ShapelyError):
        shape = None
    return Feature(row, values if isinstance(values, dict) else {}, shape, retyped)


def _depth(coordinates: Any) -> int:
    depth = 0
    while isinstance(coordinates, list) and coordinates:
        coordinates, depth = coordinates[0], depth + 1
    return depth


def _whole_shapefile(path: Path, name: str) -> None:
    beside = {one.suffix.lower() for one in path.parent.iterdir() if one.stem == path.stem}
    missing = [suffix for suffix in (".shx", ".dbf") if suffix not in beside]
    if missing:
        raise refuse("shapefile_incomplete", name, missing=", ".join(missing))


def _by_gdal(path: Path, name: str, layer: str) -> tuple[Layer, str]:
    found = Layer()
    with warnings.catch_warnings(record=True) as remarks:
        warnings.simplefilter("always")
        try:
            names = [str(one) for one, kind in pyogrio.list_layers(path) if kind is not None]
            if len(names) != 1 and layer not in names:
                raise refuse("several_layers", name, names=", ".join(names[:12]))
            meta, _fids, shapes, columns = pyogrio.raw.read(path, layer=layer or names[0])
        except pyogrio.errors.DataSourceError as error:
            raise refuse("boundaries_unreadable", name, detail=str(error)[:200]) from error
    for said in dict.fromkeys(str(one.message) for one in remarks):
        found.findings.append(Problem("places.reader_said", {"said": said[:200]}, file=name))
    fields = [str(one) for one in meta["fields"]]
    for row, wkb in enumerate(shapes):
        values = {column: values[row] for column, values in zip(fields, columns, strict=True)}
        found.features.append(Feature(row + 1, values, shapely.from_wkb(wkb) if wkb is not None else None))
    return found, str(meta["crs"] or "")


def _in_degrees(found: Layer, crs: str, name: str) -> None:
    shapes = [one for one in found.features if one.shape is not None]
    drawn = shapely.force_2d(np.array([one.shape for one in shapes], dtype=object))
    if not crs:
        found.findings.append(Problem("places.no_crs", {}, file=name))
    else:
        try:
            theirs = CRS.from_user_input(crs)
        except CRSError as error:
            raise refuse("unknown_crs", name, crs=crs[:80]) from error
        if theirs.to_epsg() != 4326 and theirs.to_authority() != ("OGC", "CRS84"):
            turn = Transformer.from_crs(theirs, "OGC:CRS84", always_xy=True)
            drawn = shapely.transform(drawn, turn.transform, interleaved=False)
            found.findings.append(Problem("places.transformed", {"crs": theirs.name}, file=name))
    for one, shape in zip(shapes, drawn, strict=True):
        one.shape = shape
