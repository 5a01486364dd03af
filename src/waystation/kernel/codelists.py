"""Versioned code lists kept as data files beside the app that needs them: ``apps/<app>/codelists/<name>.csv``.

Columns: code, label (English source of the translations), and optionally valid_from, valid_until, note and codes of
outside systems. The first line may be a comment ``# version: ...``.
"""

from __future__ import annotations

import csv
import importlib.resources
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from django.utils.translation import gettext


@dataclass(frozen=True)
class Code:
    """One code with its label and whatever outside codes its file gives."""

    code: str
    label: str
    valid_from: date | None = None
    valid_until: date | None = None
    more: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Codelist:
    """A list of codes at a version."""

    name: str
    version: str
    codes: dict[str, Code]

    def __contains__(self, code: object) -> bool:
        return code in self.codes

    def label(self, code: str) -> str:
        """The code's label in the active language; the code itself when it is unknown."""
        found = self.codes.get(code)
        return gettext(found.label) if found else code

    def choices(self) -> list[tuple[str, str]]:
        """(code, label) in the file's order."""
        return [(one.code, gettext(one.label)) for one in self.codes.values()]

    def by(self, outside: str) -> dict[str, str]:
        """From an outside system's code (a column of the file; ``|`` separates several) to ours."""
        return {
            theirs: one.code for one in self.codes.values() for theirs in one.more.get(outside, "").split("|") if theirs
        }


@cache
def codelist(name: str) -> Codelist:
    """``tracking.reason`` -> the list in ``apps/tracking/codelists/reason.csv``. Raises FileNotFoundError."""
    app, _, short = name.partition(".")
    path = importlib.resources.files(f"waystation.apps.{app}") / "codelists" / f"{short}.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    version = lines.pop(0).removeprefix("# version:").strip() if lines[0].startswith("#") else "1"
    codes = {}
    for row in csv.DictReader(lines):
        code, label = row.pop("code"), row.pop("label")
        since, until = (_day(row.pop(key, None)) for key in ("valid_from", "valid_until"))
        codes[code] = Code(code, label, since, until, {k: v for k, v in row.items() if v})
    return Codelist(name, version, codes)


def _day(text: Any) -> date | None:
    return date.fromisoformat(text) if text else None
