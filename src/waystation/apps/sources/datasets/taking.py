"""Taking files in: recognised, staged, checked by the quality rules, and only then received into their rounds.

Everything that can be refused is refused before the first act; the acts are one transaction. So a file that is refused
leaves the database as it was.
"""

from __future__ import annotations

import tempfile
from collections import Counter, abc
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction

from waystation.apps.sources.datasets.codes import codes_in
from waystation.apps.sources.datasets.fields import BY_NAME, grouped, missing, recognised
from waystation.apps.sources.datasets.quality import Found, found_in
from waystation.apps.sources.datasets.staged import Link, ask, ask_one, differ, look_back, open_staged, rows_of
from waystation.apps.sources.datasets.staging import Opened, Staged, stage
from waystation.apps.sources.datasets.uncoded import name_codes
from waystation.apps.tracking import api as tracking
from waystation.apps.tracking.shapes import RoundKey, RoundLine
from waystation.intake import Mapping, open_table
from waystation.intake.fields import reader
from waystation.intake.numbers import Unread
from waystation.kernel.datasets import Dataset, Terms, find, keep_raw, path_of, raw_path
from waystation.kernel.models import Office, Partition, RawFile
from waystation.kernel.refusals import Problem, Refused, require

OBSERVATIONS = "tracking.observations"
Progress = abc.Callable[[int, int, str], None]  # done, total (in thousandths), what is being done


@dataclass(frozen=True)
class RoundTaken:
    """What became of one round: its reference, its rows, the version they are, its findings by severity, its state.

    ``unchanged``: the round held exactly these rows already and was left alone.
    """

    ref: str
    rows: int
    version: int
    findings: abc.Mapping[str, int]
    state: str
    unchanged: bool = False


@dataclass(frozen=True)
class TakenIn:
    """The outcome of an import. ``skipped``: rows left out (totals, notes, repeated headers); ``problems``: what was
    noticed about the files and refuses nothing."""

    rounds: list[RoundTaken] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    skipped: list[Problem] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """The shape kept with the import and printed for programs."""
        return {
            "rounds": [dict(vars(one)) for one in self.rounds],
            "files": list(self.files),
            "skipped": [one.as_dict() for one in self.skipped],
            "problems": [one.as_dict() for one in self.problems],
        }


@dataclass
class _Planned:
    """A round of the import beside the one the house holds, if any."""

    k: int
    key: RoundKey
    day: date
    held: RoundLine | None
    standing: Partition | None
    rows: int = 0
    unchanged: bool = False

    @property
    def version(self) -> int:
        """The version its rows become."""
        return (self.standing.version if self.standing else 0) + 1


def take_in(
    files: abc.Sequence[Path | RawFile],
    *,
    office: Office,
    terms: Terms,
    mapping: Mapping | None = None,
    constants: abc.Mapping[str, Any] | None = None,
    progress: Progress | None = None,
    closed: abc.Callable[[TakenIn], None] | None = None,
) -> TakenIn:
    """Take files of observations into their rounds, as the person of the current scope.

    Args:
        files: Files on disk, or files kept before.
        office: Where new operations belong.
        terms: Under what terms the data came.
        mapping: How the columns are read; without it the remembered mapping of such files, else a proposed one.
        constants: Fields of ``fields.FIELDS`` that the files do not say, with one value for all rows.
        progress: Told how far it is; may raise to stop the import, which leaves everything as it was.
        closed: Told the outcome inside the transaction that received the rounds: what it does is done with them.

    Raises:
        Refused: with every problem found, each naming file, row and column; nothing was changed, except that
            ``sources.names_wait`` leaves questions about names of places.
    """
    told = progress or (lambda done, total, message: None)
    tracking.require_planner()
    opened = [_opened(one, mapping, dict(constants or {})) for one in files]
    with tempfile.TemporaryDirectory(prefix="waystation-") as folder:
        staged = stage(opened, Path(folder) / "staged.parquet", lambda part, words: told(part, 1000, words))
        named = name_codes(staged, terms.source, office)
        link = open_staged(staged.path, Path(folder))
        try:
            planned = _planned(staged, link)
            changed = [one for one in planned if not one.unchanged]
            found = [*named, *_found(staged, planned, link, told)] if changed else []
            with transaction.atomic():
                taken = _outcome(opened, _receive(staged, planned, found, link, office, terms, told))
                if closed is not None:
                    closed(taken)
        finally:
            link.close()
    return taken


