"""Bringing files in: the file and its terms, then its columns, then the rows on their way, then what became of them."""

from __future__ import annotations

from collections import abc
from typing import Any, Literal
from urllib.parse import quote, urlencode

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from waystation.apps.naming import api as naming
from waystation.apps.sources import acts as on_intakes
from waystation.apps.sources.datasets import byhand, fields
from waystation.apps.sources.models import Intake
from waystation.apps.sources.rules import manager
from waystation.intake import Mapping, Source, open_table
from waystation.intake.cells import letters, plain
from waystation.kernel import scope, work
from waystation.kernel.acts import do
from waystation.kernel.codelists import codelist
from waystation.kernel.datasets import Terms, keep_raw, raw_path
from waystation.kernel.datasets import find as find_dataset
from waystation.kernel.models import Job, Office, RawFile
from waystation.kernel.pages import Asked, page
from waystation.kernel.refusals import Problem, Refused, require
from waystation.kernel.screens import (
    Block,
    Choice,
    Column,
    Facts,
    Form,
    Link,
    Notice,
    Progress,
    Question,
    Screen,
    Sentence,
    Table,
)

SHOWN_ROWS = 12  # of a file, before it is mapped
Kind = Literal["text", "number", "date"]
SAID: tuple[tuple[str, Any, Kind], ...] = (  # what a person may say by hand where no column says it
    ("operation_name", gettext_lazy("Operation"), "text"),
    ("country", gettext_lazy("Country (ISO code or name)"), "text"),
    ("component", gettext_lazy("Assessment type (area, site, event, flow, survey)"), "text"),
    ("round_number", gettext_lazy("Round"), "number"),
    ("reporting_date", gettext_lazy("Reporting date"), "date"),
    ("population_group", gettext_lazy("Population group, when there is one only"), "text"),
)
UNDER_WAY = ("waiting", "running")


def offices() -> list[Office]:
    """The offices where the asking person runs tracking."""
    here = scope.current()
    mine = Office.objects.order_by("path")
    return list(mine if here.is_house else mine.filter(pk__in=here.offices("tracking.manage")))


def receive_files(asked: Asked) -> str:
    """Keep the files as they came and open them; what is no table is refused here."""
    uploads = [one for one in asked.files if one.question == "files"]
    require(uploads, "sources.no_files")
    office = next((one for one in offices() if one.code == asked.form.get("office")), None)
    require(office is not None, "sources.which_office")
    for one in uploads:
        open_table(one.path, name=one.name)
    terms = Terms(
        asked.form.get("source", "").strip(), asked.form.get("licence", "").strip(),
        asked.form.get("attribution", "").strip(), asked.form.get("may_republish") == "yes",
    )  # fmt: skip
    require(terms.source and terms.licence, "sources.which_terms")
    kept = {raw.digest: raw for raw in (keep_raw(one.path, one.name) for one in uploads)}
    done = do(on_intakes.bring, files=list(kept.values()), terms=terms, office=office)
    return address(done.record)


def address(record: Intake) -> str:
    """Where an import is mapped and followed."""
    return f"/sources/{quote(record.ref)}/"


@page("sources/bring/", menu=gettext_lazy("Bring observations"), receive=receive_files, by=manager)
def bring(asked: Asked) -> Screen:
    """The first page: which files, and under what terms they came."""
    mine = offices()
    if not mine:
        told = _("You may bring files when you hold the duty “runs displacement tracking”. Ask your steward for it.")
        return Screen(_("Bring observations"), [Notice(told, "refusal")])
    form = Form(
        _("Bring the files"),
        [
            Question("files", _("Files"), "file", required=True,
                     hint=_("CSV, Excel (.xlsx) or JSON, also gzipped; several files of one delivery at once.")),
            Question("source", _("Who made the data"), value=asked.form.get("source"), required=True),
            Question("licence", _("Licence"), value=asked.form.get("licence"), required=True,
                     hint=_("As the source states it, for example CC BY 4.0.")),
            Question("attribution", _("How to credit it"), value=asked.form.get("attribution")),
            Question("may_republish", _("The licence lets us publish it again"), "yesno", value="no"),
            Question("office", _("Office"), "choice", mine[0].code, [(one.code, one.name) for one in mine]),
        ],
    )  # fmt: skip
    summary = _("Nothing counts until the columns are mapped and the rows have passed the quality rules.")
    return Screen(_("Bring observations"), [form], summary, [Link(_("Imports so far"), "/r/sources.imports/")])


