"""The catalogue of problems: every refusal has a stable code and a message a person can act on.

An app declares its refusals once, in its ``refusals`` room::

    refusals("supply", no_lines=refusal("The request has no lines. Add at least one, then submit it."))

and raises them by code: ``require(lines, "supply.no_lines")``. A code nobody declared is a programming
error, not a message to a user.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from django.utils.translation import gettext_lazy as _

Kind = Literal["invalid", "forbidden", "missing", "conflict", "too_large"]
STATUS: dict[Kind, int] = {"invalid": 422, "forbidden": 403, "missing": 404, "conflict": 409, "too_large": 413}


@dataclass(frozen=True)
class Refusal:
    """A declared problem: ``message`` says what happened, why, and what to do; it may hold ``{placeholders}``."""

    message: Any
    kind: Kind = "invalid"


catalogue: dict[str, Refusal] = {}


def refusal(message: Any, kind: Kind = "invalid") -> Refusal:
    """Declare one refusal; see ``refusals``."""
    return Refusal(message, kind)


def refusals(app: str, **declared: Refusal) -> None:
    """Add an app's refusals to the catalogue under ``app.name``."""
    for name, item in declared.items():
        catalogue[f"{app}.{name}"] = item


@dataclass(frozen=True)
class Problem:
    """One thing wrong, and where: file, sheet, row and column are None where they do not apply.

    ``row`` is the row number a person sees in the file (the first line is 1).
    """

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
    file: str | None = None
    sheet: str | None = None
    row: int | None = None
    column: str | None = None

    @property
    def message(self) -> str:
        """The catalogue's sentence with its placeholders filled, in the active language."""
        return str(catalogue[self.code].message.format(**self.params))

    @property
    def where(self) -> str:
        """The place in words, or an empty string."""
        parts = [self.file, self.sheet]
        parts += [f"{_('row')} {self.row}"] if self.row is not None else []
        parts += [f"{_('column')} {self.column}"] if self.column is not None else []
        return ", ".join(p for p in parts if p)

    def as_dict(self) -> dict[str, Any]:
        """The shape scripts and programs read."""
        place = {"file": self.file, "sheet": self.sheet, "row": self.row, "column": self.column}
        return {"code": self.code, "message": self.message} | {k: v for k, v in place.items() if v is not None}

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" if self.where else self.message


class Refused(Exception):
    """Raised to refuse: nothing is changed. Carries one problem or, for files, all that were found."""

    def __init__(self, code: str | None = None, /, *, problems: list[Problem] | None = None, **params: Any) -> None:
        self.problems = problems or [Problem(str(code), params)]
        first = self.problems[0]
        if any(p.code not in catalogue for p in self.problems):
            raise LookupError(f"refusal {first.code!r} is not in the catalogue; declare it with refusals()")
        self.code = first.code
        self.status = STATUS[catalogue[first.code].kind]
        super().__init__(first.code)

    def __str__(self) -> str:
        return "\n".join(str(p) for p in self.problems)

    def as_dict(self) -> dict[str, Any]:
        """``application/problem+json`` body (RFC 9457), code and problems included."""
        first = self.problems[0]
        return {
            "type": f"about:refusal/{first.code}",
            "title": first.message,
            "status": self.status,
            "code": first.code,
            "problems": [p.as_dict() for p in self.problems],
        }


def require(truth: Any, code: str, /, **params: Any) -> None:
    """Refuse with ``code`` unless ``truth``."""
    if not truth:
        raise Refused(code, **params)
