"""Encodings are recognised, mixtures and cuts refused, mojibake found and kept."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waystation.intake import looks_damaged, open_table

Code = Callable[..., str]
FRENCH = "Région,Nombre de déplacés\nÉquateur,1\nKasaï,2\nBoucle du Mouhoun – été,3\n"
ARABIC = "المحافظة,عدد النازحين\nصنعاء,1\nتعز,2\nالحديدة,3\nحضرموت,4\n"
RUSSIAN = "Область,Количество перемещённых лиц\nЖитомирская,1\nДонецкая,2\nКиевская,3\n"
CHINESE = "地区,流离失所者人数\n四川省,1\n云南省,2\n新疆,3\n"
SPANISH = "Municipio,Año\nNariño,2021\nChocó,2022\nBogotá,2023\n"


@pytest.mark.parametrize("text", [FRENCH, ARABIC, RUSSIAN, CHINESE, SPANISH])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_unicode_in_all_its_forms(text: str, encoding: str) -> None:
    source = open_table(text.encode(encoding), name="f.csv")
    assert source.columns[0].header == text.split(",")[0]


@pytest.mark.parametrize(
    "text, encoding",
    [(FRENCH, "cp1252"), (SPANISH, "cp1252"), (ARABIC, "cp1256"), (RUSSIAN, "cp1251"), (CHINESE, "gb18030")],
)
def test_single_byte_encodings_are_told_by_their_words(text: str, encoding: str) -> None:
    source = open_table(text.encode(encoding), name="f.csv")
    assert source.encoding == encoding
    assert source.columns[0].header == text.split(",")[0]
    assert source.columns[1].header == text.splitlines()[0].split(",")[1]


def test_an_accent_far_down_the_file_counts() -> None:
    content = b"name,count\n" + b"Lac,1\n" * 100_000 + "Kanem-é,2\n".encode("cp1252")
    assert open_table(content, name="f.csv").encoding == "cp1252"


def test_an_encoding_can_be_said(code_of: Code) -> None:
    content = bytes(range(128, 256)) + b",b\n1,2\n"
    assert code_of(lambda: open_table(content, name="f.csv")) == "encoding_unknown"
    assert open_table(content, name="f.csv", encoding="latin-1").encoding == "latin-1"


def test_two_encodings_in_one_file_are_refused_with_the_row(code_of: Code) -> None:
    content = FRENCH.encode() + "Émié,4\n".encode("cp1252")
    with pytest.raises(Exception, match="row 5"):
        open_table(content, name="f.csv")
    assert code_of(lambda: open_table(content, name="f.csv")) == "mixed_encoding"


def test_a_file_cut_within_a_character_is_refused(code_of: Code) -> None:
    assert code_of(lambda: open_table("lieu,n\nÉté,1\nété".encode()[:-1], name="f.csv")) == "truncated"
    assert code_of(lambda: open_table("lieu,n\nA,1\n".encode("utf-16")[:-1], name="f.csv")) == "truncated"


@pytest.mark.parametrize("text", ["République", "Nariño “x”", "صنعاء", "Донецкая", "四川省", "Tiếng Việt", "’–…"])
@pytest.mark.parametrize("wrong", ["cp1252", "latin-1"])
def test_mojibake_is_found(text: str, wrong: str) -> None:
    damaged = "".join(one.to_bytes().decode(wrong, "ignore") or chr(one) for one in text.encode())
    assert looks_damaged(damaged)
    assert not looks_damaged(text)


def test_other_mojibake_is_found() -> None:
    assert looks_damaged("صنعاء".encode().decode("cp1256", "ignore"))
    assert looks_damaged("Донецкая".encode().decode("cp1251", "ignore"))
    assert looks_damaged("N\ufffddjamena")


@pytest.mark.parametrize(
    "text",
    ["Réfugié » et déplacé », à « Ségou »", "Équipe été à\u00a0«\u00a0Bâle\u00a0»", "РАСПРОСТРАНЕНИЕ СССР", "ÅLAND",
     "طرطوس طبقة ظهر", "Ñuble Ão Paulo Þingeyri", "Curaçao, Côte d’Ivoire, Åland, São Tomé"],
)  # fmt: skip
def test_good_text_is_left_alone(text: str) -> None:
    assert not looks_damaged(text)


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyzéèàçùâêîôûïüñáíóúABCDEFÉÀ ’'-", max_size=40))
def test_no_western_text_is_called_damaged(text: str) -> None:
    assert not looks_damaged(text)
