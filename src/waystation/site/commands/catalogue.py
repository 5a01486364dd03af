"""docs systems, docs figures, docs settings: tables printed from declarations."""

from __future__ import annotations

import csv
import importlib.resources
from argparse import Namespace

from django.utils.translation import gettext_lazy as _

from waystation.kernel.commands import Answer, command
from waystation.kernel.figures import figures
from waystation.kernel.systems import systems
from waystation.site.declared import SETTINGS


def catalogue(name: str) -> list[dict[str, str]]:
    """The rows of ``catalogue/systems.csv`` or ``catalogue/figures.csv``."""
    path = importlib.resources.files("waystation.site") / "catalogue" / f"{name}.csv"
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def _cell(text: object) -> str:
    return str(text).replace("|", "\\|").replace("\n", " ")


def _table(heads: list[str], rows: list[list[object]]) -> str:
    lines = ["| " + " | ".join(heads) + " |", "|" + " --- |" * len(heads)]
    return "\n".join([*lines, *("| " + " | ".join(_cell(one) for one in row) + " |" for row in rows)])


@command("docs systems", about=_("print docs/systems.md"), examples=["waystation docs systems > docs/systems.md"])
def docs_systems(args: Namespace) -> Answer:
    """One row a system: where it lives, what works, how to try it, its witness."""
    rows, data = [], []
    for one in catalogue("systems"):
        found = systems.get(one["id"])
        where = found.where if found else f"{one['app']} (not yet)"
        cells = [found.works, f"`{found.try_it}`", found.witness] if found else ["not yet", "", ""]
        rows.append([one["id"], one["name"], where, *cells])
        data.append({"id": one["id"], "name": one["name"], "where": where, "works": str(cells[0])})
    head = f"# Systems\n\n{len(systems)} of {len(rows)} are answered. Printed by `waystation docs systems`.\n\n"
    return Answer(data, head + _table(["id", "system", "where", "what works", "try it", "witness"], rows))


@command("docs figures", about=_("print docs/figures.md"), examples=["waystation docs figures > docs/figures.md"])
def docs_figures(args: Namespace) -> Answer:
    """One row a catalogue figure: the declared figures that answer it, or "not yet"."""
    by_id: dict[str, list[str]] = {}
    for name, figure in sorted(figures.items()):
        for f_id in figure.answers:
            by_id.setdefault(f_id, []).append(name)
    rows: list[list[object]] = []
    for one in catalogue("figures"):
        found = ", ".join(f"`{name}`" for name in by_id.get(one["id"], []))
        rows.append([one["id"], one["label"], one["unit"], found or "not yet"])
    data = [{"id": row[0], "figures": by_id.get(str(row[0]), [])} for row in rows]
    head = f"# Figures\n\n{len(by_id)} of {len(rows)} have a declared figure. Printed by `waystation docs figures`.\n\n"
    return Answer(data, head + _table(["id", "what the report says", "unit", "figure"], rows))


@command("docs settings", about=_("print docs/settings.md"), examples=["waystation docs settings > docs/settings.md"])
def docs_settings(args: Namespace) -> Answer:
    """One row a setting: its name, what it means, its default."""
    rows: list[list[object]] = []
    for one in SETTINGS:
        name = f"`{one.name}`" + (f", `{one.name}_FILE`" if one.secret else "")
        rows.append([name, one.meaning, f"`{one.default}`" if one.default else "unset"])
    head = (
        "# Settings\n\nRead from the environment. A secret may also be read from a file, which not everybody on the machine may "
        "read: `NAME_FILE` names it. `waystation settings` says what is in force and where it comes from. Printed by "
        "`waystation docs settings`.\n\n"
    )
    return Answer([vars(one) for one in SETTINGS], head + _table(["setting", "meaning", "default"], rows))
