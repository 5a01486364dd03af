"""Boundaries that are refused: each problem names the file, the feature and what to do, and nothing has changed."""

from __future__ import annotations

import gzip
import json
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pyogrio
import pytest
import shapely

from waystation.apps.places.tests.making import Desk, box, feature
from waystation.apps.places.tests.test_boundaries import regions, written, zipped

BOWTIE = shapely.Polygon([(23, -18), (24, -17), (24, -18), (23, -17)])
MISTYPED = {"type": "Polygon", "coordinates": [[[[23, -18], [24, -18], [24, -17], [23, -18]]]]}


CODES_ONLY = ("places.unknown_country", "places.code_of_another_country")  # their messages name no area


def zambezi(shape: Any, **more: Any) -> dict[str, Any]:
    return feature("NA01", "Zambezi", shape, **more)


@pytest.mark.parametrize(
    "bad,code",
    [
        (zambezi(BOWTIE), "intake.outline_crosses"),
        (zambezi(MISTYPED), "intake.outline_mistyped"),
        (zambezi(None), "intake.outline_empty"),
        (zambezi({"type": "Polygon", "coordinates": [[["a", 1], [2, 3], [4, 5], ["a", 1]]]}), "intake.outline_empty"),
        (zambezi({"type": "Polygon", "coordinates": []}), "intake.outline_empty"),
        (zambezi(shapely.Point(23, -18)), "intake.outline_no_polygon"),
        (zambezi(box(500_000, 8_000_000, 1000)), "intake.outline_not_degrees"),
        (zambezi(box(23, -18, 1e-6)), "intake.outline_nearly_empty"),
        (zambezi(box(23, -18, 0.1), area_sqkm=14_785.0), "places.boundary_area_differs"),
        (feature("NA01", "Zambezi", box(23, -18), country="QQQ"), "places.unknown_country"),
        (feature("NA09", "Nowhere", box(23, -18)), "places.outline_of_no_area"),
        (feature("SS01", "Central Equatoria", box(31, 4)), "places.code_of_another_country"),
        (feature("NA0101", "Kongola", box(23, -18)), "places.outline_of_other_level"),
        (feature("NA02", "Erongo again", box(26, -18)), "places.outline_twice"),
        (feature("", "No code", box(26, -18)), "places.code_missing"),
    ],
)
def test_a_bad_feature_is_named(keeping: Desk, bad: dict[str, Any], code: str) -> None:
    keeping.namibia()
    keeping.take("areas", keeping.csv("SSD,1,SS01,Central Equatoria,SSD,2023-08-29,", name="ssd.csv"))
    path = keeping.geojson(feature("NA02", "Erongo", box(24, -18)), bad)
    (problem,) = keeping.refused("boundaries", path)
    assert problem.code == code
    assert problem.row == 2
    assert bad["properties"]["ADM1_EN"] in problem.message or code in CODES_ONLY
    assert keeping.take("boundaries", path, "--leave-out")["changes"]["new"] == 1


def test_where_a_boundary_crosses_itself_is_said(keeping: Desk) -> None:
    keeping.namibia()
    (problem,) = keeping.refused("boundaries", keeping.geojson(zambezi(BOWTIE)))
    assert "longitude 23.5, latitude -17.5" in problem.message


def test_repairs_tell_what_they_change(keeping: Desk) -> None:
    keeping.namibia()
    spike = shapely.Polygon([(23, -18), (24, -18), (24, -17), (24, -16.5), (24, -17), (23, -17)])
    found = keeping.found("boundaries", keeping.geojson(zambezi(spike)), "--repair")
    assert found[0] == "intake.outline_repaired"
    assert keeping.found("boundaries", keeping.geojson(zambezi(MISTYPED)), "--repair")[0] == "intake.outline_retyped"
    islands = [zambezi(box(23, -18)), zambezi(box(25, -18))]
    assert keeping.found("boundaries", keeping.geojson(*islands), "--repair")[0] == "intake.outline_joined"


@pytest.mark.parametrize(
    "content,code",
    [
        (b"a,b\n1,2\n", "intake.not_a_layer"),
        (b'{"type": "gdal_streamed_alg", "command_line": "gdal vector pipeline", "Feature": 1}', "intake.not_a_layer"),
        (b'<OGRVRTDataSource><OGRVRTLayer name="x"/></OGRVRTDataSource>', "intake.not_a_layer"),
        (b"", "intake.empty_file"),
        (b'{"type": "FeatureCollection"}', "intake.no_list"),
        (b'{"type": "FeatureCollection", "features": [{"type": "Feature", "prop', "intake.truncated"),
        (b'{"type": "FeatureCollection", "features": [{"type": "Feature"} {"type": "Feature"}]}', "intake.broken_json"),
        (b'{"type": "FeatureCollection", "features": [{"type": "Feature"}, 7]}', "intake.broken_json"),
        (b'{"type": "FeatureCollection", "features": [7]}', "intake.no_list"),
        (b'{"type": "FeatureCollection", "features": [\xff\xfe]}', "intake.broken_json"),
        (
            '{"type": "FeatureCollection", "features": [{"properties": {"a": "Zambèzi"}}, "'.encode() + b'\xe9"]}',
            "intake.mixed_encoding",
        ),
        (b'{"type": "FeatureCollection", "features": []}', "intake.no_rows"),
        (b'{"type": "Topology", "objects": 5}', "intake.damaged"),
        (b"SQLite format 3\x00 but not really", "intake.damaged"),
    ],
)
def test_a_file_that_is_no_boundaries(keeping: Desk, content: bytes, code: str) -> None:
    path = keeping.folder / "sent.geojson"
    path.write_bytes(content)
    (problem,) = keeping.refused("boundaries", path)
    assert problem.code == code


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
    assert problem.code == "intake.unknown_crs"


