"""Every register leaves in every format it offers, for everyone, with the rows that the list shows them and no other."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import hxl
import openpyxl
import pyarrow.parquet as pq
import pytest
from django.test import Client
from django.urls import reverse

from tests.derived.making import World
from waystation.kernel import scope
from waystation.kernel.register import find_register, registers
from waystation.kernel.scope import Scope
from waystation.surfaces.files import FORMATS, offered


def of_csv(content: bytes) -> list[str]:
    return [row["ref"] for row in csv.DictReader(io.StringIO(content.decode()))]


def of_hxl(content: bytes) -> list[str]:
    """As libhxl reads it, the official reader of HXL."""
    with hxl.make_input(io.BytesIO(content)) as stream, hxl.data(stream) as data:
        place = list(data.headers).index("ref")
        return [row.values[place] for row in data]


def of_xlsx(content: bytes) -> list[str]:
    rows = list(openpyxl.load_workbook(io.BytesIO(content)).active.values)
    assert str(rows[1][rows[0].index("ref")]) == "#meta+ref"
    return [row[rows[0].index("ref")] for row in rows[2:]]


def of_geojson(content: bytes) -> list[str]:
    return [one["properties"]["ref"] for one in json.loads(content)["features"]]


def of_parquet(content: bytes) -> list[str]:
    return pq.read_table(io.BytesIO(content))["ref"].to_pylist()


READ: dict[str, Callable[[bytes], list[str]]] = {
    "csv": of_csv, "hxl": of_hxl, "xlsx": of_xlsx, "geojson": of_geojson, "parquet": of_parquet,
}  # fmt: skip


def test_every_format_has_its_reader_here() -> None:
    assert set(READ) == set(FORMATS)


@pytest.mark.parametrize("name", sorted(registers))
def test_every_format_holds_the_rows_that_its_reader_may_see(world: World, name: str) -> None:
    register = find_register(name)
    with scope.enter(scope.house("tests")):
        everything = list(register.model._base_manager.all())
    for who in [one for one in world.personas.everyone() if one is not None]:
        client, asking = Client(), Scope(who)
        client.force_login(who)
        allowed = sorted(one.ref for one in everything if register.sight.allows(asking, one))
        for kind in offered(register):
            answer = client.get(reverse("list", args=[name]), {"format": kind})
            assert answer.status_code == 200, (kind, answer.content)
            assert sorted(READ[kind](answer.content)) == allowed, f"{kind} for {who}"
            assert answer["Waystation-Rows"] == str(len(allowed))


def test_what_is_of_places_leaves_with_its_places(world: World) -> None:
    """Outlines of boundaries and points of sites are in the files as they are in the house."""
    client = Client()
    client.force_login(world.personas.amina)
    drawn: dict[str, set[Any]] = {}
    for name in ("places.boundaries", "places.sites"):
        answer = client.get(reverse("list", args=[name]), {"format": "geojson"})
        found = json.loads(answer.content)["features"]
        drawn[name] = {one["geometry"]["type"] for one in found if one["geometry"]}
    assert drawn["places.boundaries"] <= {"Polygon", "MultiPolygon"}
    assert drawn["places.boundaries"]
    assert drawn["places.sites"] == {"Point"}
