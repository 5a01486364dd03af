"""Freezing a figure in a release, and asking years later whether it still stands.

``status`` recomputes with the two dates it was frozen with: *same* (value and inputs), *drifted* (same value, other
inputs or definition), *changed* (another value), *not computable*. As partitions are never edited, anything but same
means that stored data or the definition were altered. ``now`` says what the same question gives with what is known
today, and ``by`` names the records whose later versions made the difference.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from waystation.kernel.datasets import whole
from waystation.kernel.figures.compute import Value, value
from waystation.kernel.figures.records import edited_since
from waystation.kernel.models import FrozenFigure, Partition
from waystation.kernel.refusals import Refused
from waystation.kernel.values import plain


@dataclass
class Verdict:
    """What verification found for one frozen figure."""

    frozen: FrozenFigure
    status: str
    recomputed: str | None = None
    now: str = "same"
    now_value: str | None = None
    by: list[dict[str, Any]] = field(default_factory=list)
    why: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The shape scripts read."""
        return {
            "name": self.frozen.name, "release": self.frozen.release.ref, "where": self.frozen.question.get("where", {}),
            "as_of": self.frozen.as_of.isoformat(), "known_at": plain(self.frozen.known_at), "value": self.frozen.value,
            "status": self.status, "recomputed": self.recomputed, "now": self.now, "now_value": self.now_value,
            "by": self.by, "why": self.why,
        }  # fmt: skip


def freeze(answer: Value) -> FrozenFigure:
    """A figure's answer as a release keeps it, unsaved."""
    cover = answer.coverage
    return FrozenFigure(
        name=answer.figure.name, unit=answer.figure.unit, value=_text(answer.value), parts=plain(answer.parts),
        question={"by": list(answer.by), "where": plain(answer.where), "across": answer.across},
        as_of=answer.at.as_of, known_at=answer.at.known_at, rows=answer.rows,
        coverage={"planned": cover.planned, "answered": cover.answered}, definition=answer.figure.definition,
        inputs=answer.inputs, fingerprint=answer.fingerprint,
    )  # fmt: skip


def verify(frozen: FrozenFigure) -> Verdict:
    """Recompute a frozen figure with its own two dates, then with what is known now."""
    damaged = _damaged(frozen)
    if damaged:
        return Verdict(frozen, "not computable", why=f"stored data were altered or lost: {', '.join(damaged)}")
    asked = {key: frozen.question[key] for key in ("by", "where", "across")}
    try:
        then = value(frozen.name, as_of=frozen.as_of, known_at=frozen.known_at, **asked)
        today = value(frozen.name, as_of=frozen.as_of, **asked)
    except Refused as gone:
        return Verdict(frozen, "not computable", why=str(gone))
    verdict = Verdict(frozen, _status(frozen, then), recomputed=_text(then.value), now_value=_text(today.value))
    if verdict.status != "same":
        verdict.by = _difference(frozen.inputs, then.inputs)
        verdict.why = "the definition was changed" if frozen.definition != then.figure.definition else ""
    verdict.now = _status(frozen, today)
    if verdict.now != "same":
        verdict.by = verdict.by or _difference(frozen.inputs, today.inputs, frozen.known_at)
    return verdict


def _status(frozen: FrozenFigure, answer: Value) -> str:
    if (_text(answer.value), plain(answer.parts)) != (frozen.value, frozen.parts):
        return "changed"
    alike = (answer.fingerprint, answer.figure.definition) == (frozen.fingerprint, frozen.definition)
    return "same" if alike else "drifted"


def _text(number: Any) -> str | None:
    return None if number is None else str(plain(number))


def _damaged(frozen: FrozenFigure) -> list[str]:
    wanted = [one["digest"] for one in frozen.inputs if "dataset" in one]
    found = {p.digest: p for p in Partition.objects.filter(digest__in=wanted)}
    lost = [digest[:12] for digest in wanted if digest not in found]
    return lost + [str(p) for p in found.values() if not whole(p)]


def _difference(
    before: list[dict[str, Any]], after: list[dict[str, Any]], since: datetime | None = None
) -> list[dict[str, Any]]:
    """Which inputs were added, removed or replaced by another version; of a register the records edited ``since``."""
    old, new = (
        {(o.get("dataset") or o.get("register"), o.get("key", "")): o for o in side} for side in (before, after)
    )
    found = []
    for name, key in sorted(old.keys() | new.keys()):
        was, is_now = old.get((name, key)), new.get((name, key))
        if was is None or is_now is None:
            found.append({"input": name, "key": key, "change": "added" if was is None else "removed"})
        elif was["digest"] != is_now["digest"]:
            edited = edited_since(str(name), since) if since and "register" in was else []
            found += [{"input": name, "key": one.pop("ref"), **one} for one in edited]
            if not edited:
                versions = {"before": was.get("version"), "after": is_now.get("version")}
                found.append({"input": name, "key": key, "change": "edited", **versions})
    return found
