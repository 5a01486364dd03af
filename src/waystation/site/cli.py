"""The command line: ``waystation COMMAND``. Exit codes: 0 done, 1 refused, 2 wrong call."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from typing import Any

from waystation.site.declared import unknown

EPILOG = """examples:
  waystation demo                          see it at work, with a demonstration organisation
  waystation init --home /srv/waystation   make an empty house
  waystation serve --home /srv/waystation  open its doors on 127.0.0.1:8000
  waystation figure value tracking.idps_tracked --as-of 2025-12-31 --json

Each command has --help with examples. --home DIR or WAYSTATION_HOME names the data folder; DATABASE_URL the database."""

WITHOUT_HOUSE = {"init", "demo", "explain", "docs systems", "docs figures", "docs settings", "docs screenshot", "settings",
                 "restore", "backup verify", "languages update", "languages missing", "languages import",
                 "languages check"}  # fmt: skip


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Returns its exit code."""
    given = list(sys.argv[1:] if argv is None else argv)
    _choose_home(given)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "waystation.site.settings")
    import django
    from django.core.exceptions import ImproperlyConfigured

    try:
        django.setup()
    except ImproperlyConfigured as wrong:
        print(f"refused (site.settings): {wrong}", file=sys.stderr)
        return 1
    for sentence in unknown():
        print(sentence, file=sys.stderr)
    args = _parser().parse_args(given)
    if not getattr(args, "command", None):
        _parser().print_help()
        return 2
    return _run(args)


def _choose_home(given: list[str]) -> None:
    """``--home`` decides settings, so it is read before they are."""
    for number, word in enumerate(given):
        if word == "--home" and number + 1 < len(given):
            os.environ["WAYSTATION_HOME"] = given[number + 1]
        elif word.startswith("--home="):
            os.environ["WAYSTATION_HOME"] = word.partition("=")[2]
    if given[:1] == ["demo"]:
        os.environ.setdefault("WAYSTATION_HOME", ".waystation-demo")
        os.environ["WAYSTATION_DEMO"] = "1"


def _parser() -> argparse.ArgumentParser:
    from waystation.kernel.commands import commands
    from waystation.site import commands as ours

    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--home", metavar="DIR", help="the data folder (default: WAYSTATION_HOME, else .waystation)")
    shared.add_argument("--json", action="store_true", help="print the answer as JSON")
    top = argparse.ArgumentParser(
        "waystation", description="Waystation: from the field to the figure.", epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    levels: dict[str, Any] = {"": top.add_subparsers(metavar="COMMAND", title="commands")}
    leaves: dict[str, argparse.ArgumentParser] = {}
    ours.declare()
    for words, command in sorted(commands.items()):
        first, _, last = words.rpartition(" ")
        if first not in levels:
            group = leaves.get(first) or levels[""].add_parser(first, help=f"waystation {first} --help")
            levels[first] = group.add_subparsers(metavar="COMMAND", required=first not in leaves)
        leaf = levels[first].add_parser(
            last, help=str(command.about), description=str(command.about), parents=[shared],
            epilog="examples:\n  " + "\n  ".join(command.examples) if command.examples else None,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )  # fmt: skip
        if command.acts_as:
            leaf.add_argument("--as", dest="actor", metavar="USER", help="who does it (default: the house itself)")
        command.takes(leaf)
        leaf.set_defaults(command=command)
        leaves[words] = leaf
    return top


def _run(args: argparse.Namespace) -> int:
    from waystation.kernel import scope
    from waystation.kernel.refusals import Refused
    from waystation.site.commands import require_house, scope_of

    command = args.command
    try:
        if command.words not in WITHOUT_HOUSE:
            require_house()
        with scope.enter(scope_of(getattr(args, "actor", None))):
            answer = command.run(args)
    except Refused as refused:
        if args.json:
            print(json.dumps(refused.as_dict(), ensure_ascii=False, indent=1))
        else:
            print(f"refused ({refused.code}): {refused}", file=sys.stderr)
        return 1
    try:
        if args.json:
            print(json.dumps(answer.data, ensure_ascii=False, indent=1, default=str), flush=True)
        elif answer.text:
            print(answer.text, flush=True)
    except BrokenPipeError:  # whoever read it had seen enough (| head)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0 if answer.ok else 1


if __name__ == "__main__":
    sys.exit(main())