def _outcome(opened: list[Opened], rounds: list[RoundTaken]) -> TakenIn:
    skipped = [note for one in opened for note in one.tally.findings if note.code in _LEFT_OUT]
    problems = [p for one in opened for p in (*one.source.findings, *one.mapping.problems)]
    return TakenIn(rounds, [one.name for one in opened], skipped, problems)


_LEFT_OUT = ("intake.total_row", "intake.unlabelled_sum", "intake.repeated_header", "intake.note_row")


def _opened(file: Path | RawFile, mapping: Mapping | None, constants: dict[str, Any]) -> Opened:
    """Keep a file as it came and open it with the mapping that fits. Refuses what says too little to make a round."""
    raw = file if isinstance(file, RawFile) else keep_raw(file)
    source = open_table(raw_path(raw.digest), name=raw.name)
    _said_well(constants)
    chosen = grouped(mapping) if mapping is not None else recognised(source)
    chosen = chosen.with_(constants={**chosen.constants, **constants})
    source = source.with_layout(chosen.layout_in(source))
    lacking = missing(chosen, constants)
    if lacking:
        columns = ", ".join(one.name for one in source.columns)
        said = {"fields": ", ".join(lacking), "columns": columns, "example": f"{lacking[0]}=..."}
        raise Refused(problems=[Problem("sources.mapping_incomplete", said, raw.name, source.layout.sheet)])
    return Opened(raw, source, chosen, _rough_rows(raw, source))


def _said_well(constants: dict[str, Any]) -> None:
    """What was said by hand names fields and can be read as their values, or it is refused."""
    for name, value in constants.items():
        require(name in BY_NAME, "sources.unknown_field", field=name, known=", ".join(BY_NAME))
        try:
            reader(BY_NAME[name], translate={}, decimal=None, form="iso", damaged=lambda text: None)(value)
        except Unread as wrong:
            raise Refused("sources.said_wrong", field=name, value=value) from wrong


def _rough_rows(raw: RawFile, source: Any) -> int:
    """About how many rows a file has, for the progress only."""
    sheet = next((one for one in source.sheets() if one.name == (source.layout.sheet or "")), None)
    if sheet is not None and sheet.rows:
        return int(sheet.rows)
    mark = b"{" if source.kind == "json" else b"\n"
    with raw_path(raw.digest).open("rb") as stream:
        return sum(piece.count(mark) for piece in iter(lambda: stream.read(1 << 20), b"")) or 1


def _planned(staged: Staged, link: Link) -> list[_Planned]:
    """The rounds of the import beside what the house holds. Raises Refused with all that stand in the way."""
    counted = dict(ask(link, "SELECT k, count(*) FROM seen GROUP BY k"))
    first = dict(ask(link, "SELECT k, min_by(spot, spot.row) FROM seen GROUP BY k"))
    problems, planned = [], []
    for key, k in sorted(staged.rounds.items(), key=lambda pair: (pair[0].country, pair[0].operation, pair[1])):
        held = tracking.round_held(key=key)
        last = _standing(held, held.data_version) if held else None
        one = _Planned(k, key, staged.dates[k], held, last, counted[k])
        if last is not None and last.rows == one.rows:
            one.unchanged = not differ(link, find(OBSERVATIONS), k, _level(link, k), path_of(last))
        wrong = None if one.unchanged else tracking.in_the_way(held=held, day=one.day)
        if wrong:
            at = first[k]
            problems.append(Problem(*wrong, file=staged.files[at["file"]].name, row=at["row"]))
        planned.append(one)
    if problems:
        raise Refused(problems=problems)
    same = [one for one in planned if one.unchanged]
    if len(planned) == 1 and same:
        raise Refused("sources.same_data", round=same[0].held, version=same[0].version - 1)
    return planned


def _standing(held: RoundLine, version: int) -> Partition | None:
    """The rows of a version of a round."""
    return Partition.objects.filter(dataset=OBSERVATIONS, key=held.ref, version=version).first()


def _level(link: Link, k: int) -> int:
    found = ask_one(link, "SELECT level FROM finest WHERE k = $k", k=k)
    return int(found[0]) if found else 0


def _found(staged: Staged, planned: list[_Planned], link: Link, told: Progress) -> list[Found]:
    told(700, 1000, "quality rules")
    within, standing = _earlier(planned)
    look_back(link, within, standing)
    found = found_in(link)
    told(850, 1000, "place codes")
    found += codes_in(link, {one.k: (one.key.country, one.day) for one in planned})
    return found + _sums(staged, link)


