"""Boundaries that are refused: each problem names the file, the feature and what to do, and nothing has changed."""

from __future__ import annotations

import json
import sqlite3
import stat
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pyogrio
import pytest
import shapely

from waystation.apps.places.datasets import archives
from waystation.apps.places.tests.making import Desk, box, feature
from waystation.apps.places.tests.test_boundaries import regions, written, zipped

BOWTIE = shapely.Polygon([(23, -18), (24, -17), (24, -18), (23, -17)])
MISTYPED = {"type": "Polygon", "coordinates": [[[[23, -18], [24, -18], [24, -17], [23, -18]]]]}


def zambezi(shape: Any, **more: Any) -> dict[str, Any]:
    return feature("NA01", "Zambezi", shape, **more)


@pytest.mark.parametrize(
    "bad,code",
    [
        (zambezi(BOWTIE), "boundary_crosses"),
        (zambezi(MISTYPED), "boundary_mistyped"),
        (zambezi(None), "boundary_empty"),
        (zambezi({"type": "Polygon", "coordinates": [[["a", 1], [2, 3], [4, 5], ["a", 1]]]}), "boundary_empty"),
        (zambezi({"type": "Polygon", "coordinates": []}), "boundary_empty"),
        (zambezi(shapely.Point(23, -18)), "boundary_no_polygon"),
        (zambezi(box(500_000, 8_000_000, 1000)), "boundary_not_degrees"),
        (zambezi(box(23, -18, 1e-6)), "boundary_nearly_empty"),
        (zambezi(box(23, -18, 0.1), area_sqkm=14_785.0), "boundary_area_differs"),
        (feature("NA01", "Zambezi", box(23, -18), country="QQQ"), "unknown_country"),
        (feature("NA09", "Nowhere", box(23, -18)), "outline_of_no_area"),
        (feature("NA0101", "Kongola", box(23, -18)), "outline_of_other_level"),
        (feature("NA02", "Erongo again", box(26, -18)), "outline_twice"),
        (feature("", "No code", box(26, -18)), "code_missing"),
    ],
)
def test_a_bad_feature_is_named(keeping: Desk, bad: dict[str, Any], code: str) -> None:
    keeping.namibia()
    path = keeping.geojson(feature("NA02", "Erongo", box(24, -18)), bad)
    (problem,) = keeping.refused("boundaries", path)
    assert problem.code == f"places.{code}"
    assert problem.row == 2
    assert bad["properties"]["ADM1_EN"] in problem.message or code == "unknown_country"
    assert keeping.take("boundaries", path, "--leave-out")["changes"]["new"] == 1


def test_where_a_boundary_crosses_itself_is_said(keeping: Desk) -> None:
    keeping.namibia()
    (problem,) = keeping.refused("boundaries", keeping.geojson(zambezi(BOWTIE)))
    assert "longitude 23.5, latitude -17.5" in problem.message


def test_repairs_tell_what_they_change(keeping: Desk) -> None:
    keeping.namibia()
    spike = shapely.Polygon([(23, -18), (24, -18), (24, -17), (24, -16.5), (24, -17), (23, -17)])
    found = keeping.found("boundaries", keeping.geojson(zambezi(spike)), "--repair")
    assert found[0] == "places.boundary_repaired"
    assert keeping.found("boundaries", keeping.geojson(zambezi(MISTYPED)), "--repair")[0] == "places.boundary_retyped"
    islands = [zambezi(box(23, -18)), zambezi(box(25, -18))]
    assert keeping.found("boundaries", keeping.geojson(*islands), "--repair")[0] == "places.boundary_joined"


@pytest.mark.parametrize(
    "content,code",
    [
        (b"a,b\n1,2\n", "not_boundaries"),
        (b'{"type": "gdal_streamed_alg", "command_line": "gdal vector pipeline", "Feature": 1}', "not_boundaries"),
        (b'<OGRVRTDataSource><OGRVRTLayer name="x"/></OGRVRTDataSource>', "not_boundaries"),
        (b'{"type": "FeatureCollection"}', "boundaries_unreadable"),
        (b'{"type": "FeatureCollection", "features": [{"type": "Feature", "prop', "boundaries_unreadable"),
        (b'{"type": "FeatureCollection", "features": [7]}', "boundaries_unreadable"),
        (b'{"type": "FeatureCollection", "features": [\xff\xfe]}', "boundaries_unreadable"),
        (b'{"type": "FeatureCollection", "features": []}', "nothing_to_load"),
        (b'{"type": "Topology", "objects": 5}', "boundaries_unreadable"),
        (b"SQLite format 3\x00 but not really", "boundaries_unreadable"),
    ],
)
def test_a_file_that_is_no_boundaries(keeping: Desk, content: bytes, code: str) -> None:
    path = keeping.folder / "sent.geojson"
    path.write_bytes(content)
    (problem,) = keeping.refused("boundaries", path)
    assert problem.code == f"places.{code}"


