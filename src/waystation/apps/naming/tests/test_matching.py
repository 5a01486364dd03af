"""Names beside names: what is the same, what is alike, what is another place."""

from __future__ import annotations

import pytest

from waystation.apps.naming.queries.matching import Index
from waystation.apps.naming.queries.rows import SITE, Matcher
from waystation.apps.naming.queries.spelling import parts, spelling
from waystation.apps.naming.queries.telling import why
from waystation.apps.naming.shapes import Place, Remembered

CHAD = [
    Place("TD07", "Lac", 1, "TCD", (), ("Lake",), ("Lac Tchad",)),
    Place("TD08", "Logone Occidental", 1, "TCD"),
    Place("TD09", "Logone Oriental", 1, "TCD"),
    Place("TD02", "Borkou", 1, "TCD"),
    Place("TD0801", "Dodjé", 2, "TCD", ("TD08",)),
    Place("TD0802", "Guéni", 2, "TCD", ("TD08",)),
    Place("TD0803", "Ngourkosso", 2, "TCD", ("TD08",)),
    Place("TD0901", "Ngourkoso", 2, "TCD", ("TD09",)),
    Place("TD0902", "La Pendé", 2, "TCD", ("TD09",)),
    Place("TD0903", "Nya Pendé", 2, "TCD", ("TD09",)),
    Place("TD0701", "Mamdi", 2, "TCD", ("TD07",)),
    Place("SITE-1", "Moundou Camp 1", SITE, "TCD", ("TD0801", "TD08")),
    Place("SITE-2", "Moundou Camp 2", SITE, "TCD", ("TD0801", "TD08")),
    Place("YE18", "Al Hodeidah", 1, "YEM"),
    Place("YE11", "Ibb", 1, "YEM"),
    Place("YE13", "Sana'a", 1, "YEM"),
    Place("UA71", "Cherkaska", 1, "UKR"),
]


@pytest.fixture(scope="module")
def index() -> Index:
    return Index(CHAD)


@pytest.mark.parametrize(
    "one, other",
    [
        ("N'Djaména", "ndjamena"), ("Sous-préfecture de Guéni", "Guéni"), ("St. Louis du Sud", "Saint-Louis South"),
        ("Nord-Ouest", "North West"), ("الحُديدة", "الحديدة"), ("Черкаська", "Cherkaska"), ("San Andrés", "st andres"),
        ("Ville de Ñuñoa", "ciudad de nunoa"), ("İstanbul", "Istanbul"), ("Ward III", "Ward 3"), ("Zürich", "zurich"),
        ("Al-Anbar Governorate", "Anbar"), ("Alto Paraná", "Upper Parana"),
    ],
)  # fmt: skip
def test_spellings_of_one_name_have_one_key(one: str, other: str) -> None:
    assert spelling(one).key == spelling(other).key


@pytest.mark.parametrize("one, other", [("Gogrial East", "Gogrial West"), ("Ward 5", "Ward 6"), ("Lac", "Lake")])
def test_different_names_keep_their_keys(one: str, other: str) -> None:
    assert spelling(one).key != spelling(other).key


def test_arabic_and_latin_share_their_consonants() -> None:
    assert spelling("الحديدة").bones == spelling("Al Hodeidah").bones == "hdd"
    assert spelling("سقطرى").bones == spelling("Socotra").bones
    assert spelling("الحديدة").arabic
    assert not spelling("Черкаська").arabic


def test_a_text_may_hold_several_names() -> None:
    assert list(parts("Pariang (Ruweng)")) == ["Pariang", "Ruweng"]
    assert list(parts("Cornillon/Grd Bois")) == ["Cornillon", "Grd Bois"]
    assert list(parts("Lac")) == []


@pytest.mark.parametrize(
    "said, code, way",
    [
        ("Lac", "TD07", "exact"), ("LAKE", "TD07", "alias"), ("Lac Tchad", "TD07", "renamed"),
        ("province du Logone occidental", "TD08", "same"), ("Logone Occidentale", "TD08", "fuzzy"),
        ("Bourkou", "TD02", "fuzzy"),
    ],
)  # fmt: skip
def test_a_name_is_decided_and_says_which_way(index: Index, said: str, code: str, way: str) -> None:
    found = Matcher(index).row("TCD", {1: said})[1]
    assert (found.standing, found.code, found.way) == ("decided", code, way)


