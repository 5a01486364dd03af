"""A file of outlines opened as a layer: features with their values and shapes in degrees (WGS 84), whatever the format.

``open_layer(path, name="regions.zip")`` takes GeoJSON, TopoJSON, GeoPackage and Shapefile, zipped or gzipped or as they are.
What a file is, is told by its content, never by its name.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

import numpy as np
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from waystation.intake import archives, gdal, geojson
from waystation.intake.content import MEBIBYTE, Content, Limits
from waystation.intake.feature import Feature, Layer
from waystation.intake.refusals import problem, refuse

__all__ = ["LIMITS", "Feature", "Layer", "open_layer"]

LIMITS = Limits(bytes=200 * MEBIBYTE, unpacked=800 * MEBIBYTE)
_LAYERS = (".shp", ".geojson", ".json", ".topojson", ".gpkg")
_BESIDE = (".shx", ".dbf", ".prj", ".cpg")


def open_layer(path: Path, *, name: str, layer: str = "", limits: Limits = LIMITS) -> Layer:
    """Read the one layer of a file, or of several the one that ``layer`` names (a file of an archive by its stem).

    Raises Refused: too large, a bomb, damaged, no layer or several, a coordinate system nobody knows.
    """
    content = Content(path, name, limits)
    with _unpacked(content, path, layer) as (file, inside):
        kind = _kind(inside.head(1 << 16))
        if kind == "geojson":
            found, crs = geojson.read(inside)
        elif kind:
            found, crs = gdal.read(file, kind, name, layer)
        else:
            refuse("not_a_layer", file=name)
    if not found.features:
        refuse("no_rows", file=name)
    _in_degrees(found, crs, name)
    return found


@contextmanager
def _unpacked(content: Content, path: Path, layer: str) -> Iterator[tuple[Path, Content]]:
    """The file of the layer and its content: as it came, or unpacked for the time of the block."""
    if not archives.is_zip(content) and not content.packed:
        yield path, content
        return
    with tempfile.TemporaryDirectory(prefix="layer-") as folder:
        file = Path(folder) / "layer"
        if archives.is_zip(content):
            file = _from_zip(content, Path(folder), layer)
        else:
            with content.open() as packed, file.open("wb") as out:
                shutil.copyfileobj(packed, out)
        yield file, Content(file, content.name, Limits(bytes=content.limits.unpacked))


def _from_zip(content: Content, folder: Path, layer: str) -> Path:
    """Unpack one layer and what belongs to it, under names of ours."""
    with archives.opened(content) as archive:
        parts = {PurePosixPath(one.filename.replace("\\", "/")): one for one in archive.infolist() if not one.is_dir()}
        members = [one for one in parts if "__MACOSX" not in one.parts]
        layers = [one for one in members if one.suffix.lower() in _LAYERS]
        if not layers:
            refuse("no_layer", file=content.name, names=_named(members))
        chosen = [one for one in layers if one.stem == layer] if len(layers) > 1 else layers
        if len(chosen) != 1:
            refuse("several_layers", file=content.name, names=_named([one.stem for one in layers]))
        stem = chosen[0].with_suffix("")
        beside = [one for one in members if one.suffix.lower() in _BESIDE and one.with_suffix("") == stem]
        for one in (*beside, *chosen):
            file = folder / f"layer{one.suffix.lower()}"
            with archives.member(archive, parts[one].filename, content.name) as packed, file.open("wb") as out:
                shutil.copyfileobj(packed, out)
    return file


def _named(names: list[str] | list[PurePosixPath]) -> str:
    return ", ".join(sorted(map(str, names))[:12])


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


def _in_degrees(found: Layer, crs: str, name: str) -> None:
    shapes = [one for one in found.features if one.shape is not None]
    drawn = shapely.force_2d(np.array([one.shape for one in shapes], dtype=object))
    if not crs:
        found.findings.append(problem("no_crs", file=name))
    else:
        try:
            theirs = CRS.from_user_input(crs)
        except CRSError:
            refuse("unknown_crs", file=name, crs=crs[:80])
        if theirs.to_epsg() != 4326 and theirs.to_authority() != ("OGC", "CRS84"):
            turn = Transformer.from_crs(theirs, "OGC:CRS84", always_xy=True)
            drawn = shapely.transform(drawn, turn.transform, interleaved=False)
            found.findings.append(problem("transformed", file=name, crs=theirs.name))
    for one, shape in zip(shapes, drawn, strict=True):
        one.shape = shape