def test_columns_and_coordinate_systems_that_cannot_be_told(keeping: Desk) -> None:
    keeping.namibia()
    plain = {
        "type": "Feature",
        "properties": {"ID": "NA01", "WHAT": "Zambezi"},
        "geometry": zambezi(box(23, -18))["geometry"],
    }
    path = keeping.geojson(plain)
    (problem,) = keeping.refused("boundaries", path)
    assert problem.code == "places.no_code_column"
    said = ("--level", "1", "--code-column", "ID", "--name-column", "WHAT")
    assert keeping.take("boundaries", path, *said)["changes"]["new"] == 1
    strange = keeping.geojson(*regions(), crs={"type": "name", "properties": {"name": "EPSG:999999"}})
    (problem,) = keeping.refused("boundaries", strange)
    assert problem.code == "places.unknown_crs"


def test_a_shapefile_needs_its_companions_and_a_file_one_layer(keeping: Desk) -> None:
    keeping.namibia()
    written(keeping, "ESRI Shapefile", "regions.shp")
    (problem,) = keeping.refused("boundaries", zipped(keeping.folder, "regions", ".shp", ".prj"))
    assert problem.code == "places.shapefile_incomplete"
    assert ".shx, .dbf" in problem.message
    path = written(keeping, "GPKG", "two.gpkg")
    meta, _fids, shapes, values = pyogrio.raw.read(path)
    pyogrio.raw.write(
        path, shapes, values, meta["fields"], layer="second", geometry_type="Polygon", crs="EPSG:4326", append=True
    )
    (problem,) = keeping.refused("boundaries", path)
    assert problem.code == "places.several_layers"
    assert keeping.take("boundaries", path, "--layer", "second")["changes"]["new"] == 2


def archive(folder: Path, members: dict[str, bytes], links: tuple[str, ...] = ()) -> Path:
    path = folder / "sent.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            one = zipfile.ZipInfo(name)
            one.compress_type = zipfile.ZIP_DEFLATED
            one.external_attr = (stat.S_IFLNK if name in links else stat.S_IFREG) << 16
            made.writestr(one, content)
    return path


LAYER = json.dumps({"type": "FeatureCollection", "features": regions()}).encode()


@pytest.mark.parametrize(
    "members,code",
    [
        ({"../../etc/evil.geojson": LAYER}, "archive_leads_out"),
        ({"/tmp/evil.geojson": LAYER}, "archive_leads_out"),
        ({"C:\\evil.geojson": LAYER}, "archive_leads_out"),
        ({"linked.geojson": b"/etc/passwd"}, "archive_leads_out"),
        ({"bomb.geojson": b" " * (8 << 20)}, "archive_bomb"),
        ({f"{n}.txt": b"x" for n in range(300)}, "archive_of_many"),
        ({"one.geojson": LAYER, "two.geojson": LAYER}, "archive_of_layers"),
        ({"readme.txt": b"nothing here"}, "archive_without_layer"),
    ],
)
def test_archives_that_mean_harm_or_nothing(keeping: Desk, members: dict[str, bytes], code: str) -> None:
    keeping.namibia()
    (problem,) = keeping.refused("boundaries", archive(keeping.folder, members, links=("linked.geojson",)))
    assert problem.code == f"places.{code}"
    assert not list(keeping.folder.parent.glob("**/evil.geojson"))


def test_an_archive_that_lies_about_its_size_or_is_broken(keeping: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    keeping.namibia()
    path = archive(keeping.folder, {"layer.geojson": LAYER})
    content = bytearray(path.read_bytes())
    content[60:80] = b"\x00" * 20
    path.write_bytes(content)
    assert keeping.refused("boundaries", path)[0].code == "places.archive_damaged"
    path = archive(keeping.folder, {"layer.geojson": LAYER})
    monkeypatch.setattr(archives, "UNPACKED", 100)
    assert keeping.refused("boundaries", path)[0].code == "places.archive_bomb"


def test_a_file_of_200_megabytes_is_refused_before_it_is_read(keeping: Desk) -> None:
    path = keeping.folder / "large.geojson"
    with path.open("wb") as stream:
        stream.truncate((200 << 20) + 1)  # a sparse file: it takes no room
    (problem,) = keeping.refused("boundaries", path)
    assert problem.code == "places.file_too_large"
    assert "200.0 MB" in problem.message


def test_what_the_reader_remarks_is_told(keeping: Desk) -> None:
    """GDAL remarks that this GeoPackage does not say it is one, and reads on."""
    keeping.namibia()
    path = written(keeping, "GPKG", "regions.gpkg")
    with closing(sqlite3.connect(path)) as held:
        held.execute("PRAGMA application_id = 0")
    taken = keeping.take("boundaries", path)
    assert [one["code"] for one in taken["findings"]] == ["places.reader_said"]
    assert taken["changes"]["new"] == 2
