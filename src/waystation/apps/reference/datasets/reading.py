"""Reference statistics: published tables of other organisations, read by what their headers say and kept apart.

Each layout says which headers it has and what each column of counts is; empty cells are unknown and give no row.
Sources: IDMC (Global Internal Displacement Database) and UNHCR (Refugee Population Statistics), as published on HDX.
"""

from __future__ import annotations

import tempfile
from collections import abc
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from string import Template
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from django.db import transaction

from waystation.apps.reference import acts
from waystation.apps.reference.datasets.tables import statistics
from waystation.apps.reference.models import Edition
from waystation.intake import Field, Mapping, Source, Take, Tally, Wide, batches, open_table
from waystation.kernel import scope
from waystation.kernel.acts import do, may_create
from waystation.kernel.datasets import Terms, keep_raw, path_of, raw_path
from waystation.kernel.models import Office, Partition, RawFile
from waystation.kernel.refusals import Problem, Refused, require

FIELDS = (
    Field("country", required=True),
    Field("country_name"),
    Field("origin_country"),
    Field("year", "integer", required=True, minimum=1900, dimension=True),
    Field("measure", required=True),
    Field("cause_said"),
    Field("sex"),
    Field("age"),
    Field("value", "integer", required=True, minimum=0),
    Field("value_exact", "integer", minimum=0),
)
STAGED = pa.schema([f for f in statistics.schema if f.name != "edition_record" and not f.name.startswith("_")])
UNSAID = ("idps_stock", "refugees_unrwa")  # what a table may count whose headers do not say it
CAUSES = ("conflict", "disaster")  # any other cause a source gives is the hazard of a disaster


@dataclass(frozen=True)
class Layout:
    """A published table: the column of each field, and for each column of counts what it counts; ``measures``: what the
    table may count when its headers do not tell, and someone must say."""

    name: str
    takes: abc.Mapping[str, str]
    counts: tuple[tuple[abc.Mapping[str, str], abc.Mapping[str, str]], ...]
    measures: tuple[str, ...] = ()

    @property
    def headers(self) -> set[str]:
        """Every header it needs."""
        return {*self.takes.values(), *(header for _fixed, columns in self.counts for header in columns.values())}


def _stock(cause: str, words: str) -> tuple[dict[str, str], dict[str, str]]:
    fixed = {"measure": "idps_stock" if "Stock" in words else "new_displacement", "cause_said": cause}
    return fixed, {"value": words, "value_exact": f"{words} (Raw)"}


_UNHCR = {
    "refugees": "refugees", "asylum_seekers": "asylum_seekers", "returned_refugees": "returned_refugees",
    "idps": "idps_stock", "returned_idps": "returned_idps", "stateless": "stateless", "ooc": "others_of_concern",
    "oip": "other_protection", "hst": "host_community",
}  # fmt: skip
_BETWEEN = {"country": "coa_iso", "country_name": "coa_name", "origin_country": "coo_iso", "year": "year"}
LAYOUTS = (
    Layout(
        "IDMC, by country and year",
        {"country": "ISO3", "country_name": "Name", "year": "Year"},
        (
            _stock("conflict", "Conflict Stock Displacement"),
            _stock("conflict", "Conflict Internal Displacements"),
            _stock("disaster", "Disaster Internal Displacements"),
            _stock("disaster", "Disaster Stock Displacement"),
        ),
    ),
    Layout(
        "IDMC, stocks by sex and age",
        {"country": "geo", "year": "t", "cause_said": "cause", "sex": "sex", "age": "age"},
        (({"measure": "idps_stock"}, {"value": "n"}),),
    ),
    Layout(
        "IDMC, new displacements",
        {"country": "geo", "year": "t", "cause_said": "cause"},
        (({"measure": "new_displacement"}, {"value": "n"}),),
    ),
    Layout(
        "UNHCR, population by origin and asylum",
        _BETWEEN,
        tuple(({"measure": measure}, {"value": column}) for column, measure in _UNHCR.items()),
    ),
    Layout("UNHCR, one count by origin and asylum", _BETWEEN, (({}, {"value": "total"}),), UNSAID),
)


@dataclass(frozen=True)
class EditionTaken:
    """What became of an edition: its reference, its version, the number of values, its years."""

    ref: str
    version: int
    rows: int
    first_year: int
    last_year: int

    def as_dict(self) -> dict[str, Any]:
        """The shape printed for programs."""
        return dict(vars(self))


