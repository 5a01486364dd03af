"""JSON: the list of objects inside its envelope, as a stream."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waystation.intake import Odd, open_table

Code = Callable[..., str]


def read(text: str, path: str | None = None) -> list[list[object]]:
    return [list(c) for _row, c in open_table(text.encode(), name="f.json", json_path=path).lines()]


def test_an_envelope_is_opened_and_its_path_remembered() -> None:
    text = '{"isSuccess": true, "errors": [], "result": [{"code": "NA", "n": 1.50, "m": null}, {"code": "", "n": 2}]}'
    source = open_table(text.encode(), name="f.json")
    assert source.layout.json_path == "result"
    assert [c.header for c in source.columns] == ["code", "n", "m"]
    assert list(source.lines()) == [(1, ["NA", Decimal("1.50"), None]), (2, [None, 2, None])]


@pytest.mark.parametrize(
    "text, path",
    [('[{"a": 1}]', ""), ('{"data": {"meta": {"n": 1}, "items": [{"a": 1}]}}', "data.items"),
     ('{"x": [1, 2], "y": "}]", "z": [{"a": 1}]}', "z"), (' \n [ {"a" : 1} ]', "")],
)  # fmt: skip
def test_lists_are_found_wherever_they_are(text: str, path: str) -> None:
    source = open_table(text.encode(), name="f.json")
    assert source.layout.json_path == path
    assert read(text, path) == [[1]]


def test_the_caller_says_which_list() -> None:
    text = '{"errors": [{"e": 1}], "result": [{"a": 2}]}'
    assert read(text) == [[1]]
    assert read(text, "result") == [[2]]


def test_objects_within_objects_become_columns() -> None:
    text = '{"features": [{"type": "F", "properties": {"code": "A", "names": ["x", "é"]}, "ok": true}]}'
    source = open_table(text.encode(), name="f.json")
    assert [c.header for c in source.columns] == ["type", "properties.code", "properties.names", "ok"]
    assert read(text) == [["F", "A", '["x", "é"]', True]]


def test_not_a_number_is_told() -> None:
    assert read('[{"a": NaN, "b": 1}]') == [[Odd("cell_error", "NaN"), 1]]


@pytest.mark.parametrize(
    "text, path, code",
    [('{"result": []}', "result", "no_rows"), ("[]", None, "no_rows"), ('{"message": "no access"}', None, "no_list"),
     ('{"a": [{"b": 1}]}', "c", "no_list"), ('[{"a": 1}, 2]', None, "broken_json"),
     ('[{"a": 1} {"a": 2}]', None, "broken_json"),
     ('[{"a": 1,, "b": 2, "c": 3, "d": 4, "e": 5, "f": 6}]', None, "broken_json"),
     ('[{"a": 1}, {"a": ', None, "truncated"), ('{"result": [{"a": 1}', None, "truncated"),
     ('[{"a": "x', None, "truncated"), ('[{"a": tru', None, "truncated")],
)  # fmt: skip
def test_what_cannot_be_read_is_refused(text: str, path: str | None, code: str, code_of: Code) -> None:
    assert code_of(lambda: read(text, path)) == code


def test_the_row_where_it_breaks_off_is_told() -> None:
    text = '{"result": [' + ",".join(f'{{"a": {i}}}' for i in range(5000))
    with pytest.raises(Exception, match="row 5001") as caught:
        read(text)
    assert "breaks off" in str(caught.value)


def test_pieces_of_the_file_may_end_anywhere() -> None:
    """Objects that lie over the ends of the pieces read come whole."""
    items = [{"id": i, "text": "é" * (i % 977)} for i in range(9000)]
    text = json.dumps({"head": {"a": "x" * 1_048_560}, "result": items}, ensure_ascii=False)
    assert read(text) == [[i["id"], i["text"] or None] for i in items]


values = st.one_of(st.integers(), st.text('aé"\\{[,', min_size=1), st.booleans())


@given(st.lists(st.dictionaries(st.sampled_from("abc"), values), min_size=1))
def test_any_list_comes_back(items: list[dict[str, object]]) -> None:
    if not any(items):
        return
    source = open_table(json.dumps({"result": items}).encode(), name="f.json")
    headers = [c.header for c in source.columns]
    assert [dict(zip(headers, cells, strict=True)) for _r, cells in source.lines()] == [
        {h: item.get(h) for h in headers} for item in items
    ]