def find(asked: Asked) -> Intake:
    """The import a path names. Raises Refused ``kernel.not_found``."""
    found: Intake | None = Intake.objects.filter(ref=asked.names["ref"]).first()
    if found is None:
        raise Refused("kernel.not_found", ref=asked.names["ref"])
    return found


def source_of(file: RawFile, sheet: str = "") -> Source:
    """A kept file, opened. Raises Refused when it is no table."""
    return open_table(raw_path(file.digest), name=file.name, sheet=sheet or None)


def receive_mapping(asked: Asked) -> str:
    """Remember the mapping where asked to, and put the import to work."""
    record = find(asked)
    files = list(record.files.order_by("pk"))
    form = asked.form
    if form.get("again") == "yes":
        return _again(record)
    constants = {name: form.get(f"say.{name}", "").strip() for name, _label, _kind in SAID}
    said = {name: value for name, value in constants.items() if value}
    mapping: Mapping | None = None
    if form.get("as_recognised") != "yes":
        source = source_of(files[0], form.get("sheet", ""))
        known = fields.recognised(source)
        source = source.with_layout(known.layout_in(source))
        ways = {name: form.get(name, "") for name in ("dates", "numbers")}
        mapping = byhand.mapped(source, _columns(form), known, **ways)
        _complete(mapping, said, source)
    with transaction.atomic():
        if mapping is not None and form.get("remember", "").strip():
            mark = fields.signature(source)
            name = form["remember"].strip()
            do(on_intakes.remember, name=name, signature=mark, mapping=mapping.to_json(), office=record.office)
        job = do(work.ask, task="sources.take_in", office=record.office, arguments={"intake": record.pk}).record
        kept = mapping.to_json() if mapping else {}
        do(on_intakes.map_columns, record, mapping=kept, constants=said, job=job.ref)
    return address(record)


def _again(record: Intake) -> str:
    """Put an import to work once more as it was mapped: the names that it waited for are decided now."""
    with transaction.atomic():
        job = do(work.ask, task="sources.take_in", office=record.office, arguments={"intake": record.pk}).record
        do(on_intakes.map_columns, record, mapping=record.mapping, constants=record.constants, job=job.ref)
    return address(record)


def _columns(form: abc.Mapping[str, str]) -> dict[str, int]:
    """The columns chosen in a form, by target."""
    picked = {name.removeprefix("take."): value for name, value in form.items() if name.startswith("take.") and value}
    return {name: int(value) for name, value in picked.items() if name in byhand.TARGETS and value.isdecimal()}


def _complete(mapping: Mapping, said: abc.Mapping[str, Any], source: Source) -> None:
    lacking = fields.missing(mapping, said)
    names = ", ".join(column.name for column in source.columns)
    params = {"fields": ", ".join(lacking), "columns": names, "example": f"{(lacking or [''])[0]}=..."}
    if lacking:
        raise Refused(problems=[Problem("sources.mapping_incomplete", params, source.name, source.layout.sheet)])


@page("sources/<str:ref>/", receive=receive_mapping)
def follow(asked: Asked) -> Screen:
    """The second page: map the columns; while the rows are taken in, how far it is; afterwards, what became of them."""
    record = find(asked)
    job = Job.objects.filter(ref=record.job).first() if record.job else None
    blocks: list[Block] = [_terms(record)]
    if record.state == "taken_in":
        blocks += taken_in(record.outcome)
    elif record.state == "mapped" and job is not None and job.state in UNDER_WAY:
        blocks.append(Progress(job.ref))
    elif record.state != "dropped" and _waits_for_names(record):
        blocks += _for_names(record)
    elif record.state != "dropped":
        blocks += _refused(record, job) + _to_map(record, asked)
    links = [Link(_("The import's record"), f"/r/sources.imports/{quote(record.ref)}/")]
    if record.state != "dropped" and naming.open_questions(source=record.source):
        links.append(Link(_("Names that wait for a decision"), f"/naming/?{urlencode({'source': record.source})}"))
    parents = [Link(_("Imports"), "/r/sources.imports/")]
    return Screen(record.file_name, blocks, links=links, parents=parents, source=record.source)


