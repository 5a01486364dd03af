"""The screens of tracking over what the DTM API really answered of Chad and Haiti: their totals are the recorded ones."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.contracts.recorded import answers_in, publish_all
from waystation.apps.tracking import pages
from waystation.apps.tracking.models import Operation
from waystation.kernel import scope
from waystation.kernel.codelists import codelist
from waystation.kernel.pages import Asked
from waystation.kernel.screens import Numbers, Point, Table, Trend

pytestmark = pytest.mark.django_db
Totals = dict[tuple[str, str, str], dict[int, int]]


@pytest.fixture
def totals(shared_data: Path) -> Totals:
    """People by country, operation and component, then by round, as the answers of admin 0 give them; all published."""
    components = codelist("tracking.component").by("dtm")
    answers = answers_in(shared_data)
    found: Totals = defaultdict(lambda: defaultdict(int))
    for iso3 in ("TCD", "HTI"):
        for row in answers[f"admin0-{iso3.lower()}"]:
            series = (iso3, row["operation"], components[row["assessmentType"]])
            found[series][row["roundNumber"]] += row["numPresentIdpInd"]
    with scope.enter(scope.house("test")):
        publish_all(shared_data)
    return found


def blocks(screen: Any, kind: type) -> list[Any]:
    return [one for one in screen.blocks if isinstance(one, kind)]


def test_totals_on_the_pages_are_the_recorded_ones(totals: Totals) -> None:
    with scope.enter(scope.PUBLIC):
        refs = {(one.country_id, one.name): one.ref for one in Operation.objects.all()}
        for (iso3, name, component), rounds in totals.items():
            names = {"ref": refs[iso3, name]}
            screen = pages.operation.operation.draw(Asked(names, {"component": component}))
            last = max(rounds)
            assert blocks(screen, Numbers)[0].items[0].value == rounds[last]
            if len(rounds) > 1:
                points: list[Point] = blocks(screen, Trend)[0].points
                assert [point.value for point in points] == [rounds[number] for number in sorted(rounds)]
            for before, after in list(pairwise(sorted(rounds)))[-3:]:
                asked = {"component": component, "from": str(before), "to": str(after)}
                compared = pages.compare.compare.draw(Asked(names, asked))
                assert blocks(compared, Numbers)[0].items[2].value == rounds[after] - rounds[before]
                total = blocks(compared, Table)[0].total
                parts = codelist("tracking.change_part").codes
                assert sum(total[part] for part in parts) == rounds[after] - rounds[before]
        world = pages.world.world.draw(Asked())
    known = {(row["operation"].text, row["round"]): row["people"] for row in blocks(world, Table)[0].rows}
    recorded = {(name, max(rounds)): rounds[max(rounds)] for (_iso3, name, _component), rounds in totals.items()}
    assert known == recorded