def _sums(staged: Staged, link: Link) -> list[Found]:
    """Rows that the reader kept although their numbers are the sum of the rows above them."""
    found = []
    query = "SELECT k, place_said FROM seen WHERE file = $file AND origin_row = $row"
    for file, one in enumerate(staged.files):
        for note in one.tally.findings:
            row = ask_one(link, query, file=file, row=note.row) if note.code == "intake.sum_row" else None
            if row is not None:
                found.append(Found(row[0], "total_row", row[1], file, note.row, details={"why": note.message}))
    return found


def _earlier(planned: list[_Planned]) -> tuple[dict[int, int], dict[int, Path]]:
    """For each round, the one before it: in this import, else the published (or last) version of it in the house."""
    within: dict[int, int] = {}
    standing: dict[int, Path] = {}
    for one in planned:
        mine = [p for p in planned if p.key.series == one.key.series and p.key.number < one.key.number]
        near = max(mine, key=lambda p: p.key.number, default=None)
        held = tracking.round_before(key=one.key)
        if near is not None and (held is None or held.number <= near.key.number):
            within[one.k] = near.k
        elif held is not None:
            part = _standing(held, held.standing)
            standing |= {one.k: path_of(part)} if part else {}
    return within, standing


def _receive(
    staged: Staged, planned: list[_Planned], found: list[Found], link: Link,
    office: Office, terms: Terms, told: Progress,
) -> list[RoundTaken]:  # fmt: skip
    by_round: dict[int, list[Found]] = {}
    for item in found:
        by_round.setdefault(item.k, []).append(item)
    taken = []
    for count, one in enumerate(planned):
        told(900 + 99 * count // len(planned), 1000, f"{one.key.operation} {one.key.component} {one.key.number}")
        taken.append(_receive_one(one, staged, by_round.get(one.k, []), link, office, terms))
    return taken


def _receive_one(
    one: _Planned, staged: Staged, found: list[Found], link: Link, office: Office, terms: Terms
) -> RoundTaken:
    if one.unchanged and one.held is not None:
        return RoundTaken(one.held.ref, one.rows, one.version - 1, {}, one.held.state, unchanged=True)
    current = one.held or tracking.begin_round(
        key=one.key, day=one.day, office=office, main_component=_main(one, staged)
    )
    findings = [item.as_row([file.name for file in staged.files]) for item in found]
    used = {row[0] for row in ask(link, "SELECT DISTINCT file FROM staged WHERE k = $k", k=one.k)}
    listed, carried, anew = _places(link, one.k)
    done = tracking.receive(
        into=current, partitions=_written(one, current, staged, link, terms), findings=findings,
        origins=[file.raw for place, file in enumerate(staged.files) if place in used],
        planned=listed if carried else None, assessed=anew,
    )  # fmt: skip
    severity = Counter("blocking" if item.blocking else "warning" for item in findings)
    return RoundTaken(done.ref, one.rows, one.version, dict(severity), done.state)


def _main(one: _Planned, staged: Staged) -> str:
    """The component that counts in an operation these files begin: areas where there are any."""
    components = {key.component for key in staged.rounds if key.operation == one.key.operation}
    return "area" if "area" in components else min(components)


def _places(link: Link, k: int) -> tuple[int, int, int]:
    """Places listed, places whose count was carried over from an earlier round, places assessed in this one."""
    query = """
        SELECT count(DISTINCT place), count(DISTINCT place) FILTER (reassessed IS FALSE),
               count(DISTINCT place) FILTER (reassessed IS NOT FALSE)
        FROM seen WHERE k = $k
    """
    listed, carried, anew = ask_one(link, query, k=k) or (0, 0, 0)
    return int(listed), int(carried), int(anew)


def _written(one: _Planned, current: RoundLine, staged: Staged, link: Link, terms: Terms) -> list[Partition]:
    """The partitions of a round on disk: its observations and, where coarser levels came with them, their totals."""
    finest = _level(link, one.k)
    digests = [file.raw.digest for file in staged.files]
    fixed = {"round": current.pk, "operation": current.operation, "origin": digests}
    parts: list[tuple[Dataset, tuple[int, int]]] = [(find(OBSERVATIONS), (finest, finest))]
    if ask_one(link, "SELECT 1 FROM coarser WHERE k = $k LIMIT 1", k=one.k):
        parts.append((find("tracking.levels"), (0, finest - 1)))
    made = []
    for dataset, some in parts:
        own = {name: value for name, value in fixed.items() if name == "origin" or name in dataset.schema.names}
        rows = rows_of(link, dataset, own, one.k, some)
        made.append(dataset.write(rows, key=current.ref, version=one.version, terms=terms))
    return made