def _terms(record: Intake) -> Block:
    may = _("yes") if record.may_republish else _("no")
    items = [
        (_("Files"), record.file_name), (_("Source"), record.source), (_("Licence"), record.licence),
        (_("Credit"), record.attribution or None), (_("May be republished"), may), (_("Office"), record.office.name),
    ]  # fmt: skip
    return Facts(items, _("What came"))


def _refused(record: Intake, job: Job | None) -> list[Block]:
    problems = record.outcome.get("problems", []) if record.state == "refused" else []
    blocks: list[Block] = []
    if problems:
        words = _("Nothing was taken in, and everything is as it was. Correct what is said below, then try again.")
        blocks += [Notice(words, "refusal"), problem_table(problems)]
    elif record.state == "mapped" and job is not None:
        words = _("The work ended without an outcome ({state}): {why}").format(state=job.state, why=job.message or "–")
        blocks.append(Notice(words, "attention"))
    return blocks


def _waits_for_names(record: Intake) -> bool:
    problems = record.outcome.get("problems", []) if record.state == "refused" else []
    return any(one["code"] == "sources.names_wait" for one in problems)


def _for_names(record: Intake) -> list[Block]:
    """What the import waits for, and the way on as soon as it has it."""
    left = naming.open_questions(source=record.source)
    if left:
        words = ngettext(
            "The rows wait: {count} name of a place is not decided yet. Nothing was taken in so far.",
            "The rows wait: {count} names of places are not decided yet. Nothing was taken in so far.", left,
        )  # fmt: skip
        return [Notice(Sentence(words, {"count": left}), "attention")]
    told = Notice(_("The names it waited for are decided. The rows can be taken in now."), "done")
    return [told, Form(_("Take the rows in"), [], hidden={"again": "yes"})]


def problem_table(problems: abc.Sequence[abc.Mapping[str, Any]]) -> Table:
    """Problems with their place: file, sheet, row, column, and what to do."""
    columns = (
        Column("file", _("File")), Column("sheet", _("Sheet")), Column("row", _("Row"), "number"),
        Column("column", _("Column")), Column("message", _("What is wrong, and what to do")),
    )  # fmt: skip
    return Table(columns, problems, _("Problems"))


def _to_map(record: Intake, asked: Asked) -> list[Block]:
    files = list(record.files.order_by("pk"))
    sources = [source_of(file, asked.query.get("sheet", "") if len(files) == 1 else "") for file in files]
    marks = {fields.signature(source) for source in sources}
    said = {**record.constants, **{k.removeprefix("say."): v for k, v in asked.form.items() if k.startswith("say.")}}
    if len(marks) > 1:
        return [*(_recognised(source, said) for source in sources), _form(None, said, asked)]
    source = sources[0]
    mapping = fields.recognised(source)
    source = source.with_layout(mapping.layout_in(source))
    blocks: list[Block] = []
    sheets = [sheet.name for sheet in source.sheets() if sheet.name]
    if len(sheets) > 1:
        here = source.layout.sheet or ""
        blocks.append(Choice("sheet", _("Sheet"), [(name, name) for name in sheets], here))
    blocks += [_recognised(source, said), preview(source)]
    return [*blocks, _form(source, said, asked, mapping)]


def _recognised(source: Source, said: abc.Mapping[str, Any]) -> Block:
    """How a file was understood, what it lacks and what is doubtful, in words."""
    mapping = fields.recognised(source)
    by = _("a remembered mapping") if fields.remembered(source) else _("its headers")
    doubts = [str(one.message) for one in (*source.findings, *mapping.problems)]
    lacking = [label_of(name) for name in fields.missing(mapping, {k: v for k, v in said.items() if v})]
    items = [
        (_("Understood by"), by),
        (_("Sheet"), source.layout.sheet),
        (_("Where the table is"), " ".join(source.layout.reasons)),
        (_("Columns used"), len(list(mapping.all_takes()))),
        (_("Still to be said"), ", ".join(lacking) or None),
        (_("Doubtful"), " ".join(doubts) or None),
    ]
    return Facts(items, source.name)


