"""The index says what the records say: after acts, after renaming what others are called by, after rebuilding."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection

from tests.kernel import workshop
from tests.personas import Personas
from waystation.apps.places.acts import open_site, rename_site
from waystation.apps.places.models import Country, Site
from waystation.apps.tracking.models import Operation
from waystation.apps.tracking.tests.making import load_countries, make_operation
from waystation.hall.finding import reactions
from waystation.hall.finding.models import Entry, Mark
from waystation.hall.finding.queries import answers, writing
from waystation.hall.finding.queries.asking import wanted
from waystation.hall.finding.queries.keys import clashing, offset, register_at
from waystation.hall.finding.queries.texts import recipe
from waystation.kernel import scope, work
from waystation.kernel.acts import Outcome, act, do
from waystation.kernel.models import Job
from waystation.kernel.refusals import Refused
from waystation.kernel.register import find_register, registers
from waystation.kernel.rules import duty
from waystation.site.cli import main

SPRING = date(2024, 3, 31)
pytestmark = pytest.mark.django_db


@act("active", by=duty("tracking.manage"), said="renamed it", name="tracking.operations.retitle")
def retitle(operation: Operation, *, name: str) -> Outcome:
    """Give an operation another name."""
    operation.name = name
    return Outcome()


def site(personas: Personas, name: str, **more: Any) -> Site:
    """A site of Haiti, opened by Amina."""
    if not Country._base_manager.filter(iso3="HTI").exists():
        load_countries(personas, "HTI")
    with personas.asking(personas.amina):
        made: Site = do(open_site, name=name, kind="camp", country=Country.objects.get(iso3="HTI"), **more).record
    return made


def entry(record: Any) -> Entry:
    """What the index keeps of a record."""
    register = next(one for one in registers.values() if one.model is type(record))
    return Entry.objects.get(pk=offset(register.name) + record.pk)


def found(register: str, words: str) -> set[str]:
    """References that words find, whoever asks."""
    with scope.enter(scope.house("tests")):
        one = find_register(register)
        return set(one.model.objects.filter(answers.holding(one, words)).values_list("ref", flat=True))


def sound() -> bool:
    """Whether the index says what the records say."""
    return not writing.broken() and not [wrong for one in registers.values() for wrong in writing.differing(one)]


def test_registers_have_keys_of_their_own() -> None:
    assert clashing() == []
    for name, one in registers.items():
        assert register_at(offset(name) + 7) == (one, 7)
    assert register_at(1) == (None, 1)


def test_an_act_writes_down_what_its_record_is_called(personas: Personas) -> None:
    made = site(personas, "Camp de l'Étoile", code="ET-1")
    kept = entry(made)
    assert (kept.ref, kept.name) == (f"site {made.ref[5:].lower()}", "camp de letoile")
    assert kept.text.startswith(" site ")
    for words in ("etoile", "ÉTOILE", "l'etoile", "letoile", "camp eto", "et1", "ET-1", made.ref, made.ref.lower()):
        assert found("places.sites", words) == {made.ref}, words
    for words in ("toile", "camp nord", "-", "etoiles"):
        assert found("places.sites", words) == set(), words
    with personas.asking(personas.amina):
        do(rename_site, made, name="مخيم الحسكة")
    assert found("places.sites", "etoile") == set()
    for words in ("الحَسَكة", "حسكه", "مخيم حسك"):
        assert found("places.sites", words) == {made.ref}, words
    assert sound()


def test_a_refusal_leaves_the_index_as_it_was(personas: Personas) -> None:
    made = site(personas, "Delmas")
    before = list(Entry.objects.order_by("id").values())
    with personas.asking(personas.amina), pytest.raises(Refused):
        do(open_site, name="Delmas 2", kind="no such kind", country=made.country)
    with personas.asking(personas.daniel), pytest.raises(Refused):
        do(rename_site, made, name="Another")
    assert list(Entry.objects.order_by("id").values()) == before


def test_an_act_that_changes_no_name_writes_nothing(personas: Personas, django_assert_num_queries: Any) -> None:
    made = site(personas, "Delmas")
    with django_assert_num_queries(1):
        reactions.written(None, [made])
    assert sound()


def test_records_called_by_another_one_follow_its_name(personas: Personas, monkeypatch: pytest.MonkeyPatch) -> None:
    operation = make_operation(personas, "Conflict")
    with personas.asking(personas.amina):
        rounds = [
            do(
                find_register("tracking.rounds").act("plan"), operation=operation, number=n, reporting_date=SPRING
            ).record
            for n in (1, 2, 3)
        ]
        refs = {one.ref for one in rounds}
        assert found("tracking.rounds", "conflict") == refs
        operation = do(retitle, operation, name="Sécheresse").record
        assert found("tracking.rounds", "secheresse") == refs
        assert {entry(one).name for one in rounds} == {f"secheresse area {n}" for n in (1, 2, 3)}
        monkeypatch.setattr(reactions, "AT_ONCE", 2)
        operation = do(retitle, operation, name="Flood").record
        assert found("tracking.rounds", "flood") == set(), "three are many: the worker follows"
        assert not sound()
        do(find_register("tracking.operations").act("describe"), operation, min_cell=5)
    assert work.run_next()
    assert Job.everything.get().state == "done"
    assert found("tracking.rounds", "flood") == refs
    assert sound()
    assert not work.run_next(), "what changes no name makes no work"


def test_nothing_personal_is_kept(personas: Personas, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workshop.Piece, "__str__", lambda piece: f"{piece.name} {piece.caller}")
    monkeypatch.setattr(workshop.Piece, "caller", property(lambda piece: piece.phone), raising=False)
    with workshop.declared() as register:
        object.__setattr__(register, "search", ("ref", "name", "phone", "story"))
        made = recipe(register)
        assert (made.paths, made.named) == (("ref", "name"), False)
        with personas.asking(personas.amina):
            piece = do(workshop.make, name="Bowl", phone="555 0101", story="a secret").record
        kept = entry(piece)
        assert kept.text == f" {' '.join([*piece.ref.lower().split('-'), 'bowl'])} "
        assert kept.name == kept.ref
        assert found("workshop.pieces", "555") == found("workshop.pieces", "secret") == set()


def test_many_rows_in_one_act(personas: Personas) -> None:
    load_countries(personas)
    assert Entry.objects.count() > 240
    assert found("places.countries", "叙利") == found("places.countries", "syrian arab") == {"SYR"}
    assert found("places.countries", "الجمهورية العربيه السوريه") == {"SYR"}
    assert found("places.countries", "cote divoire") == found("places.countries", "côte d'iv") == {"CIV"}
    assert found("places.countries", "кот-д’ивуар") == {"CIV"}
    assert sound()


def test_the_two_ways_to_filter_agree(personas: Personas, monkeypatch: pytest.MonkeyPatch) -> None:
    load_countries(personas)
    for words in (
        "republic",
        "re",
        "united k",
        "al",
        "guinea bissau",
        "guinea-bissau",
        "国",
        "中国",
        "lao people's",
        "x",
    ):
        monkeypatch.setattr(answers, "MANY", dict.fromkeys(answers.MANY, 20_000))
        few = found("places.countries", words)
        monkeypatch.setattr(answers, "MANY", dict.fromkeys(answers.MANY, -1))
        assert found("places.countries", words) == few, words
        asked = wanted(words)
        assert asked is not None
        with scope.enter(scope.house("tests")):
            read = {c.ref for c in Country.objects.all() if asked.among(entry(c).text.split())}
        assert read == few, words


def test_rebuilding_puts_everything_right_and_goes_on_where_it_was(
    personas: Personas, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    load_countries(personas)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM finding_entry WHERE name LIKE 'c%%'")
        cursor.execute("UPDATE finding_entry SET text = ' lost ' WHERE name LIKE 'b%%'")
        cursor.execute(
            "INSERT INTO finding_entry (id, ref, name, text) VALUES (%s, 'x', 'x', ' x '), (%s, 'y', 'y', ' y ')",
            [offset("places.countries") + 100_000, offset("nobody.knows") + 1],
        )
    assert main(["check", "search"]) == 1
    said = capsys.readouterr().out
    assert "places.countries: " in said
    assert "waystation search rebuild" in said
    monkeypatch.setattr(writing, "BATCH", 50)
    going = writing.rebuild(find_register("places.countries"))
    assert [next(going), next(going)] == [50, 100]
    going.close()  # broken off
    assert Mark.objects.get().reached > 0
    touched: list[int] = []
    monkeypatch.setattr(writing, "write", lambda made, write=writing.write: (touched.append(len(made)), write(made)))
    assert main(["search", "rebuild"]) == 0
    assert sum(touched) < Entry.objects.count() - 50, "the first hundred were not read again"
    assert not Mark.objects.exists()
    assert sound()
    capsys.readouterr()
    assert main(["check", "search"]) == 0
    assert "says what the records say" in capsys.readouterr().out
    assert Entry.objects.count() == sum(one.model._base_manager.count() for one in registers.values())


def test_a_damaged_index_of_words_is_told_and_made_anew(personas: Personas) -> None:
    site(personas, "Delmas")
    if connection.vendor == "postgresql":  # makes the words a column of the entry itself
        assert not writing.broken()
        return
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO finding_words(finding_words) VALUES ('delete-all')")
    assert writing.broken()
    assert not sound()
    writing.settle()
    assert sound()


def test_a_house_without_an_index_gets_one_when_its_tables_are_brought_up_to_date(personas: Personas) -> None:
    made = site(personas, "Delmas")
    Entry.objects.all().delete()
    assert found("places.sites", "delmas") == set()
    assert main(["init"]) == 0
    assert found("places.sites", "delmas") == {made.ref}
    assert sound()
    Entry.objects.filter(name="delmas").delete()
    assert main(["init"]) == 0
    assert found("places.sites", "delmas") == set(), "what is there is left to check search and search rebuild"
    assert main(["check", "all"]) == 1
