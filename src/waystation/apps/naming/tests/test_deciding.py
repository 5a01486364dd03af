"""Questions about names: asked once, decided by whoever may, remembered for their source and offered to others."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.personas import Personas
from waystation.apps.naming import acts, api
from waystation.apps.naming.models import Decision, Question
from waystation.apps.naming.tests.making import south_sudan
from waystation.apps.places.acts import merge, open_site, rename, split
from waystation.apps.places.models import Area, Country
from waystation.kernel.acts import do
from waystation.kernel.models import AuditEntry
from waystation.kernel.refusals import Refused

SURVEY = "Test survey"
KAPOETA = ({1: "Eastern Equatoria", 2: "Kapoeta"}, {})


@pytest.fixture
def held(personas: Personas, tmp_path: Path) -> Personas:
    south_sudan(personas, tmp_path)
    return personas


def asked(personas: Personas, *rows: tuple[dict[int, str], dict[int, str]], source: str = SURVEY) -> int:
    with personas.asking(personas.chiara):
        found = api.match(country="SSD", rows=rows, source=source)
        some = [(one, 3) for by_level in found for one in by_level.values()]
        return api.ask(country="SSD", source=source, office=personas.nairobi, found=some)


def meant(personas: Personas, row: tuple[dict[int, str], dict[int, str]], level: int, source: str = SURVEY):
    with personas.asking(personas.chiara):
        return api.match(country="SSD", rows=[row], source=source)[0][level]


def test_what_is_uncertain_is_asked_once(held: Personas) -> None:
    assert asked(held, KAPOETA, KAPOETA, ({1: "Unity", 2: "Panyijar"}, {})) == 1
    assert asked(held, ({1: "Eastern Equatoria", 2: "KAPOETA"}, {})) == 1
    question = Question.everything.get()
    assert (question.text, question.above, question.above_said, question.rows) == (
        "Kapoeta",
        "SS02",
        "Eastern Equatoria",
        3,
    )
    assert [one["code"] for one in question.candidates] == ["SS0202", "SS0203"]
    with held.asking(held.daniel):
        assert api.open_questions(source=SURVEY) == 1


def test_a_decision_is_remembered_for_its_source_and_offered_to_others(held: Personas) -> None:
    asked(held, KAPOETA)
    with held.asking(held.amina):
        do(acts.decide, Question.objects.get(), code="SS0203")
    found = meant(held, KAPOETA, 2)
    assert (found.code, found.way, api.why(found)) == (
        "SS0203",
        "source",
        "decided before for this source; within Eastern Equatoria",
    )
    other = meant(held, ({1: "Eastern Equatoria", 2: "Kapoeta"}, {}), 2, source="Another survey")
    assert (other.standing, other.code) == ("uncertain", "")
    assert other.candidates[0].place.code == "SS0203"
    assert {"naming.questions.ask", "naming.questions.decide"} <= set(AuditEntry.objects.values_list("act", flat=True))


def test_no_such_place_is_an_answer_too(held: Personas) -> None:
    asked(held, KAPOETA)
    with held.asking(held.amina):
        question = do(acts.decide_none, Question.objects.get(), why="A new county").record
        assert meant(held, KAPOETA, 2).standing == "none"
        do(acts.reopen, question)
    assert Decision.everything.get().state == "withdrawn"
    assert meant(held, KAPOETA, 2).standing == "uncertain"


def test_only_whoever_keeps_places_decides(held: Personas) -> None:
    asked(held, KAPOETA)
    with held.asking(held.chiara), pytest.raises(Refused) as refused:
        do(acts.decide, Question.objects.get(), code="SS0203")
    assert refused.value.code == "kernel.not_allowed"


@pytest.mark.parametrize("code", ["SS9999", "SS02", ""])
def test_a_decision_names_a_place_of_its_level(held: Personas, code: str) -> None:
    asked(held, KAPOETA)
    with held.asking(held.amina), pytest.raises(Refused) as refused:
        do(acts.decide, Question.objects.get(), code=code)
    assert refused.value.code == ("naming.no_such_place" if code else "kernel.argument_missing")


def test_a_name_is_remembered_by_hand_once(held: Personas) -> None:
    said = {"source": SURVEY, "country": "SSD", "level": 1, "office": held.dakar}
    with held.asking(held.amina):
        kept = do(acts.remember, text="Bentiu State", code="SS06", **said).record
        with pytest.raises(Refused) as twice:
            do(acts.remember, text="BENTIU state", code="SS06", **said)
        with pytest.raises(Refused) as nameless:
            do(acts.remember, text="…", code="SS06", **said)
    assert (twice.value.code, nameless.value.code) == ("naming.already_decided", "naming.no_name")
    assert meant(held, ({1: "Bentiu"}, {}), 1).code == "SS06"
    with held.asking(held.amina):
        do(acts.withdraw, kept)
    assert meant(held, ({1: "Bentiu"}, {}), 1).standing == "unknown"


def test_a_question_set_aside_still_waits(held: Personas) -> None:
    asked(held, KAPOETA)
    with held.asking(held.amina):
        do(acts.set_aside, Question.objects.get(), why="Ask the field")
        assert api.open_questions(source=SURVEY) == 1
        do(acts.decide, Question.objects.get(), code="SS0202")
        assert api.open_questions(source=SURVEY) == 0


def test_old_names_lead_to_what_the_place_became(held: Personas) -> None:
    on = date(2024, 1, 1)
    with held.asking(held.amina):
        do(rename, Area.objects.get(pcode="SS0201"), name="Budy Hills", on=on)
        do(split, Area.objects.get(pcode="SS0101"), into="SS0111 Juba Town\nSS0112 Lobonok", on=on)
        do(merge, Area.objects.get(pcode="SS0202"), into=Area.objects.get(pcode="SS0203"), on=on)
    renamed = meant(held, ({1: "Eastern Equatoria", 2: "Budi"}, {}), 2)
    assert (renamed.code, renamed.way) == ("SS0201", "renamed")
    merged = meant(held, ({1: "Eastern Equatoria", 2: "Kapoeta North"}, {}), 2)
    assert (merged.code, merged.way) == ("SS0203", "renamed")
    parted = meant(held, ({1: "Central Equatoria", 2: "Juba"}, {}), 2)
    assert parted.standing == "uncertain"
    assert {one.place.code for one in parted.candidates[:2]} == {"SS0111", "SS0112"}
    with held.asking(held.amina):
        then = api.match(country="SSD", rows=[({2: "Juba"}, {})], on=date(2023, 1, 1))[0][2]
        assert then.code == "SS0101"


def test_sites_are_found_by_those_who_may_see_them(held: Personas) -> None:
    with held.asking(held.amina):
        area = Area.objects.get(pcode="SS0101")
        site = do(open_site, name="Gumbo Camp", kind="camp", country=Country.objects.get(iso3="SSD"), area=area).record
    row = ({1: "Central Equatoria", 2: "Juba", 9: "camp Gumbo"}, {})
    assert meant(held, row, 9).code == site.ref
    with held.asking(None):
        assert api.match(country="SSD", rows=[row])[0][9].standing == "unknown"


def test_a_suggestion_is_certain_or_none(held: Personas) -> None:
    with held.asking(held.amina):
        assert api.suggestion(name="Kajo Keji", country="SSD", level=2) == "SS0102 Kajo-keji"
        assert api.suggestion(name="Kapoeta", country="SSD", level=2) is None
