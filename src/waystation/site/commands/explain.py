"""explain: any declared thing, as it is; ``explain personal`` is the personal-data map (S118)."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.apps import apps
from django.utils.translation import gettext_lazy as _

from waystation.kernel.acts import Act
from waystation.kernel.commands import Answer, command, commands
from waystation.kernel.datasets import datasets
from waystation.kernel.fields import elsewhere, privacy_of
from waystation.kernel.figures import figures
from waystation.kernel.refusals import Refused, catalogue
from waystation.kernel.register import Register, registers
from waystation.kernel.rules import duties
from waystation.kernel.systems import answers


def _act(act: Act) -> list[str]:
    arrow = f"{' | '.join(sorted(act.sources))} -> {act.target or 'same'}"
    params = ", ".join(p.name if p.required else f"{p.name}?" for p in act.params) or "-"
    return [f"- **{act.verb}** ({arrow}): {act.purpose}", f"  - takes {params}", f"  - when {act.by.sentence}"]


def explain_register(one: Register) -> list[str]:
    """States, acts, rules, columns of a register, as Markdown lines."""
    lines = [f"# {one.name}", "", f"{one.word[1]}, kept in `{one.model._meta.label}`.", "", "## States", ""]
    final = one.lifecycle.final
    lines += [
        f"- {state}: {word}{' (final)' if state in final else ''}" for state, word in one.lifecycle.states.items()
    ]
    lines += ["", "## Acts", ""]
    for act in one.lifecycle.acts:
        lines += _act(act)
    lines += ["", "## Who sees it", "", f"{one.sight.sentence}", "", "## Columns and filters", ""]
    lines += [f"- columns: {', '.join(one.columns)}", f"- filters: {', '.join(one.filters)}", "", "## Fields", ""]
    for field in one.model._meta.get_fields():
        if getattr(field, "concrete", False):
            lines.append(f"- {field.name}: {privacy_of(field)}")
    return [
        *lines,
        "",
        *([f"Page: {one.page}", ""] if one.page else []),
        *([f"Due: {one.due}", ""] if one.due else []),
        f"Systems: {', '.join(one.systems) or '-'}",
    ]


def _figure(name: str) -> list[str]:
    one = figures[name]
    dims = [f"- {d.name}: {d.label}{' (time)' if d.time else ''}" for d in one.dims]
    apart = ", ".join(one.never_across) or "-"
    return [f"# {name}", "", f"{one.label}, in {one.unit}; {one.kind.word}.", "", one.sentence, "", "## Split by", "", *dims,
            "", f"Never added over: {apart}.", f"Answers: {', '.join(one.answers) or '-'}."]  # fmt: skip


def _dataset(name: str) -> list[str]:
    one = datasets[name]
    cols = [f"- {c.name} ({c.type}, {c.privacy}): {c.label} {c.hxl}".rstrip() for c in one.cols]
    seen = f"with the {one.seen_with[1]} its `{one.seen_with[0]}` names" if one.seen_with else "by everyone"
    return [f"# {name}", "", str(one.about), "", f"Rows are seen {seen}.", "", "## Columns", "", *cols]


def personal_map() -> list[dict[str, str]]:
    """Every personal and sensitive field of every model and dataset: what it is, how it is kept, who sees it."""
    found = []
    shown: dict[tuple[Any, str], str] = {
        (one.model, path): one.sight.sentence
        for one in registers.values()
        for path in {*one.columns, *(p for s in one.sections for p in s.fields)}
    }
    for model in apps.get_models():
        for field in model._meta.get_fields():
            kind = privacy_of(field)
            if kind in ("personal", "sensitive"):
                kept = "encrypted at rest" if kind == "sensitive" else "stored, never exported"
                seen = str(shown.get((model, field.name), "the house's own pages"))
                found.append(
                    {"where": model._meta.label, "field": field.name, "class": kind, "kept": kept, "seen": seen}
                )
    for one in datasets.values():
        for col in one.cols:
            if col.privacy in ("personal", "sensitive"):
                found.append(
                    {"where": one.name, "field": col.name, "class": col.privacy, "kept": "in Parquet", "seen": ""}
                )
    return found + [{name: str(value) for name, value in one.items()} for one in elsewhere]


def _personal() -> list[str]:
    rows = [f"| {r['where']} | {r['field']} | {r['class']} | {r['kept']} | {r['seen']} |" for r in personal_map()]
    return ["# Personal data", "", "Printed from the declarations.", "", "| where | field | class | how it is kept | who sees it |",
            "| --- | --- | --- | --- | --- |", *rows]  # fmt: skip


def _everything() -> list[str]:
    parts: list[tuple[str, Any]] = [
        ("registers", registers), ("datasets", datasets), ("figures", figures), ("duties", duties), ("commands", commands),
    ]  # fmt: skip
    return [line for title, names in parts for line in (f"{title}:", *(f"  {name}" for name in sorted(names)))]


def _explained(name: str) -> list[str]:
    if name in registers:
        return explain_register(registers[name])
    tables: list[tuple[Any, Callable[[str], list[str]]]] = [(figures, _figure), (datasets, _dataset)]
    for table, lines in tables:
        if name in table:
            return lines(name)
    acts = {act.name: act for one in registers.values() for act in one.lifecycle.acts}
    if name in acts:
        return _act(acts[name])
    if name in duties:
        return [f"# duty {name}", "", str(duties[name])]
    if name in catalogue:
        words = catalogue[name].message
        return [
            f"# refusal {name}",
            "",
            str(words) or words % {"count": 2},
        ]  # one that counts is empty until it knows how many
    below = [one for one in [*registers, *figures, *datasets] if one.startswith(f"{name}.")]
    if not below:
        raise Refused("kernel.unknown_name", what="thing", name=name, known="personal, everything, or a name it lists")
    return [f"# {name}", "", *(f"- {one}" for one in sorted(below))]


@command("explain", about=_("print any declared thing: a register, act, figure, dataset, duty, refusal, app"), examples=[
    "waystation explain tracking.rounds", "waystation explain personal", "waystation explain everything",
    "waystation explain everything --write docs/registers",
])  # fmt: skip
def explain(args: Namespace) -> Answer:
    """Print a declaration as it stands in the code."""
    if args.write:
        return _write(Path(args.write))
    special = {"personal": _personal, "everything": _everything}
    lines = special[args.name]() if args.name in special else _explained(args.name)
    data = personal_map() if args.name == "personal" else {"name": args.name, "text": "\n".join(lines)}
    return Answer(data, "\n".join(lines))


@explain.arguments
def _explain(parser: ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", nargs="?", default="everything")
    parser.add_argument("--write", metavar="FOLDER", help="write a page for every register, and personal.md")


def _write(folder: Path) -> Answer:
    folder.mkdir(parents=True, exist_ok=True)
    for name, one in registers.items():
        (folder / f"{name}.md").write_text("\n".join(explain_register(one)) + "\n", encoding="utf-8")
    (folder / "personal.md").write_text("\n".join(_personal()) + "\n", encoding="utf-8")
    return Answer({"written": len(registers) + 1}, f"{len(registers) + 1} pages in {folder}")


answers(
    "S118",
    where="kernel",
    works=_("the personal-data map is printed from the declarations"),
    try_it="waystation explain personal",
    witness="start-up checks",
)
