"""What docs/security.md points at is there, so that the page cannot promise a test that is gone."""

from __future__ import annotations

import re

from tests.architecture import tree
from waystation.site import settings

PAGE = (tree.ROOT / "docs" / "security.md").read_text(encoding="utf-8")


def test_every_test_it_names_is_there() -> None:
    named = set(re.findall(r"`([\w/.]+\.py)(?:::(\w+))?`", PAGE))
    assert len(named) > 20
    for path, test in named:
        file = tree.ROOT / path if path.startswith("tests/") else tree.SOURCE / path
        assert file.is_file(), path
        assert not test or f"def {test}(" in file.read_text(encoding="utf-8"), f"{path}::{test}"


def test_every_setting_and_chapter_it_names_is_there() -> None:
    known = settings.__doc__ or ""
    assert {one for one in re.findall(r"WAYSTATION_[A-Z_]+", PAGE) if one not in known} == set()
    assert re.findall(r"^\| V(\d+) ", PAGE, re.MULTILINE) == [str(number) for number in range(1, 18)]


def test_the_numbers_it_gives_are_those_of_the_settings() -> None:
    assert (settings.SESSION_COOKIE_AGE, settings.SESSION_IDLE_SECONDS) == (12 * 3600, 2 * 3600)
    assert (settings.AXES_FAILURE_LIMIT, settings.AXES_COOLOFF_TIME, settings.INVITATION_HOURS) == (5, 1, 7 * 24)
    assert settings.AUTH_PASSWORD_VALIDATORS[1]["OPTIONS"] == {"min_length": 12}
    assert (settings.SECOND_STEP, settings.DEBUG) == ([], False)
