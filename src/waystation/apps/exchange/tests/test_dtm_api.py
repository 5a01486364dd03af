"""The DTM API: who may ask, what is served, and that what is withdrawn or hidden is served no more."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from waystation.apps.exchange.protocols.asked import Asked, read
from waystation.apps.tracking.acts import rounds as on_rounds
from waystation.apps.tracking.models import Operation, Round
from waystation.apps.tracking.tests import publishing
from waystation.kernel import scope
from waystation.kernel.acts import do
from waystation.kernel.house import end, grant, invite, revoke
from waystation.kernel.models import AccessToken, DutyGrant
from waystation.kernel.refusals import Refused

SPRING, SUMMER = date(2026, 3, 31), date(2026, 6, 30)
EVERY = ("operation", "admin0Name", "admin0Pcode", "numPresentIdpInd", "reportingDate", "yearReportingDate",
         "monthReportingDate", "roundNumber", "displacementReason", "numberMales", "numberFemales",
         "idpOriginAdmin1Name", "idpOriginAdmin1Pcode", "assessmentType")  # fmt: skip


def row(admin2: str, individuals: int | None, **more: Any) -> dict[str, Any]:
    """An observation in one of two places in one of two areas."""
    return {
        "admin1_code": admin2[:4], "admin1_name": f"Area {admin2[:4]}", "admin2_code": admin2,
        "admin2_name": f"Place {admin2}", "reason": "conflict", "individuals": individuals, **more,
    }  # fmt: skip


SMALL = {101: 3, 102: 40, 201: 30, 202: 70}
PLACES = [row("NM0101", 60), row("NM0102", 40), row("NM0201", 30), row("NM0202", 70)]


@pytest.fixture
def house(db: None) -> Iterator[None]:
    """The house is asking."""
    publishing_scope = scope.house("test")
    with scope.enter(publishing_scope):
        publishing.country("NAM", "Namibia")
        yield


@pytest.fixture
def floods(house: None) -> Operation:
    """An operation without a threshold."""
    return publishing.operation("Floods", "NAM")


@pytest.fixture
def key(house: None) -> str:
    """A key that may read."""
    return publishing.key_for()


def ask(key: str | None, path: str, headers: dict[str, str] | None = None, **query: str) -> HttpResponse:
    sent = {"Ocp-Apim-Subscription-Key": key} if key is not None else {}
    found: HttpResponse = Client().get(path, query, headers=sent | (headers or {}))  # type: ignore[assignment]  # a test response
    return found


def rows(key: str, level: int, **query: str) -> list[dict[str, Any]]:
    body = json.loads(ask(key, f"/v3/displacement/admin{level}", **query).content)
    assert (body["isSuccess"], body["statusCode"], body["errorMessages"]) == (True, 200, [])
    assert body["totalRecordsCount"] == len(body["result"])
    found: list[dict[str, Any]] = body["result"]
    return found


def counts(key: str, level: int, **query: str) -> list[int | None]:
    return [one["numPresentIdpInd"] for one in rows(key, level, **query)]


def test_rows_have_the_apis_names_in_its_order(floods: Operation, key: str) -> None:
    publishing.publish(floods, 1, SPRING, PLACES)
    country, area, place = (rows(key, level)[0] for level in range(3))
    assert tuple(country) == EVERY
    assert tuple(area) == ("id", *EVERY[:3], "admin1Name", "admin1Pcode", *EVERY[3:])
    assert tuple(place) == ("id", *EVERY[:3], "admin1Name", "admin1Pcode", "admin2Name", "admin2Pcode", *EVERY[3:])
    assert country == {
        "operation": "Floods", "admin0Name": "Namibia", "admin0Pcode": "NAM", "numPresentIdpInd": 200,
        "reportingDate": "2026-03-31T00:00:00", "yearReportingDate": 2026, "monthReportingDate": 3, "roundNumber": 1,
        "displacementReason": "Conflict", "numberMales": None, "numberFemales": None,
        "idpOriginAdmin1Name": "Not available", "idpOriginAdmin1Pcode": "Not available", "assessmentType": "BA",
    }  # fmt: skip


def test_sums_by_level_cause_and_sex(floods: Operation, key: str) -> None:
    observed = [
        row("NM0101", 10, males=4, females=6, source_id=11),
        row("NM0101", 5, males=None, females=None, source_id=12),
        row("NM0101", 7, reason="disaster+conflict", males=3, females=4, source_id=13),
        row(
            "NM0102", 1, reason="unknown", reason_said="Eruption", origin_admin1_code="NM02", origin_admin1_name="South"
        ),
        row("NM0102", None, reason="unknown"),
        row("NM0102", 9, population_group="returned_internal"),
    ]
    publishing.publish(floods, 1, SPRING, observed)
    said = [(one["displacementReason"], one["idpOriginAdmin1Name"], one["numPresentIdpInd"], one["numberMales"])
            for one in rows(key, 2)]  # fmt: skip
    assert said == [
        ("Conflict", "Not available", 15, 4),
        ("Natural disaster; Conflict", "Not available", 7, 3),
        ("Eruption", "South", 1, None),
        ("Not available", "Not available", None, None),
    ]
    ids = [one["id"] for one in rows(key, 2)]
    assert ids[1] == 13
    assert len(set(ids)) == 4
    assert all(0 < one < 2**31 for one in ids)
    assert ids == [one["id"] for one in rows(key, 2)]
    assert sum(count or 0 for count in counts(key, 0)) == 23


def test_places_without_a_name_stay_out_of_their_level(floods: Operation, key: str) -> None:
    nowhere = row("NM0101", 8) | {"admin2_code": None, "admin2_name": None}
    publishing.publish(floods, 1, SPRING, [row("NM0101", 2), nowhere])
    assert (counts(key, 0), counts(key, 1), counts(key, 2)) == ([10], [10], [2])


def test_filters(floods: Operation, key: str) -> None:
    publishing.publish(floods, 1, SPRING, PLACES)
    publishing.publish(floods, 2, SUMMER, PLACES[:2])
    publishing.publish(publishing.operation("Storms", "NAM"), 1, SUMMER, PLACES[2:])
    assert counts(key, 0, Operation="floods") == [200, 100]
    assert counts(key, 0, operation="Floods", FromRoundNumber="2") == [100]
    assert counts(key, 0, Operation="Floods", ToRoundNumber="1") == [200]
    assert counts(key, 0, CountryName="namibia", FromReportingDate="2026-06-30") == [100, 100]
    assert counts(key, 0, Admin0Pcode="NAM", ToReportingDate="2026-06-29") == [200]
    assert counts(key, 1, Admin1Pcode="NM01", Operation="Floods") == [100, 100]
    assert counts(key, 2, Admin2Name="Place NM0202") == [70, 70]
    assert counts(key, 2, Admin2Name="Place NM0202", Operation="", Admin1Name=" ") == [70, 70]
    assert counts(key, 0, Admin0Pcode="TCD") == []


@pytest.mark.parametrize(
    "query,said,code",
    [
        ({"Colour": "red"}, "“Colour” is not asked for here.", "exchange.dtm_unknown"),
        ({"Admin2Name": "x"}, "“Admin2Name” is not asked for here.", "exchange.dtm_unknown"),
        (
            {"FromReportingDate": "31.03.2026"},
            "FromReportingDate is “31.03.2026”. Give a day as YYYY-MM-DD.",
            "exchange.dtm_date",
        ),
        (
            {"ToReportingDate": "2026-02-30"},
            "ToReportingDate is “2026-02-30”. Give a day as YYYY-MM-DD.",
            "exchange.dtm_date",
        ),
        (
            {"FromRoundNumber": "-1"},
            "FromRoundNumber is “-1”. Give a round as a whole number of 0 or more.",
            "exchange.dtm_round",
        ),
        (
            {"ToRoundNumber": "two"},
            "ToRoundNumber is “two”. Give a round as a whole number of 0 or more.",
            "exchange.dtm_round",
        ),
        (
            {"FromRoundNumber": "3", "ToRoundNumber": "2"},
            "FromRoundNumber lies after ToRoundNumber.",
            "exchange.dtm_reversed",
        ),
    ],
)
def test_what_is_asked_wrongly_is_answered_with_the_reason(
    key: str, query: dict[str, str], said: str, code: str
) -> None:
    with pytest.raises(Refused) as told:
        read(query, Asked.names(1))
    assert told.value.code == code
    response = ask(key, "/v3/displacement/admin1", **query)
    body = json.loads(response.content)
    assert response.status_code == 200  # else the official client does not show the reason
    assert (body["isSuccess"], body["result"], body["statusCode"]) == (False, None, 400)
    assert body["errorMessages"][0].startswith(said)


@pytest.mark.parametrize("path", ["/v3/displacement/country-list", "/v3/displacement/admin0", "/v2/IdpAdmin2Data"])
def test_without_a_good_key_nothing_is_said(floods: Operation, key: str, path: str) -> None:
    publishing.publish(floods, 1, SPRING, PLACES)
    wrong_scope = publishing.key_for("other", grants="figures:read")
    for bad in (None, "", "no key of ours", wrong_scope):
        response = ask(bad, path)
        assert response.status_code == 401
        assert json.loads(response.content)["isSuccess"] is False
        assert b"Floods" not in response.content
    assert ask(key, path).status_code == 200
    do(revoke, AccessToken.everything.get(holder__username="program"))
    assert ask(key, path).status_code == 401


def test_it_is_only_read(key: str) -> None:
    sent = {"Ocp-Apim-Subscription-Key": key}
    assert Client().post("/v3/displacement/admin0", headers=sent).status_code == 405
    assert Client().head("/v3/displacement/admin0", headers=sent).status_code == 200


def test_only_what_is_published_is_served(floods: Operation, key: str) -> None:
    planned = {"operation": floods, "number": 7, "reporting_date": SUMMER}
    do(on_rounds.plan, **planned)
    assert rows(key, 0) == []
    for path in ("country-list", "operation-list"):
        assert json.loads(ask(key, f"/v3/displacement/{path}").content)["result"] == []
    first = publishing.publish(floods, 1, SPRING, PLACES)
    assert counts(key, 0) == [200]
    do(on_rounds.correct, first, why="a place was counted twice")
    assert counts(key, 0) == [200]  # the published version stays until its correction is published
    publishing.publish(floods, 1, SPRING, PLACES[1:])
    assert counts(key, 0) == [140]
    do(on_rounds.withdraw, Round.everything.get(pk=first.pk), why="the data were wrong")
    assert rows(key, 0) == []


def test_operations_say_whether_they_go_on(floods: Operation, key: str) -> None:
    from waystation.apps.tracking.acts import operations as on_operations

    publishing.publish(floods, 1, SPRING, PLACES)
    path = "/v3/displacement/operation-list"
    before = json.loads(ask(key, path).content)["result"]
    assert before == [
        {"operation": "Floods", "operationStatus": "Active", "admin0Name": "Namibia", "admin0Pcode": "NAM"}
    ]
    do(on_operations.close, floods)
    assert json.loads(ask(key, path).content)["result"][0]["operationStatus"] == "Inactive"


def test_a_threshold_hides_small_counts_and_what_gives_them_back(house: None, key: str) -> None:
    careful = publishing.operation("Careful", "NAM", min_cell=5)
    halves = [row(f"NM0{n}", total, males=total // 2, females=total - total // 2) for n, total in SMALL.items()]
    publishing.publish(careful, 1, SPRING, halves)
    places, areas, country = counts(key, 2), counts(key, 1), counts(key, 0)
    assert country == [143]
    assert rows(key, 0)[0]["numberMales"] == 71
    assert places[0] is None
    assert rows(key, 2)[0]["numberMales"] is None
    known = [count for count in places if count is not None]
    assert areas[0] is None or places.count(None) > 1  # the area's total does not give the place back
    assert sum(known) < 143
    legacy = [one["numPresentIdpInd"] for one in json.loads(ask(key, "/v2/IdpAdmin2Data").content)["result"]]
    assert legacy == places


def test_a_threshold_said_later_holds_at_once(floods: Operation, key: str) -> None:
    from waystation.apps.tracking.acts import operations as on_operations

    publishing.publish(floods, 1, SPRING, [row("NM0101", 3), *PLACES[1:]])
    assert counts(key, 2)[0] == 3
    do(on_operations.describe, floods, min_cell=10)
    assert counts(key, 2)[0] is None


def test_men_and_women_who_are_more_than_all_are_unknown_under_a_threshold(house: None, key: str) -> None:
    careful = publishing.operation("Careful", "NAM", min_cell=5)
    publishing.publish(careful, 1, SPRING, [row("NM0101", 30, males=20, females=20), *PLACES[1:]])
    first = rows(key, 2)[0]
    assert (first["numPresentIdpInd"], first["numberMales"], first["numberFemales"]) == (30, None, None)


def test_the_older_addresses_answer_too(floods: Operation, key: str) -> None:
    publishing.publish(floods, 1, SPRING, PLACES)
    for path in ("/v2/IdpAdmin1Data", "/api/idpAdmin1Data/GetAdmin1Datav2", "/api/IdpAdmin1Data/GetAdmin1Datav2"):
        found = json.loads(ask(key, path, Admin0Pcode="NAM").content)["result"]
        assert [one["numPresentIdpInd"] for one in found] == [100, 100]
        assert not {"displacementReason", "numberMales", "idpOriginAdmin1Name"} & set(found[0])
        assert found[0]["id"] != found[1]["id"]
    for path in ("/v2/CountryList", "/api/Common/GetAllCountryList"):
        found = json.loads(ask(key, path).content)["result"]
        assert found == [{"admin0Name": "Namibia", "admin0Pcode": "NAM"}]
    assert len(json.loads(ask(key, "/api/Common/GetAllOperationList").content)["result"]) == 1


def test_answers_are_told_apart_and_sent_once(floods: Operation, key: str) -> None:
    publishing.publish(floods, 1, SPRING, PLACES)
    path = "/v3/displacement/admin2"
    plain, small = ask(key, path), ask(key, path, {"Accept-Encoding": "gzip"})
    assert gzip.decompress(small.content) == plain.content
    assert (small["Content-Encoding"], small["Cache-Control"]) == ("gzip", "private, no-cache")
    again = ask(key, path, {"If-None-Match": plain["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert ask("no key", path, {"If-None-Match": plain["ETag"]}).status_code == 401
    publishing.publish(floods, 2, SUMMER, PLACES)
    assert ask(key, path, {"If-None-Match": plain["ETag"]}).status_code == 200


def test_names_in_any_script_and_with_quotes_are_json(floods: Operation, key: str) -> None:
    name = 'Nord "Est" \\ بحيرة 湖'
    publishing.publish(floods, 1, SPRING, [row("NM0101", 1) | {"admin2_name": name}])
    assert rows(key, 2)[0]["admin2Name"] == name


def test_a_person_who_left_leaves_their_key_behind(floods: Operation, key: str) -> None:
    """The key acts as its holder: what they lose, it loses; published data anyone with a key may read."""
    person = do(invite, username="amina", name="Amina", office=publishing.office()).record
    do(grant, holder=person, duty="tracking.manage", office=publishing.office())
    publishing.publish(floods, 1, SPRING, PLACES)
    with scope.enter(scope.Scope(person)):
        from waystation.kernel.house import issue

        hers = str(do(issue, grants="dtm:read").answer["key"])
    do(end, DutyGrant.everything.get(holder=person))
    assert counts(hers, 0) == [200]
    person.is_active = False
    person.save()
    assert ask(hers, "/v3/displacement/admin0").status_code == 401
