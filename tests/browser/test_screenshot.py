"""``waystation docs screenshot``: what it photographs, and what it says when it cannot."""

from __future__ import annotations

import struct
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.personas import Personas
from waystation.apps.tracking.tests.making import load_countries
from waystation.kernel.refusals import Refused
from waystation.site import cli
from waystation.site.commands.picturing import HIGH, WIDE, _demonstration, photograph


@pytest.mark.django_db
def test_without_chromium_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert cli.main(["docs", "screenshot", "-o", str(tmp_path / "a.png")]) == 1
    assert "site.no_chromium" in capsys.readouterr().err


def test_without_playwright_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "playwright.sync_api", None)
    with pytest.raises(Refused) as refused:
        photograph("chromium", "http://127.0.0.1:1", "/", "amina", tmp_path / "a.png")
    assert refused.value.code == "site.no_playwright"


def test_a_demonstration_that_does_not_start_is_told_with_its_own_words(tmp_path: Path) -> None:
    (tmp_path / "house").write_text("a file where the folder should be")
    with pytest.raises(Refused) as refused, _demonstration(str(tmp_path)):
        pass
    assert refused.value.code == "site.no_demonstration"
    assert "house" in str(refused.value)


def test_a_page_is_photographed_as_its_reader_sees_it(
    chromium: str, people: Personas, live_server: Any, settings: Any, tmp_path: Path
) -> None:
    settings.WAYSTATION_DEMO = True
    load_countries(people, "HTI")

    def taken(page: str) -> Path:
        """The picture; in a thread of its own, for Playwright's loop of the other tests runs in this one."""
        with ThreadPoolExecutor(1) as thread:
            thread.submit(photograph, chromium, live_server.url, page, "amina", tmp_path / "new" / "a.png").result()
        return tmp_path / "new" / "a.png"

    made = taken("/places/HTI/").read_bytes()
    assert made.startswith(b"\x89PNG")
    assert struct.unpack(">II", made[16:24]) == (WIDE, HIGH)
    with pytest.raises(Refused) as refused:
        taken("/nowhere/")
    assert refused.value.code == "site.no_picture"
