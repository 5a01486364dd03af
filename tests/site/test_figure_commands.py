"""figure list, value, lineage, verify on the command line: what they say, as text and JSON, and their exit codes."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from tests.personas import Personas
from waystation.apps.exchange.releases import package
from waystation.apps.tracking.models import Round
from waystation.apps.tracking.tests.making import correct, fresh, make_operation, make_round, spot
from waystation.kernel import release
from waystation.kernel.values import now
from waystation.site.cli import main

DAY = date(2025, 3, 31)
ROWS = [spot("HT0111", 100, males=40, females=60), spot("HT0211", 30), spot("HT0212", None)]


@pytest.fixture
def published(personas: Personas) -> Round:
    """A published round of 130 people, of which eight of ten places were assessed."""
    made = make_operation(personas)
    return make_round(personas, made, 1, DAY, ROWS, planned_locations=10, assessed_locations=8)


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs a command; gives its exit code, what it printed, and what it complained of."""

    def run(*argv: str) -> tuple[int, str, str]:
        code = main(list(argv))
        out, err = capsys.readouterr()
        return code, out, err

    return run


@pytest.fixture
def told(say: Any) -> Any:
    """Runs a command with --json that must be done; gives what it answered."""

    def run(*argv: str) -> Any:
        code, out, _err = say(*argv, "--json")
        assert code == 0
        return json.loads(out)

    return run


def test_the_list_names_each_figure_with_what_it_answers(published: Round, say: Any, told: Any) -> None:
    listed = {one["name"]: one for one in told("figure", "list")}
    assert listed["reference.internally_displaced"]["answers"] == ["F030"]
    assert {"source", "edition"} <= set(listed["reference.internally_displaced"]["never_across"])
    assert listed["tracking.idps_tracked"]["answers"] == ["F047", "F039"]
    assert all(one["sentence"].endswith(".") for one in listed.values())
    code, out, _err = say("figure", "list")
    line = next(one for one in out.splitlines() if one.startswith("exchange.plans_using_tracking "))
    assert code == 0
    assert line.split()[:4] == ["exchange.plans_using_tracking", "share", "share", "F065"]


def test_a_value_with_its_parts_coverage_and_sources(published: Round, say: Any, told: Any) -> None:
    asked = ("figure", "value", "tracking.idps_tracked", "--as-of", "2025-12-31", "--by", "sex")
    answer = told(*asked)
    assert (answer["value"], answer["unknown"]) == (130, 1)
    assert {part["sex"]: part["value"] for part in answer["parts"]} == {"female": 60, "male": 40, "unknown": 30}
    assert answer["coverage"] == {"planned": 10, "answered": 8, "share": 0.8, "word": "places", "note": ""}
    assert answer["sources"][0]["source"] == "Test survey"
    code, out, _err = say(*asked)
    assert code == 0
    assert "130 persons, as of 2025-12-31" in out
    assert "coverage: 8 of 10 places" in out
    assert f"source: Test survey (CC BY 4.0). Test team [{published.ref} v1]" in out


def test_where_takes_several_values_and_across_needs_a_reason(
    personas: Personas, published: Round, say: Any, told: Any
) -> None:
    coast = make_operation(personas, name="Coast")
    make_round(personas, coast, 1, DAY, [spot("HT0111", 5)])
    asked = ("figure", "value", "tracking.people_present", "--as-of", "2025-12-31")
    code, out, _err = say(*asked, "--json")
    assert (code, json.loads(out)["code"]) == (1, "figures.never_across")
    code, out, err = say(*asked)
    assert (code, out) == (1, "")
    assert "refused (figures.never_across)" in err
    answer = told(*asked, "--across", "operation=they track different provinces")
    assert (answer["value"], answer["across"]) == (135, {"operation": "they track different provinces"})
    assert told(*asked, "--where", f"operation={coast.ref}")["value"] == 5
    several = (
        "--where",
        "admin2=HT0111",
        "--where",
        "admin2=HT0212",
        "--where",
        f"operation={published.operation.ref}",
    )
    assert (told(*asked, *several)["value"], told(*asked, *several)["rows"]) == (100, 2)