def preview(source: Source) -> Table:
    """The first rows of a file as they are, with the letters of its columns and the row numbers a person sees."""
    lines = source.preview(SHOWN_ROWS, source.layout.sheet)
    width = min(max((len(cells) for _row, cells in lines), default=0), 60)
    columns = [Column("row", _("Row"), "number"), *(Column(f"c{index}", letters(index)) for index in range(width))]
    rows = [
        {"row": row, **{f"c{index}": plain(cell)[:60] or None for index, cell in enumerate(cells[:width])}}
        for row, cells in lines
    ]
    return Table(columns, rows, _("The first rows"), empty=_("There are no rows."))


def label_of(target: str) -> str:
    """A target in words: ``displaced.individuals`` is “Displaced people: people”."""
    group, dot, count = target.rpartition(".")
    name = count.removesuffix("_said")
    label = next(
        (str(col.label) for col in find_dataset("tracking.observations").cols if col.name == name and col.label),
        name.replace("_", " "),
    )
    return f"{codelist('tracking.population_group').label(group)}: {label}" if dot else label


def _form(source: Source | None, said: abc.Mapping[str, Any], asked: Asked, mapping: Mapping | None = None) -> Form:
    """The questions: a column for every target (with one layout), what is said by hand, a name to remember it by."""
    questions: list[Question] = []
    hidden = {"as_recognised": "yes"} if source is None else {"sheet": source.layout.sheet or ""}
    if source is not None and mapping is not None:
        now = _columns(asked.form) if asked.form else byhand.chosen(mapping, source)
        options = [("", _("not in the file")), *((str(one.index), one.name) for one in source.columns)]
        questions += [
            Question(f"take.{name}", label_of(name), "choice", str(now.get(name, "")), options)
            for name in byhand.TARGETS
        ]
        shown = _("as their values show")
        ways = [("", shown), *((one, one) for one in byhand.DATES)]
        marks = [("", shown), ("point", "1,234.5"), ("comma", "1.234,5")]
        questions.append(Question("dates", _("How dates are written"), "choice", asked.form.get("dates", ""), ways))
        questions.append(
            Question("numbers", _("How numbers are written"), "choice", asked.form.get("numbers", ""), marks)
        )
    kept = {**(mapping.constants if mapping else {}), **said}
    questions += [Question(f"say.{name}", label, kind, kept.get(name)) for name, label, kind in SAID]
    if source is not None:
        hint = _("The next file with these columns is then read without being asked about.")
        questions.append(
            Question("remember", _("Remember this mapping as"), value=asked.form.get("remember"), hint=hint)
        )
    return Form(_("Take the rows in"), questions, _("What the columns hold"), hidden)


def taken_in(outcome: abc.Mapping[str, Any]) -> list[Block]:
    """What became of the rows: a line for each round, then what was left out and noticed."""
    columns = (
        Column("round", _("Round"), "link"),
        Column("rows", _("Rows"), "number"),
        Column("version", _("Version"), "number"),
        Column("blocking", _("Blocking findings"), "number"),
        Column("warning", _("Warnings"), "number"),
        Column("findings", _("Findings"), "link"),
        Column("note", _("Note")),
    )
    rows = [_round_line(one) for one in outcome.get("rounds", [])]
    blocks: list[Block] = [Notice(_("The rows are in their rounds."), "done"), Table(columns, rows, _("Rounds"))]
    if outcome.get("skipped"):
        blocks.append(problem_table(outcome["skipped"]))
    if outcome.get("problems"):
        blocks.append(problem_table(outcome["problems"]))
    return blocks


def _round_line(one: abc.Mapping[str, Any]) -> dict[str, Any]:
    ref = quote(one["ref"])
    counts = one["findings"]
    return {
        "round": Link(one["ref"], f"/r/tracking.rounds/{ref}/"), "rows": one["rows"], "version": one["version"],
        "blocking": counts.get("blocking", 0), "warning": counts.get("warning", 0),
        "findings": Link(_("see them"), f"/r/tracking.findings/?round={ref}"),
        "note": _("the same rows as before; left alone") if one["unchanged"] else None,
    }  # fmt: skip