def take_reference(
    files: abc.Sequence[Path],
    *,
    edition: str,
    terms: Terms,
    office: Office,
    mid_year: int | None = None,
    measure: str = "",
) -> EditionTaken:
    """Take the tables of one edition in, as the person of the current scope; ``terms.attribution`` is how it is cited.

    Numbers are true of the end of their year, those of ``mid_year`` of its 30 June. ``measure`` says what a table counts
    whose headers do not.

    Raises:
        Refused: ``reference.no_such_table`` for headers of no known table; ``reference.say_measure``; the problems of
            single rows; or ``reference.same_edition`` when exactly these values are held. Nothing was changed then.
    """
    asked = acts.announce
    require(may_create(asked, scope.current()), "kernel.not_allowed", act=asked.verb, rule=asked.by.sentence)
    require(terms.attribution, "reference.cite_it")
    raws = [keep_raw(path) for path in files]
    sources = [open_table(raw_path(raw.digest), name=raw.name) for raw in raws]
    with tempfile.TemporaryDirectory(prefix="waystation-") as folder:
        staged = Path(folder) / "reference.parquet"
        mappings = [_mapping(one, measure) for one in sources]
        said = {"source": terms.source, "edition": edition}
        _stage(staged, list(zip(sources, mappings, (raw.digest for raw in raws), strict=True)), said, mid_year)
        held = Edition.objects.filter(source=terms.source, edition=edition).first()
        last = _standing(held) if held else None
        if held is not None and last is not None:
            require(_differ(staged, path_of(last)), "reference.same_edition", edition=held, version=last.version)
        with transaction.atomic():
            current = held or do(asked, source=terms.source, edition=edition, office=office).record
            return _received(staged, current, last, terms, raws)


def layout_of(source: Source) -> Layout:
    """The known layout whose headers a table has. Raises Refused ``reference.no_such_table``."""
    have = {column.header for column in source.columns}
    found = next((one for one in LAYOUTS if one.headers <= have), None)
    if found is None:
        said = {"known": "; ".join(one.name for one in LAYOUTS), "columns": ", ".join(sorted(have))}
        raise Refused(problems=[Problem("reference.no_such_table", said, source.name, source.layout.sheet)])
    return found


def _mapping(source: Source, measure: str) -> Mapping:
    layout = layout_of(source)
    known = not layout.measures or measure in layout.measures
    require(known, "reference.say_measure", file=source.name, known=", ".join(layout.measures))
    fixed = {"measure": measure} if layout.measures else {}
    wide = tuple(
        Wide({**said, **fixed}, {name: Take(header=header) for name, header in columns.items()})
        for said, columns in layout.counts
    )
    takes = {name: Take(header=header) for name, header in layout.takes.items()}
    return Mapping(layout=source.layout, takes=takes, wide=wide)


def _stage(path: Path, sources: list[tuple[Source, Mapping, str]], said: dict[str, str], mid_year: int | None) -> None:
    """Read the tables into one Parquet file. Raises Refused with the problems of their rows, or when there are none."""
    problems: list[Problem] = []
    rows = 0
    with pq.ParquetWriter(path, STAGED, compression="zstd") as writer:
        for source, mapping, digest in sources:
            tally = Tally()
            for batch in batches(source, mapping, FIELDS, tally=tally):
                writer.write_batch(_tidied(batch, {**said, "origin": digest}, mid_year))
                rows += batch.num_rows
            problems += tally.problems
    if problems:
        raise Refused(problems=problems)
    require(rows, "reference.no_rows")


def _tidied(batch: pa.RecordBatch, fixed: dict[str, str], mid_year: int | None) -> pa.RecordBatch:
    said = batch.column("cause_said").to_pylist()
    days = [date(year, 6, 30) if year == mid_year else date(year, 12, 31) for year in batch.column("year").to_pylist()]
    made = {
        "cause": pa.array([one if one is None or one in CAUSES else "disaster" for one in said], pa.string()),
        "hazard": pa.array([None if one in CAUSES else one for one in said], pa.string()),
        "true_on": pa.array(days, pa.date32()),
        **{name: pa.array([value] * batch.num_rows, pa.string()) for name, value in fixed.items()},
    }
    columns = [(made[f.name] if f.name in made else batch.column(f.name)).cast(f.type) for f in STAGED]
    return pa.RecordBatch.from_arrays(columns, schema=STAGED)


def _standing(held: Edition) -> Partition | None:
    return Partition.objects.filter(dataset=statistics.name, key=held.ref).order_by("-version").first()


def _differ(staged: Path, standing: Path) -> bool:
    """Whether the staged values are others than the standing ones, wherever they stand in their files."""
    names = ", ".join(col.name for col in statistics.cols if col.name != "edition_record")
    paths = {"one": str(staged), "other": str(standing)}
    both = [
        _EXCEPT.substitute(names=names, one=one, other=other) for one, other in (("one", "other"), ("other", "one"))
    ]
    link = duckdb.connect(config={"memory_limit": "128MB"})
    try:
        return any(link.execute(query, paths).fetchone() for query in both)
    finally:
        link.close()


_EXCEPT = Template("""
    (SELECT $names FROM read_parquet($$$one)) EXCEPT ALL (SELECT $names FROM read_parquet($$$other)) LIMIT 1
""")


def _received(
    staged: Path, current: Edition, last: Partition | None, terms: Terms, raws: list[RawFile]
) -> EditionTaken:
    table = pq.ParquetFile(staged)
    said = table.read(columns=["year", "measure"])
    years, measures = sorted(set(said["year"].to_pylist())), sorted(set(said["measure"].to_pylist()))
    field = statistics.schema.field("edition_record")
    rows = (one.append_column(field, pa.array([current.pk] * one.num_rows, field.type)) for one in table.iter_batches())
    partition = statistics.write(rows, key=current.ref, version=last.version + 1 if last else 1, terms=terms)
    do(acts.receive_values, current, partition=partition, origins=raws, years=years, measures=measures)
    return EditionTaken(current.ref, partition.version, partition.rows, years[0], years[-1])
