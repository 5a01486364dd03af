"""The catalogues are whole: every message in every language, each translation fit for its message, and nothing in English
by accident. ``waystation languages missing LANGUAGE`` lists what this prints; ``import`` takes it in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from waystation.hall.wording.queries import catalogues
from waystation.hall.wording.queries.catalogues import (
    entries,
    form_for,
    forms_of,
    message_of,
    read,
    updated,
)
from waystation.hall.wording.queries.checking import wrong_with
from waystation.hall.wording.queries.extracting import _called, messages
from waystation.hall.wording.shapes import LANGUAGES, PLURALS, TO_REVIEW, Message
from waystation.site.cli import main

SAME = Path(__file__).with_name("same.txt").read_text(encoding="utf-8").splitlines()
EVERY = sorted(LANGUAGES)


@pytest.fixture(scope="module")
def told() -> list[Message]:
    return messages()


@pytest.fixture
def locale(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Catalogues of our own, empty."""
    monkeypatch.setattr(catalogues, "PACKAGE", tmp_path)
    return tmp_path


@pytest.mark.parametrize("language", EVERY)
def test_every_message_is_translated_and_nothing_else(language: str, told: list[Message]) -> None:
    held = {message_of(one).key: one for one in entries(read(language))}
    wanted = {one.key for one in told}
    assert not wanted - held.keys(), (
        f"run waystation languages update; not in the catalogue: {sorted(wanted - held.keys())}"
    )
    assert not held.keys() - wanted, f"run waystation languages update; said nowhere: {sorted(held.keys() - wanted)}"
    missing = [key for key, one in held.items() if not all(forms_of(one))]
    assert not missing, f"{len(missing)} messages are not translated:\n" + "\n".join(missing)


@pytest.mark.parametrize("language", EVERY)
def test_every_translation_fits_its_message(language: str) -> None:
    wrong = {
        message_of(one).one: why
        for one in entries(read(language))
        if (why := wrong_with(language, message_of(one), forms_of(one)))
    }
    assert not wrong


@pytest.mark.parametrize("language", EVERY)
def test_nothing_is_english_by_accident(language: str) -> None:
    same = [message_of(one).one for one in entries(read(language)) if message_of(one).one in forms_of(one)]
    assert not [one for one in same if f"{language} {one}" not in SAME]


def test_what_may_be_the_same_is_the_same() -> None:
    known = {f"{language} {message_of(one).one}" for language in EVERY for one in entries(read(language))
             if message_of(one).one in forms_of(one)}  # fmt: skip
    assert not set(SAME) - known, "no longer the same in both languages: take it off the list"


@pytest.mark.parametrize("language", EVERY)
def test_the_files_are_as_the_command_writes_them(language: str, told: list[Message], locale: Path) -> None:
    """Sorted, without line numbers, moments or names of tools: so that branches merge."""
    theirs = Path(catalogues.__file__).parents[3] / "locale" / LANGUAGES[language] / "LC_MESSAGES" / "django.po"
    catalogues.path_of(language).parent.mkdir(parents=True)
    catalogues.path_of(language).write_bytes(theirs.read_bytes())
    catalogues.write(language, updated(language, told))
    assert catalogues.path_of(language).read_bytes() == theirs.read_bytes()


@pytest.mark.parametrize("language", EVERY)
def test_plural_forms_are_counted_right(language: str) -> None:
    count, _rule = PLURALS[language]
    catalog = read(language)
    assert catalog.num_plurals == count == {"ar": 6, "ru": 3, "zh-hans": 1}.get(language, 2)
    assert {form_for(language)(n) for n in range(201)} == set(range(count))
    assert all(len(forms_of(one)) == count for one in entries(catalog) if message_of(one).many)


ARABIC = {0: 0, 1: 1, 2: 2, 3: 3, 10: 3, 11: 4, 21: 4, 99: 4, 100: 5, 101: 5, 102: 5, 103: 3, 111: 4, 1000: 5}
RUSSIAN = {0: 2, 1: 0, 2: 1, 3: 1, 5: 2, 11: 2, 12: 2, 21: 0, 22: 1, 100: 2, 101: 0, 111: 2}


@pytest.mark.parametrize("language, number, form", [
    *(("ar", n, form) for n, form in ARABIC.items()), *(("ru", n, form) for n, form in RUSSIAN.items()),
    ("fr", 0, 0), ("fr", 1, 0), ("fr", 2, 1), ("es", 0, 1), ("es", 1, 0), ("es", 2, 1), ("zh-hans", 0, 0), ("zh-hans", 7, 0),
])  # fmt: skip
def test_a_number_takes_its_form(language: str, number: int, form: int) -> None:
    assert form_for(language)(number) == form


ROWS = Message("{n} row", "{n} rows")


