"""``waystation import tracking.observations``: what is said on the command line and cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from waystation.apps.sources.commands import constants_of, mapping_of
from waystation.kernel.refusals import Refused


def test_words_by_hand_are_pairs() -> None:
    assert constants_of(["country = SSD", "note=a=b"]) == {"country": "SSD", "note": "a=b"}
    with pytest.raises(Refused) as told:
        constants_of(["country", "round_number=11"])
    assert told.value.code == "sources.not_a_pair"


@pytest.mark.parametrize(
    "content,code",
    [
        (None, "sources.no_mapping_file"),
        ("{", "sources.mapping_broken"),
        ('{"version": 1, "takes": 4}', "sources.mapping_broken"),
        ("[]", "intake.mapping_version"),
    ],
)
def test_a_mapping_that_is_none(tmp_path: Path, content: str | None, code: str) -> None:
    path = tmp_path / "mapping.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(Refused) as told:
        mapping_of(path)
    assert told.value.code == code
    assert path.name in str(told.value)
