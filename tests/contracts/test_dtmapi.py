"""The official client of the DTM API, unmodified, pointed at our server: it gets the recorded frames."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dtmapi.api
import pandas as pd
import pytest
from django.core.management import call_command
from django.test import override_settings
from dtmapi import DTMApi, DTMApiResponseError, DTMAuthenticationError
from pytest_django.live_server_helper import LiveServer

from tests.contracts.recorded import COUNTRIES, Answers, answers_in, publish_all
from waystation.apps.tracking.tests import publishing
from waystation.kernel import scope

ONLY_V3 = ["displacementReason", "numberMales", "numberFemales", "idpOriginAdmin1Name", "idpOriginAdmin1Pcode"]

pytestmark = pytest.mark.django_db  # else no database is made where these tests run alone


@pytest.fixture(scope="module")
def recorded(shared_data: Path) -> Answers:
    """What the real API answered, by file."""
    return answers_in(shared_data)


@pytest.fixture(scope="module")
def house(tmp_path_factory: Any) -> Path:
    """A data folder for all tests here."""
    return Path(tmp_path_factory.mktemp("house"))


@pytest.fixture(autouse=True)
def home(settings: Any, house: Path) -> Path:
    """Instead of a data folder for each test."""
    settings.WAYSTATION_HOME = house
    return house


@pytest.fixture(scope="module")
def key(shared_data: Path, house: Path, django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """Everything recorded of Chad and Haiti is published once for all tests here; the key of a program."""
    moved = override_settings(WAYSTATION_HOME=house)
    with django_db_blocker.unblock(), moved, scope.enter(scope.house("test")):
        publish_all(shared_data)
        yield publishing.key_for()
        call_command("flush", verbosity=0, interactive=False)


@pytest.fixture(scope="module")
def address(key: str) -> Iterator[str]:
    """Where our server answers."""
    server = LiveServer("127.0.0.1")
    yield server.url
    server.stop()


@pytest.fixture
def client(key: str, address: str) -> Any:
    """The client, pointed at our server by overriding where it looks for an endpoint."""
    return pointed(address)(subscription_key=key)


def pointed(address: str) -> type[DTMApi]:
    """The client's class, looking for its endpoints elsewhere."""

    class Pointed(DTMApi):  # type: ignore[misc]  # the client has no types
        def _get_endpoint(self, endpoint_type: str) -> str:
            theirs: str = super()._get_endpoint(endpoint_type)
            return theirs.replace("https://dtmapi.iom.int", address)

    return Pointed


def frame(recorded: Answers, level: int, *countries: str) -> pd.DataFrame:
    """The frame the client makes of the recorded answers."""
    rows = [row for iso3 in countries for row in recorded[f"admin{level}-{iso3.lower()}"]]
    return pd.DataFrame(rows)


def ask(client: Any, level: int, **query: Any) -> pd.DataFrame:
    found: pd.DataFrame = getattr(client, f"get_idp_admin{level}_data")(**query)
    return found


def same(ours: pd.DataFrame, theirs: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(ours, theirs.reset_index(drop=True))


def test_frames_are_those_of_the_recorded_answers(client: Any, recorded: Answers) -> None:
    for level in range(3):
        for iso3, name in COUNTRIES.items():
            theirs = frame(recorded, level, iso3)
            same(ask(client, level, Admin0Pcode=iso3), theirs)
            same(ask(client, level, CountryName=name), theirs)


def test_lists_are_those_of_the_recorded_answers(client: Any, recorded: Answers) -> None:
    for ours, name in ((client.get_all_countries(), "country-list"), (client.get_all_operations(), "operation-list")):
        theirs = pd.DataFrame(recorded[name])
        held = {row["operation"] for iso3 in COUNTRIES for row in recorded[f"admin2-{iso3.lower()}"]}
        theirs = theirs[theirs.admin0Pcode.isin(COUNTRIES)]
        if "operation" in theirs:
            theirs = theirs[theirs.operation.isin(held)]
        same(ours, theirs)


def test_filters_leave_what_filtering_the_frame_leaves(client: Any, recorded: Answers) -> None:
    for level in range(3):
        theirs = frame(recorded, level, "HTI")
        operation = theirs.operation.iloc[-1]
        middle = sorted(theirs.reportingDate)[len(theirs) // 2][:10]
        questions: list[tuple[dict[str, Any], Any]] = [
            ({"Operation": operation}, theirs.operation == operation),
            ({"FromReportingDate": middle}, theirs.reportingDate.str[:10] >= middle),
            ({"ToReportingDate": middle}, theirs.reportingDate.str[:10] <= middle),
            ({"FromRoundNumber": 3}, theirs.roundNumber >= 3),
            ({"ToRoundNumber": 2}, theirs.roundNumber <= 2),
            ({"FromRoundNumber": 2, "ToRoundNumber": 2}, theirs.roundNumber == 2),
        ]
        for n in range(1, level + 1):
            for part in ("Name", "Pcode"):
                column = f"admin{n}{part}"
                value = theirs[column].iloc[0]
                questions.append(({f"Admin{n}{part}": value}, theirs[column] == value))
        for query, kept in questions:
            same_rows(ask(client, level, Admin0Pcode="HTI", **query), theirs[kept])


def same_rows(ours: pd.DataFrame, theirs: pd.DataFrame) -> None:
    """Equal in every value; a filtered frame keeps the wider types of the whole one."""
    assert len(theirs)
    pd.testing.assert_frame_equal(ours, theirs.reset_index(drop=True), check_dtype=False)


def test_the_other_way_of_pointing_the_client(key: str, address: str, recorded: Any, monkeypatch: Any) -> None:
    for name in dir(dtmapi.api):
        if name.endswith(("_API", "_API_V2")):
            there = getattr(dtmapi.api, name).replace("https://dtmapi.iom.int", address)
            monkeypatch.setattr(dtmapi.api, name, there)
    same(ask(DTMApi(subscription_key=key), 2, Admin0Pcode="TCD"), frame(recorded, 2, "TCD"))
    legacy = DTMApi(subscription_key=key, api_version="v2")
    assert len(legacy.get_all_operations()) == len(DTMApi(subscription_key=key).get_all_operations())
    assert len(ask(legacy, 0, CountryName="Haiti"))


def test_version_2_is_version_3_without_reason_sex_and_origin(key: str, address: str, recorded: Any) -> None:
    client = pointed(address)(subscription_key=key, api_version="v2")
    for level in range(3):
        for iso3 in COUNTRIES:
            ours, theirs = ask(client, level, Admin0Pcode=iso3), frame(recorded, level, iso3)
            by = [name for name in theirs.columns if name not in (*ONLY_V3, "id", "numPresentIdpInd")]
            assert list(ours.columns) == ["id", *(n for n in theirs.columns if n not in (*ONLY_V3, "id"))]
            assert ours.id.is_unique
            assert ours.id.between(1, 2**31 - 1).all()
            wanted = theirs.groupby(by, as_index=False, dropna=False).numPresentIdpInd.sum()
            kept = [*by, "numPresentIdpInd"]
            pd.testing.assert_frame_equal(
                ours[kept].sort_values(kept, ignore_index=True), wanted[kept].sort_values(kept, ignore_index=True)
            )


def test_what_the_client_is_told_when_it_may_not_or_asks_wrongly(client: Any, address: str) -> None:
    with pytest.raises(DTMAuthenticationError):
        pointed(address)(subscription_key="no key of ours").get_all_countries()
    with pytest.raises(DTMApiResponseError, match="Colour"):
        client._fetch_data(client._get_endpoint("admin0"), {"Colour": "red"})