@pytest.mark.parametrize(
    "said, country, code", [("الحديدة", "YEM", "YE18"), ("صنعاء", "YEM", "YE13"), ("Черкаська", "UKR", "UA71")]
)
def test_other_scripts_are_transliterated(index: Index, said: str, country: str, code: str) -> None:
    found = Matcher(index).row(country, {1: said})[1]
    assert (found.code, found.way) == (code, "transliterated")


def test_a_child_is_looked_for_in_its_parent(index: Index) -> None:
    matcher = Matcher(index)
    one = matcher.row("TCD", {1: "Logone Occidental", 2: "Ngourkosso"})
    other = matcher.row("TCD", {1: "Logone Oriental", 2: "Ngourkosso"})
    assert (one[2].code, other[2].code) == ("TD0803", "TD0901")
    assert why(other[2]) == "spelt alike, 0.97; within Logone Oriental"
    assert matcher.row("TCD", {2: "Ngourkosso"})[2].standing == "uncertain"  # without the parent, two are as near


def test_a_known_code_above_is_a_parent_too(index: Index) -> None:
    found = Matcher(index).row("TCD", {2: "Guéni"}, {1: "TD08"})
    assert set(found) == {2}
    assert (found[2].code, found[2].within) == ("TD0802", "Logone Occidental")


def test_what_lies_elsewhere_is_asked_about(index: Index) -> None:
    found = Matcher(index).row("TCD", {1: "Lac", 2: "Guéni"})[2]
    assert (found.standing, found.doubt, found.candidates[0].place.code) == ("uncertain", "outside", "TD0802")
    assert "Nothing of that name lies in the place above it." in why(found)


def test_where_the_parent_is_not_sure_its_child_must_be_plausible(index: Index) -> None:
    found = Matcher(index).row("TCD", {1: "Logone", 2: "Dodjé"})
    assert found[1].standing == "uncertain"
    assert (found[2].standing, found[2].code) == ("decided", "TD0801")
    lost = Matcher(index).row("TCD", {1: "Atlantis", 2: "Dodjé"})
    assert (lost[1].standing, lost[2].standing, lost[2].doubt) == ("unknown", "uncertain", "parent")


@pytest.mark.parametrize("said", ["Moundou Camp 3", "Logone", "Atlantis", "?"])
def test_what_is_uncertain_is_never_decided(index: Index, said: str) -> None:
    level = SITE if "Camp" in said else 1
    found = Matcher(index).row("TCD", {level: said}).get(level)
    assert found is not None
    assert found.code == ""
    assert found.standing in ("uncertain", "unknown")
    assert why(found)


def test_a_site_is_found_below_its_areas(index: Index) -> None:
    found = Matcher(index).row("TCD", {1: "Logone Occidental", 2: "Dodje", SITE: "camp moundou 2"})
    assert [found[level].code for level in (1, 2, SITE)] == ["TD08", "TD0801", "SITE-2"]


def test_decisions_of_the_source_come_first_and_those_of_others_are_offered(index: Index) -> None:
    said = (1, "", spelling("The Lake Province").key)
    own = Matcher(index, Remembered(own={said: "TD02"})).row("TCD", {1: "The Lake Province"})[1]
    assert (own.standing, own.code, own.way) == ("decided", "TD02", "source")
    none = Matcher(index, Remembered(own={said: ""})).row("TCD", {1: "The Lake Province"})[1]
    assert (none.standing, none.code, why(none)) == ("none", "", "decided before: no such place yet")
    other = Matcher(index, Remembered(others={(1, "", "atlantis"): "TD02"})).row("TCD", {1: "Atlantis"})[1]
    assert (other.standing, other.candidates[0].place.code, other.candidates[0].way) == (
        "uncertain",
        "TD02",
        "other source",
    )
    ended = Matcher(index, Remembered(own={said: "TD99"})).row("TCD", {1: "The Lake Province"})[1]
    assert (ended.standing, ended.doubt) == ("uncertain", "ended")


def test_no_country_means_the_whole_world(index: Index) -> None:
    found = Matcher(index).name("Logone Occidental", "", None)
    assert (found.code, found.candidates[0].place.country) == ("TD08", "TCD")