def test_a_share_says_its_numerator_and_its_base(published: Round, say: Any, told: Any) -> None:
    asked = ("figure", "value", "tracking.places_assessed", "--as-of", "2025-12-31")
    answer = told(*asked)
    assert (answer["value"], answer["numerator"], answer["denominator"]) == (0.8, 8, 10)
    assert "\n8 over 10\n" in say(*asked)[1]


def test_known_at_gives_what_was_known_then(personas: Personas, published: Round, told: Any) -> None:
    moment = now().isoformat()
    correct(personas, fresh(published), [spot("HT0111", 1)])
    asked = ("figure", "value", "tracking.idps_tracked", "--as-of", "2025-12-31")
    assert told(*asked)["value"] == 1
    assert told(*asked, "--known-at", moment)["value"] == 130


def test_lineage_pages_through_the_rows_as_far_as_one_may_see(published: Round, say: Any, told: Any) -> None:
    asked = ("figure", "lineage", "tracking.idps_tracked", "--as-of", "2025-12-31")
    found = told(*asked, "--size", "2")
    assert (found["total"], found["hidden"], [row["origin_row"] for row in found["rows"]]) == (3, 0, [2, 3])
    assert [row["origin_row"] for row in told(*asked, "--size", "2", "--page", "2")["rows"]] == [4]
    assert all(len(row["digest"]) == 64 for row in found["rows"])
    assert [row["value"] for row in told(*asked, "--where", "admin1=HT01")["rows"]] == [100]
    code, out, _err = say(*asked, "--as", "daniel")
    assert code == 0
    assert out.startswith("3 rows, 0 of them not for you")
    assert "source: Test survey" in out


def test_verify_recomputes_what_was_released(personas: Personas, published: Round, say: Any, told: Any) -> None:
    assert say("figure", "verify")[1] == "No figure was released yet.\n"
    with personas.asking(personas.bakary):
        out = release.publish(package([published.ref]), audience="public", licence="CC BY 4.0", office=personas.dakar)
    (verdict,) = told("figure", "verify", "--release", out.record.ref)
    assert (verdict["status"], verdict["now"]) == ("same", "same")
    correct(personas, fresh(published), [spot("HT0111", 1)])
    (verdict,) = told("figure", "verify")
    assert (verdict["status"], verdict["now"], verdict["now_value"]) == ("same", "changed", "1")
    code, text, _err = say("figure", "verify", "--release", "REL-NONE", "--json")
    assert (code, json.loads(text)["code"]) == (1, "kernel.not_found")


@pytest.mark.parametrize(
    "argv",
    [
        ("value",),
        ("value", "tracking.idps_tracked", "--as-of", "31/12/2025"),
        ("value", "tracking.idps_tracked", "--known-at", "yesterday"),
        ("value", "tracking.idps_tracked", "--where", "admin1"),
        ("value", "tracking.idps_tracked", "--across", "operation="),
        ("lineage", "tracking.idps_tracked", "--page", "two"),
        ("recount", "tracking.idps_tracked"),
    ],
)
def test_a_wrong_call_exits_with_2(published: Round, argv: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["figure", *argv])
    assert stopped.value.code == 2
    assert "usage: waystation figure" in capsys.readouterr().err


@pytest.mark.parametrize(
    "argv, code",
    [
        (("value", "tracking.people"), "kernel.unknown_name"),
        (("value", "tracking.idps_tracked", "--by", "colour"), "figures.unknown_dim"),
        (("lineage", "tracking.idps_tracked", "--where", "colour=red"), "figures.unknown_dim"),
        (("value", "tracking.idps_tracked", "--known-at", "2999-01-01T00:00Z"), "figures.not_known_yet"),
        (("value", "tracking.people_present", "--by", "sex", "--by", "age"), "tracking.sex_and_age_apart"),
        (("value", "reference.displacement_report_edition", "--across", "source= "), "figures.say_why"),
    ],
)
def test_what_cannot_be_answered_is_refused_with_1(
    published: Round, say: Any, argv: tuple[str, ...], code: str
) -> None:
    done, out, _err = say("figure", *argv, "--json")
    assert (done, json.loads(out)["code"]) == (1, code)


@pytest.mark.parametrize("verb", ["list", "value", "lineage", "verify"])
def test_each_has_help_with_examples(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["figure", verb, "--help"])
    assert stopped.value.code == 0
    shown = capsys.readouterr().out
    assert f"\n  waystation figure {verb}" in shown
    assert "--json" in shown
