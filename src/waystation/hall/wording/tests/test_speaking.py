"""What is said while the house runs: ours before Django's, in the right form, and corrections at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils.translation import gettext, ngettext, override, pgettext

from waystation.hall.wording.queries import speaking
from waystation.kernel.refusals import Problem
from waystation.kernel.screens import Sentence
from waystation.surfaces import wording
from waystation.surfaces.web.history import apart


@pytest.mark.parametrize("language, said", [
    ("ar", "الجولات"), ("zh-hans", "轮次"), ("en", "Rounds"), ("fr", "Cycles"), ("ru", "Раунды"), ("es", "Rondas"),
])  # fmt: skip
def test_our_words_are_said(language: str, said: str) -> None:
    with override(language):
        assert gettext("Rounds") == said


def test_django_still_says_its_own() -> None:
    with override("fr"):
        assert gettext("This field is required.") == "Ce champ est obligatoire."


def test_ours_untranslated_is_said_in_english_and_never_in_django_s_sense(monkeypatch: pytest.MonkeyPatch) -> None:
    with override("fr"):
        assert gettext("Yes") != "Yes"  # Django's catalogue knows it
        monkeypatch.setitem(speaking._said, "fr", speaking.words("fr") | {"Yes": ("",)})
        assert gettext("Yes") == "Yes"


def test_a_verb_is_no_thing() -> None:
    with override("fr"):
        assert (pgettext("act", "release"), gettext("release")) == ("diffuser", "diffusion")


DAYS = {
    "ar": {0: "أقل من يوم", 1: "يوم واحد", 2: "يومان", 3: "3 أيام", 11: "11 يوماً", 21: "21 يوماً", 100: "100 يوم"},
    "ru": {0: "0 дней", 1: "1 день", 2: "2 дня", 3: "3 дня", 11: "11 дней", 21: "21 день", 100: "100 дней"},
    "fr": {0: "0 jour", 1: "1 jour", 2: "2 jours", 21: "21 jours"},
    "es": {0: "0 días", 1: "1 día", 2: "2 días"},
    "zh-hans": {0: "0 天", 1: "1 天", 2: "2 天"},
    "en": {0: "0 days", 1: "1 day", 2: "2 days"},
}


@pytest.mark.parametrize(
    "language, number, said", [(one, n, said) for one, days in DAYS.items() for n, said in days.items()]
)
def test_counts_take_their_form(language: str, number: int, said: str) -> None:
    with override(language):
        assert ngettext("{n} day", "{n} days", number).format(n=number) == said


def test_a_refusal_counts_in_the_language_it_is_read_in() -> None:
    problem = Problem("tracking.open_findings", {"round": "R-1", "count": 1})
    assert problem.message.startswith("R-1 has 1 open blocking finding. ")
    with override("ru"):
        assert problem.message.startswith("R-1: 1 открытое блокирующее замечание.")
    with override("ar"):
        assert Problem("tracking.open_findings", {"round": "R-1", "count": 2}).message.startswith(
            "R-1: ملاحظتان مانعتان"
        )


def test_spans_of_time_are_in_the_locale_s_digits() -> None:
    with override("ar"):
        assert apart(timedelta(days=11)) == f"{wording.number(11, 'ar')} يوماً"
        assert apart(timedelta(days=2)) == "يومان"


THINGS = ["A", "B"]
AT = datetime(2026, 12, 3, 14, 5, tzinfo=UTC)


@pytest.mark.parametrize("language, listed, moment", [
    ("en", "A, B", "3 Dec 2026, 14:05"), ("fr", "A, B", "3 déc. 2026, 14:05"), ("es", "A, B", "3 dic 2026, 14:05"),
    ("ru", "A, B", "3 дек. 2026\u202fг., 14:05"), ("zh-hans", "A、B", "2026年12月3日 14:05"),
    ("ar", "\u2068A\u2069، \u2068B\u2069", "3 ديسمبر 2026، 14:05"),
])  # fmt: skip
def test_things_side_by_side_are_parted_as_the_language_does_it(language: str, listed: str, moment: str) -> None:
    assert wording.listed(THINGS, language) == wording.said(THINGS, "text", language) == listed
    assert wording.moment(AT, language) == moment


def test_names_and_addresses_keep_to_themselves_in_right_to_left_sentences() -> None:
    told = Sentence("{who}: {where}", {"who": "ليلى", "where": "/v3/areas?x=1"})
    with override("ar"):
        assert str(told) == "ليلى: \u2068/v3/areas?x=1\u2069"
    with override("fr"):
        assert str(told) == "ليلى: /v3/areas?x=1"
