"""Names as they stand in real lists, and the ways people type them."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import pytest

from waystation.hall.finding.shapes import fold, tokens

SAME = [
    ("Abéché", "ABECHE"),
    ("N'Djamena", "N’Djaména"),
    ("N'Djamena", "Ndjamena"),
    ("Al-Hasakah", "al ḥasakah"),
    ("Łódź", "lodz"),
    ("Tromsø", "tromso"),
    ("Weißenburg", "weissenburg"),
    ("Diyarbakır", "DİYARBAKIR"),
    ("Iğdır", "IGDIR"),
    ("Đà Nẵng", "da nang"),
    ("Ɗan Baƙo", "dan bako"),
    ("Côte d’Ivoire", "cote divoire"),
    ("São Tomé", "SAO TOME"),
    ("Næstved", "naestved"),
    ("الحسكة", "الحَسَكَه"),
    ("إدلب", "ادلب"),
    ("أبو كمال", "ابو كمال"),
    ("آمد", "امد"),
    ("طرابلس الغربـــية", "طرابلس الغربيه"),
    ("مصطفى", "مصطفي"),
    ("رئيس", "رييس"),
    ("مؤتة", "موته"),
    ("کابل", "كابل"),
    ("کندی", "كندي"),
    ("موقع ٢٣", "موقع 23"),
    ("موقع ۲۳", "موقع 23"),
    ("ﻻﺟﺌﻮﻥ", "لاجيون"),
    ("Орёл", "орел"),
    ("ＡＢＣ　１２", "abc 12"),
    ("camp\u200b 7\u200e", "camp 7"),
    ("Saint–Louis (Nord)", "saint louis nord"),
]


@pytest.mark.parametrize("written,typed", SAME)
def test_the_same_name(written: str, typed: str) -> None:
    assert fold(written) == fold(typed)


def test_letters_of_their_own_stay() -> None:
    assert fold("Йошкар") == "йошкар" != fold("Иошкар")
    assert fold("কক্সবাজার") == "কক্সবাজার", "vowel signs and the virama are part of a Bengali word"
    assert fold("서울") == "서울"


def test_folding_twice_is_folding_once() -> None:
    for one, other in SAME:
        for text in (one, other):
            assert fold(fold(text)) == fold(text)
            assert all(fold(word) == word for word in tokens(text))


def test_names_joined_by_marks_are_found_whole_and_in_parts() -> None:
    assert tokens("N'Djamena") == ["ndjamena", "n", "djamena"]
    assert tokens("Al-Hasakah") == ["al", "hasakah", "alhasakah"]
    assert tokens("SITE-0A1B") == ["site", "0a1b"], "a reference is found by its parts"
    assert tokens("Nord, (Sud)") == ["nord", "sud"]


def test_arabic_words_also_without_their_article() -> None:
    assert tokens("الحسكة") == ["الحسكه", "حسكه"]
    assert tokens("الله") == ["الله"], "too short to be an article and a word"


def test_any_part_of_a_chinese_name_is_a_word() -> None:
    assert tokens("叙利亚") == ["叙利", "利亚", "亚"]
    assert tokens("中国China") == ["中国", "国", "china"]


def test_nothing_is_left_of_marks() -> None:
    assert fold("- ' — «»") == ""
    assert tokens(" - ' ") == []
    assert tokens("") == []


def test_long_words_are_cut() -> None:
    assert tokens("x" * 500) == ["x" * 60]


def test_real_names_of_settlements_fold_to_their_spelling_without_accents(shared_data: Path) -> None:
    """12,000 settlements of countries in crisis with their names in many scripts and, for most, in plain ASCII."""
    path = shared_data / "geography" / "geonames_settlements_crisis_countries.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
        rows = [(row["name"], row["alternatenames"].split("|")) for row in csv.DictReader(stream)]
    written = {name for own, others in rows for name in (own, *others) if name}
    assert len(written) > 50_000
    assert not [name for name in written if not fold(name) or fold(fold(name)) != fold(name)]
    accented = [
        (own, {fold(one) for one in others if one.isascii() and one}) for own, others in rows if not own.isascii()
    ]
    accented = [(own, plain) for own, plain in accented if plain]
    assert len(accented) > 2_000
    assert sum(fold(own) in plain for own, plain in accented) / len(accented) > 0.98
