"""``waystation search rebuild`` and ``waystation check search``."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from itertools import islice

from django.utils.translation import gettext_lazy as _

from waystation.hall.finding.queries.writing import broken, differing, rebuild, rebuild_all, settle
from waystation.kernel.commands import Answer, command
from waystation.kernel.register import Register, find_register, registers

SHOWN = 20


def _chosen(args: Namespace) -> list[Register]:
    return [find_register(args.register)] if args.register else [registers[name] for name in sorted(registers)]


def _of_register(parser: ArgumentParser) -> None:
    parser.add_argument("--register", metavar="NAME", help="only this register (default: all)")


@command("search rebuild", about=_("write the search index anew from the records; goes on where it was broken off"),
         examples=["waystation search rebuild", "waystation search rebuild --register places.sites"])  # fmt: skip
def search_rebuild(args: Namespace) -> Answer:
    """People can work and search meanwhile; each batch of records is locked for a moment."""
    if args.register:
        counts = {args.register: max(rebuild(find_register(args.register)), default=0)}
        settle()
    else:
        counts = rebuild_all()
    total = sum(counts.values())
    return Answer({"records": total, "registers": counts}, f"{total:,} records are in the index.")


search_rebuild.arguments(_of_register)


@command("check search", about=_("hold the search index against the records"),
         examples=["waystation check search", "waystation check search --register places.sites --json"])  # fmt: skip
def check_search(args: Namespace) -> Answer:
    """Every entry that is missing, too many or says otherwise than its record; and whether the words' index is whole."""
    wrong: dict[str, tuple[int, list[str]]] = {}
    for register in _chosen(args):
        found = differing(register)
        shown = [f"{ref} {why}" for ref, why in islice(found, SHOWN)]
        if shown:
            wrong[register.name] = (len(shown) + sum(1 for _one in found), shown)
    words = broken()
    lines = [f"{name}: {count:,}, such as {'; '.join(first[:3])}" for name, (count, first) in wrong.items()]
    lines += [f"The index of words: {words}"] if words else []
    good = not lines
    told = {name: {"count": count, "first": first} for name, (count, first) in wrong.items()}
    text = (
        "\n".join([*lines, "waystation search rebuild puts this right."])
        if lines
        else "The index says what the records say."
    )
    return Answer({"ok": good, "differing": told, "words": words}, text, good)


check_search.arguments(_of_register)
