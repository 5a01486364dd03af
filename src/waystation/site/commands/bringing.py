"""bring: a table into any register, from the command line."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from waystation.kernel.commands import Answer, command
from waystation.kernel.files import files_of
from waystation.kernel.formats import WRITERS
from waystation.kernel.refusals import require
from waystation.kernel.register import find_register
from waystation.kernel.values import file_digest
from waystation.surfaces.bringing import brought, columns_of, read, rejected, template, tried
from waystation.surfaces.rest.shapes import offered

SAID = 50


@command("bring", about=_("bring a table (CSV, XLSX) into a register: an act for each row, all of them or none"), acts_as=True, examples=[
    "waystation bring tracking.operations open_operation --template operations.xlsx",
    "waystation bring tracking.operations open_operation operations.xlsx --as amina --try --rejected wrong.xlsx",
    "waystation bring tracking.operations open_operation operations.xlsx --as amina --json",
])  # fmt: skip
def bring(args: Namespace) -> Answer:
    """Try every row, then do every row; with ``--try`` nothing is kept. Rows that are refused are told by cell."""
    register = find_register(args.register)
    act = register.act(args.act)
    require(offered(act), "kernel.unknown_name", what="act for a table", name=args.act, known="")
    if args.template:
        target = Path(args.template)
        WRITERS["xlsx" if target.suffix == ".xlsx" else "csv"](template(register, act), target)
        names = [one.name for one in columns_of(act)]
        return Answer({"template": str(target), "columns": names}, f"{target}: {', '.join(names)}")
    require(args.file, "kernel.argument_missing", act="bring", name="FILE")
    (path,) = files_of([args.file])
    table = read(path, path.name, act)
    trial = tried(register, act, table)
    wrong = [one for line in table.lines for one in line.problems]
    if wrong and args.rejected:
        WRITERS["xlsx"](rejected(table), Path(args.rejected))
    refs = [] if wrong or args.only_try else brought(register, act, table, file_digest(path))
    data = {"rows": len(table.lines), "good": trial.good, "wrong": trial.wrong, "done": len(refs), "refs": refs,
            "problems": [one.as_dict() for one in wrong]}  # fmt: skip
    told = [str(one) for one in wrong[:SAID]] + ([f"and {len(wrong) - SAID} more"] if len(wrong) > SAID else [])
    told.append(f"{trial.good} rows good, {trial.wrong} refused, {len(refs)} brought in")
    return Answer(data, "\n".join(told), not wrong)


@bring.arguments
def _bring(parser: ArgumentParser) -> None:
    parser.add_argument("register", metavar="REGISTER", help="such as tracking.operations (waystation explain)")
    parser.add_argument("act", metavar="ACT", help="what each row is told to, such as open_operation")
    parser.add_argument("file", nargs="?", metavar="FILE")
    parser.add_argument("--try", dest="only_try", action="store_true", help="say what is wrong, keep nothing")
    parser.add_argument("--rejected", metavar="FILE.xlsx", help="write the refused rows with their reasons")
    parser.add_argument("--template", metavar="FILE", help="write an empty table with the act's columns instead")
