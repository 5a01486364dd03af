"""Releases of rounds: what is in them, what is left out, and that programs are served the same."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from waystation.apps.counting.api import released_rows
from waystation.apps.exchange.queries.dtm import dtm_table, of_level
from waystation.apps.exchange.releases import package
from waystation.apps.tracking.acts import rounds as on_rounds
from waystation.apps.tracking.models import Operation, Round
from waystation.apps.tracking.queries.out import rounds_out
from waystation.apps.tracking.tests import publishing
from waystation.kernel import release, scope
from waystation.kernel.acts import do
from waystation.kernel.imports import importers
from waystation.kernel.models import FrozenFigure
from waystation.kernel.refusals import Refused

SPRING, SUMMER = date(2026, 3, 31), date(2026, 6, 30)
COUNTS = {"NA0101": 60, "NA0102": 40, "NA0201": 3, "NA0202": 70}
LIST = "Location,Admin Level,P-Code,Name,Parent P-Code,Valid from date,Valid until date\n"


def rows(counts: dict[str, int | None], **more: Any) -> list[dict[str, Any]]:
    """Observations, one a place."""
    return [
        {"admin1_code": code[:4], "admin1_name": f"Area {code[:4]}", "admin2_code": code, "admin2_name": f"Place {code}",
         "reason": "conflict", "individuals": count, **more}
        for code, count in counts.items()
    ]  # fmt: skip


@pytest.fixture
def house(db: None) -> Iterator[None]:
    """The house is asking."""
    with scope.enter(scope.house("test")):
        publishing.country("NAM", "Namibia")
        yield


@pytest.fixture
def floods(house: None) -> Operation:
    """An operation without a threshold."""
    return publishing.operation("Floods", "NAM")


@pytest.fixture
def careful(house: None) -> Operation:
    """An operation that shows no count below 5."""
    return publishing.operation("Careful", "NAM", min_cell=5)


def publish(rounds: list[Round], audience: str = "public", **more: Any) -> Path:
    """The folder of a release."""
    done = release.publish(
        package([one.ref for one in rounds], **more), audience=audience, licence="CC BY 4.0", office=publishing.office()
    )
    return release.folder_of(done.record.folder)


def read(folder: Path, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(folder / f"{name}.parquet").to_pylist()
    return found


def take_in(what: str, path: Path, terms: list[str]) -> None:
    parser = ArgumentParser()
    importers[what].takes(parser)
    importers[what].run([path], parser.parse_args(terms))


def test_a_round_becomes_its_tables(floods: Operation) -> None:
    observed = [*rows(COUNTS), *rows({"NA0101": 9}, population_group="returned_internal")]
    folder = publish([publishing.publish(floods, 1, SPRING, observed)])
    assert [(one["adminLevel"], one["numPresentIdpInd"]) for one in read(folder, "idps")] == [
        (0, 173), (1, 100), (1, 73), (2, 60), (2, 40), (2, 3), (2, 70),
    ]  # fmt: skip
    assert [one["id"] is None for one in read(folder, "idps")] == [True, *[False] * 6]
    returned = [(one["admin_level"], one["population_group"], one["individuals"]) for one in read(folder, "groups")]
    assert returned == [(level, "returned_internal", 9) for level in range(3)]
    first, *others = read(folder, "areas")
    assert (first["pcode"], first["displaced"], first["returned_internal"]) == ("NA0101", 60, 9)
    assert [(one["displaced"], one["returned_internal"]) for one in others] == [(40, None), (3, None), (70, None)]


def test_what_is_released_is_what_is_served(careful: Operation) -> None:
    """The same counts are hidden in the files as in the answers, though the one is made apart from the other."""
    halves = [one | {"males": one["individuals"] // 2, "females": one["individuals"] - one["individuals"] // 2}
              for one in rows(COUNTS)]  # fmt: skip
    rounds = [
        publishing.publish(careful, 1, SPRING, halves),
        publishing.publish(careful, 2, SUMMER, [*rows({"NA0101": 2}, reason="disaster"), *rows(COUNTS)]),
    ]
    folder = publish(rounds)
    out = rounds_out()
    lines = {one.operation.pk: one.operation for one in out}
    counted = ["roundNumber", "admin2Pcode", "displacementReason", "numPresentIdpInd", "numberMales", "numberFemales"]
    served = released_rows(out)
    hidden = 0
    for level in range(3):
        answer = dtm_table(of_level(served, level), lines).select(counted).to_pylist()
        file = [{name: one[name] for name in counted} for one in read(folder, "idps") if one["adminLevel"] == level]
        assert file == answer
        hidden += sum(one["numPresentIdpInd"] is None for one in file)
        sums = dtm_table(of_level(served, level, detail=False), lines).column("numPresentIdpInd").to_pylist()
        assert sorted(map(str, sums)) == sorted(
            str(one["population"]) for one in read(folder, "hapi-idps") if one["admin_level"] == level
        )
    assert hidden
    assert json.loads((folder / "manifest.json").read_text())["disclosure"]["threshold"] == 5


def test_a_total_that_is_hidden_is_in_no_figure(careful: Operation) -> None:
    rounds = [
        publishing.publish(careful, 1, SPRING, rows({"NA0101": 3})),
        publishing.publish(careful, 2, SUMMER, rows(COUNTS)),
    ]
    publish(rounds)
    frozen = FrozenFigure.objects.get()
    assert (frozen.name, frozen.question["where"]["round"]) == ("tracking.people_present", [2])
    assert frozen.value == "173"


def test_internal_readers_get_every_count(careful: Operation) -> None:
    folder = publish([publishing.publish(careful, 1, SPRING, rows(COUNTS))], audience="internal")
    assert [one["displaced"] for one in read(folder, "areas")] == list(COUNTS.values())


def test_only_published_rounds_that_may_be_republished_leave(floods: Operation) -> None:
    closed = publishing.publish(floods, 1, SPRING, rows(COUNTS), terms=publishing.CLOSED)
    for audience in ("public", "partners"):
        with pytest.raises(Refused) as refused:
            publish([closed], audience=audience)
        assert refused.value.code == "release.may_not_republish"
    assert publish([closed], audience="internal").is_dir()
    gone = do(on_rounds.withdraw, closed, why="the data were wrong").record
    with pytest.raises(Refused) as refused:
        package([gone.ref])
    assert refused.value.code == "tracking.nothing_published"
    with pytest.raises(Refused) as refused:
        package([])
    assert refused.value.code == "release.nothing_to_release"


def test_codes_are_checked_as_hdx_checks_them(floods: Operation, tmp_path: Path) -> None:
    """A code of another length is made to fit; an unknown one is told, and the name counts; a wrong parent is told."""
    path = tmp_path / "areas.csv"
    path.write_text(
        LIST + "NAM,1,NAM01,Erongo,NAM,2010-01-01,\nNAM,1,NAM02,Hardap,NAM,2010-01-01,\n"
        "NAM,2,NAM0101,Arandis,NAM01,2010-01-01,\nNAM,2,NAM0201,Mariental,NAM02,2010-01-01,\n"
    )
    take_in("places.areas", path, ["--source", "x", "--licence", "CC BY 4.0", "--may-republish"])
    place = {"reason": "conflict", "individuals": 10}
    folder = publish([publishing.publish(floods, 1, SPRING, [
        place | {"admin1_code": "NA01", "admin1_name": "Erongo", "admin2_code": "NA0101", "admin2_name": "Arandis"},
        place | {"admin1_code": "NAM02", "admin1_name": "Hardap", "admin2_code": "X9", "admin2_name": "Mariental"},
        place | {"admin1_code": "NAM01", "admin1_name": "Erongo", "admin2_code": "NAM0201", "admin2_name": "Mariental"},
        place | {"admin1_code": "X", "admin1_name": "Nowhere at all", "admin2_code": "Y", "admin2_name": "Elsewhere yet"},
    ])])  # fmt: skip
    said = {
        (one["provider_admin1_name"], one["provider_admin2_name"], one["admin1_code"], one["admin2_code"]): one[
            "warning"
        ]
        for one in read(folder, "hapi-idps")
        if one["admin_level"] == 2
    }
    assert said == {
        ("Erongo", "Arandis", "NAM01", "NAM0101"): "PCode length NA0101->NAM0101|PCode length NA01->NAM01",
        ("Hardap", "Mariental", "NAM02", "NAM0201"): "PCode unknown X9->NAM0201 (provider_adm2_name)",
        ("Erongo", "Mariental", "NAM02", "NAM0201"): "PCode mismatch NAM01->NAM02 (parent)",
        ("Nowhere at all", "Elsewhere yet", "", ""): "PCode unknown Y->''|PCode unknown X->''",
    }


@pytest.mark.parametrize("public", [True, False])
def test_areas_have_outlines_that_may_be_shown(floods: Operation, tmp_path: Path, public: bool) -> None:
    square = {"type": "Polygon", "coordinates": [[[15, -22], [16, -22], [16, -21], [15, -21], [15, -22]]]}
    feature = {"type": "Feature", "geometry": square,
               "properties": {"ADM1_PCODE": "NA01", "ADM1_EN": "Erongo", "ADM0_PCODE": "NAM"}}  # fmt: skip
    path = tmp_path / "areas.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    terms = ["--source", "x", "--licence", "CC BY 4.0", "--attribution", "Surveyors", "--areas"]
    take_in("places.boundaries", path, [*terms, *(["--may-republish"] if public else [])])
    observed = [{"admin1_code": "NA01", "admin1_name": "Erongo", "reason": "conflict", "individuals": 10}]
    round_ = publishing.publish(floods, 1, SPRING, observed)
    folder = publish([round_])
    (only,) = json.loads((folder / "areas.geojson").read_text())["features"]
    assert (only["geometry"] is not None) == public
    assert only["properties"]["displaced"] == 10
    assert json.loads((folder / "manifest.json").read_text())["about"]["boundaries"] == (
        ["Surveyors"] if public else []
    )
    without = publish([round_], geometry=False)
    assert json.loads((without / "areas.geojson").read_text())["features"][0]["geometry"] is None


def test_only_the_last_round_is_drawn(floods: Operation) -> None:
    rounds = [publishing.publish(floods, n, day, rows({"NA0101": n})) for n, day in ((1, SPRING), (2, SUMMER))]
    sites = publishing.publish(floods, 1, SPRING, rows({"NA0101": 7}), component="site")
    drawn = [
        (one["assessment_type"], one["round"], one["displaced"]) for one in read(publish([*rounds, sites]), "areas")
    ]
    assert sorted(drawn) == [("BA", 2, 2), ("SA", 1, 7)]