def test_a_shapefile_needs_its_companions_and_a_file_one_layer(keeping: Desk) -> None:
    keeping.namibia()
    written(keeping, "ESRI Shapefile", "regions.shp")
    (problem,) = keeping.refused("boundaries", zipped(keeping.folder, "regions", ".shp", ".prj"))
    assert problem.code == "intake.shapefile_incomplete"
    assert ".shx, .dbf" in problem.message
    path = written(keeping, "GPKG", "two.gpkg")
    meta, _fids, shapes, values = pyogrio.raw.read(path)
    pyogrio.raw.write(
        path, shapes, values, meta["fields"], layer="second", geometry_type="Polygon", crs="EPSG:4326", append=True
    )
    (problem,) = keeping.refused("boundaries", path)
    assert problem.code == "intake.several_layers"
    assert keeping.take("boundaries", path, "--layer", "second")["changes"]["new"] == 2


def archive(folder: Path, members: dict[str, bytes]) -> Path:
    path = folder / "sent.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return path


LAYER = json.dumps({"type": "FeatureCollection", "features": regions()}).encode()


@pytest.mark.parametrize(
    "members,code",
    [
        ({"../../etc/evil.geojson": LAYER}, "intake.unsafe_archive"),
        ({"/tmp/evil.geojson": LAYER}, "intake.unsafe_archive"),
        ({"C:\\evil.geojson": LAYER}, "intake.unsafe_archive"),
        ({"bomb.geojson": b" " * (8 << 20)}, "intake.unpacks_too_large"),
        ({"one.geojson": LAYER, "bomb.txt": b" " * (8 << 20)}, "intake.unpacks_too_large"),
        ({"one.geojson": LAYER, "two.geojson": LAYER}, "intake.several_layers"),
        ({"readme.txt": b"nothing here"}, "intake.no_layer"),
        ({"readme.geojson": b"nothing here"}, "intake.not_a_layer"),
    ],
)
def test_archives_that_mean_harm_or_nothing(keeping: Desk, members: dict[str, bytes], code: str) -> None:
    keeping.namibia()
    (problem,) = keeping.refused("boundaries", archive(keeping.folder, members))
    assert problem.code == code
    assert not list(keeping.folder.parent.glob("**/evil.geojson"))


def test_an_archive_is_taken_whole_or_not_at_all(keeping: Desk) -> None:
    keeping.namibia()
    path = archive(keeping.folder, {"layer.geojson": LAYER})
    content = bytearray(path.read_bytes())
    content[60:80] = b"\x00" * 20
    path.write_bytes(content)
    assert keeping.refused("boundaries", path)[0].code == "intake.damaged"
    path.write_bytes(bytes(content[:200]))
    assert keeping.refused("boundaries", path)[0].code == "intake.truncated"
    path = archive(keeping.folder, {"in/one.geojson": b"{}", "in/two.geojson": LAYER, "__MACOSX/in/two.geojson": b""})
    assert keeping.take("boundaries", path, "--layer", "two")["changes"]["new"] == 2


def test_a_gzip_bomb_is_refused_and_a_gzipped_layer_read(keeping: Desk) -> None:
    keeping.namibia()
    path = keeping.folder / "regions.geojson.gz"
    path.write_bytes(gzip.compress(b" " * (64 << 20)))
    assert keeping.refused("boundaries", path)[0].code == "intake.unpacks_too_large"
    path.write_bytes(gzip.compress(LAYER))
    assert keeping.take("boundaries", path)["changes"]["new"] == 2


@pytest.mark.parametrize(
    "code,refusal",
    [
        ("2025-03-01", "date_for_code"),
        ("1-Mar", "date_for_code"),
        ("3.50E+06", "number_shortened"),
        (35012.5, "number_for_code"),
    ],
)
def test_codes_that_a_spreadsheet_spoiled(keeping: Desk, code: Any, refusal: str) -> None:
    keeping.namibia()
    (problem,) = keeping.refused("boundaries", keeping.geojson(feature(code, "Zambezi", box(23, -18))))
    assert (problem.code, problem.row, problem.column) == (f"intake.{refusal}", 1, "ADM1_PCODE")
    assert str(code) in problem.message


def test_names_read_with_the_wrong_encoding_are_told(keeping: Desk) -> None:
    keeping.take("areas", keeping.csv("TCD,1,TD01,Borkou,TCD,2020-01-09,", "TCD,1,TD02,Kanem,TCD,2020-01-09,"))
    names = feature("TD01", "BorkoÃ»", box(18, 17), country="TCD"), feature("TD02", "Kanem", box(15, 14), country="TCD")
    (finding,) = keeping.take("boundaries", keeping.geojson(*names))["findings"]
    assert (finding["code"], finding["row"], finding["column"]) == ("intake.damaged_text", 1, "ADM1_EN")


def test_a_file_of_200_megabytes_is_refused_before_it_is_read(keeping: Desk) -> None:
    path = keeping.folder / "large.geojson"
    with path.open("wb") as stream:
        stream.truncate((200 << 20) + 1)  # a sparse file: it takes no room
    (problem,) = keeping.refused("boundaries", path)
    assert problem.code == "intake.too_large"
    assert "200.0 MB" in problem.message


def test_what_the_reader_remarks_is_told(keeping: Desk) -> None:
    """GDAL remarks that this GeoPackage does not say it is one, and reads on."""
    keeping.namibia()
    path = written(keeping, "GPKG", "regions.gpkg")
    with closing(sqlite3.connect(path)) as held:
        held.execute("PRAGMA application_id = 0")
    taken = keeping.take("boundaries", path)
    assert [one["code"] for one in taken["findings"]] == ["intake.reader_said"]
    assert taken["changes"]["new"] == 2