@pytest.mark.parametrize("language, message, forms, why", [
    ("fr", Message("{n} of {all}"), ["{n} sur tous"], "it lacks all"),
    ("fr", Message("{n} of {all}"), ["{n} sur {tout}"], "it names tout"),
    ("fr", Message("%(n)s late"), ["{n} en retard"], "names n, which the source does not"),
    ("fr", Message("{n} of {all}"), ["{n sur {all}"], "its braces are not closed"),
    ("fr", Message(" and more"), ["et plus"], "other spaces"),
    ("fr", Message("Open"), ["<b>Ouvrir</b>"], "markup"),
    ("fr", Message("Open"), [""], "it is empty"),
    ("fr", ROWS, ["{n} ligne"], "2 forms are needed"),
    ("fr", ROWS, ["une ligne", "{n} lignes"], "form 0: it lacks n"),  # French says no rows and one row alike
    ("ru", Message("Open"), ["Otkryt"], "letters of the language"),
    ("ar", ROWS, ["لا صفوف", "صف", "صفان", "صفوف", "{n} صفاً", "{n} صف"], "form 3: it lacks n"),
])  # fmt: skip
def test_what_does_not_fit_is_told(language: str, message: Message, forms: list[str], why: str) -> None:
    assert why in wrong_with(language, message, forms)


@pytest.mark.parametrize("language, message, forms", [
    ("ar", ROWS, ["لا صفوف", "صف واحد", "صفان", "{n} صفوف", "{n} صفاً", "{n} صف"]),  # none, one and two need no number
    ("zh-hans", Message(" and {count} more"), ["，另有 {count} 项"]),
    ("ru", Message("{who} {did}"), ["{who}: {did}"]),
])  # fmt: skip
def test_what_fits_fits(language: str, message: Message, forms: list[str]) -> None:
    assert wrong_with(language, message, forms) == ""


def test_marks_are_found_in_code() -> None:
    import ast

    code = 'x = _("one" " two"); ngettext("{n} row", "{n} rows", n); pgettext("act", "open"); where("a", 1, words="it is so")'
    found = {(one.context, one.one, one.many) for one in _called(ast.parse(code), "x.py")}
    assert found == {("", "one two", ""), ("", "{n} row", "{n} rows"), ("act", "open", ""), ("", "it is so", "")}


def test_messages_come_from_everywhere(told: list[Message]) -> None:
    found = {one.key: one for one in told}
    assert "surfaces/web/templates/web/frame.html" in found["Sign in"].places or "Sign in" in found
    assert found["%(n)s late"].many
    assert found["Collective centre"].places == {"apps/places/codelists/site_kind.csv"}
    assert "act\x04publish" in found  # called by its function's name
    assert "it is released" in found  # a rule's sentence
    assert any("refusals" in place for place in found["The password is too weak: {why}"].places)


def said(capsys: Any, *words: str) -> tuple[int, Any]:
    code = main([*words, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_missing_filled_in_is_imported_and_marked(locale: Path, tmp_path: Path, capsys: Any) -> None:
    assert said(capsys, "languages", "update")[0] == 0
    code, missing = said(capsys, "languages", "missing", "ar")
    assert code == 0
    assert len(missing) > 1000
    assert next(len(one["forms"]) for one in missing if one.get("plural")) == 6
    filled = [one for one in missing if one["source"] == "Rounds"]
    filled[0]["forms"] = ["الجولات"]
    file = tmp_path / "ar.json"
    file.write_text(json.dumps(filled))
    code, answer = said(capsys, "languages", "import", "ar", str(file))
    assert (code, answer["taken_in"], answer["to_review"]) == (0, 1, 1)
    assert said(capsys, "languages", "update")[1][0]["to_review"] == 1  # what is there stays, with its mark
    entry = next(one for one in entries(read("ar")) if one.id == "Rounds")
    assert forms_of(entry) == ("الجولات",)
    assert TO_REVIEW in entry.flags
    assert said(capsys, "languages", "import", "ar", str(file), "--reviewed")[1]["to_review"] == 0
    code, wrong = said(capsys, "languages", "check")
    assert code == 1
    assert {"language": "fr", "source": "Rounds", "wrong": "it is empty"} in wrong


def test_translations_that_do_not_fit_are_not_taken_in(locale: Path, tmp_path: Path, capsys: Any) -> None:
    said(capsys, "languages", "update")
    file = tmp_path / "fr.json"
    file.write_text(json.dumps([{"source": "Rounds", "forms": ["Cycles"]}, {"source": "Round {number}", "forms": ["Cycle"]},
                                {"source": "Nobody says this", "forms": ["Personne"]}]))  # fmt: skip
    code, refused = said(capsys, "languages", "import", "fr", str(file))
    assert code == 1
    assert [one["code"] for one in refused["problems"]] == ["wording.does_not_fit", "wording.no_message"]
    assert not any(any(forms_of(one)) for one in entries(read("fr")))  # all or nothing
    file.write_text('{"Rounds": "Cycles"}')
    code, refused = said(capsys, "languages", "import", "fr", str(file))
    assert (code, refused["code"]) == (1, "wording.not_a_list")
