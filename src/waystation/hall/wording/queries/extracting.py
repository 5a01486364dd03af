"""Every message of the house: marked in Python, in templates, in code lists, or said by a declaration itself."""

from __future__ import annotations

import ast
import csv
import re
import typing
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.utils.translation.template import templatize

import waystation
from waystation.hall.wording.shapes import Message
from waystation.kernel import house
from waystation.kernel.acts import Act
from waystation.kernel.figures import figures
from waystation.kernel.register import label_of, registers

PACKAGE = Path(next(iter(waystation.__path__)))
# Where the texts stand among a call's arguments: context, one, many.
MARKS: dict[str, tuple[int | None, int, int | None]] = {
    "_": (None, 0, None), "gettext": (None, 0, None), "gettext_lazy": (None, 0, None), "gettext_noop": (None, 0, None),
    "ngettext": (None, 0, 1), "ngettext_lazy": (None, 0, 1),
    "pgettext": (0, 1, None), "pgettext_lazy": (0, 1, None),
    "npgettext": (0, 1, 2), "npgettext_lazy": (0, 1, 2),
}  # fmt: skip
WORDS = "words"  # a rule's sentence: where("state", "published", words="it is published")
RULES = {"where", "filled"}
SAID_COLUMNS = ("label", "explanation", "what_to_do")  # of code lists
FOREIGN = ("/tests/", "/migrations/", "/site/demo/")  # the demonstration's people write in their own language
ACT = "act"  # the context of what acts are called: "release" is done, a release is what comes of it


def messages() -> list[Message]:
    """All messages, each once with the files it stands in, in the order of their texts."""
    found: dict[str, Message] = {}
    for one in [*in_python(), *in_templates(), *in_codelists(), *in_declarations()]:
        before = found.get(one.key, one)
        found[one.key] = Message(one.one, before.many or one.many, one.context, before.places | one.places)
    return sorted(found.values(), key=lambda one: (one.one, one.context))


def _files(ending: str) -> Iterator[tuple[str, Path]]:
    for path in sorted(PACKAGE.rglob(f"*{ending}")):
        name = f"/{path.relative_to(PACKAGE).as_posix()}"
        if not any(part in name for part in FOREIGN):
            yield name[1:], path


def in_python() -> Iterator[Message]:
    """Calls of gettext and its kin, and sentences of rules."""
    for name, path in _files(".py"):
        yield from _called(ast.parse(path.read_text(encoding="utf-8")), name)


def in_templates() -> Iterator[Message]:
    """What Django's own reader of templates finds; it turns them into calls among placeholders."""
    call = re.compile(r"\b(n?p?gettext(?:_noop)?|_)\((?=\s*[ru]*['\"])")
    for name, path in _files(".html"):
        code = templatize(path.read_text(encoding="utf-8"), origin=name)
        for found in call.finditer(code):
            yield from _called(ast.parse(_call_at(code, found.start())), name)


def _call_at(code: str, start: int) -> str:
    """The shortest piece of ``code`` from ``start`` to a closing bracket that is a whole call."""
    end = code.index(")", start)
    while True:
        try:
            ast.parse(code[start : end + 1])
        except SyntaxError:
            end = code.index(")", end + 1)
        else:
            return code[start : end + 1]


def _called(tree: ast.AST, place: str) -> Iterator[Message]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in MARKS:
            texts = ["" if at is None else _text(node.args, at) for at in MARKS[name]]
            if texts[1]:
                yield Message(texts[1], texts[2], texts[0], frozenset([place]))
        elif name in RULES:
            for given in node.keywords:
                if given.arg == WORDS and (text := _text([given.value], 0)):
                    yield Message(text, places=frozenset([place]))


def _text(args: list[ast.expr], at: int) -> str:
    node = args[at] if at < len(args) else None
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def in_codelists() -> Iterator[Message]:
    """Labels and explanations of codes."""
    for name, path in _files(".csv"):
        if "/codelists/" in name:
            lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
            for row in csv.DictReader(lines):
                yield from (Message(row[key], places=frozenset([name])) for key in SAID_COLUMNS if row.get(key))


def in_declarations() -> Iterator[Message]:
    """What acts are called and do, how figures are computed, and names of fields and arguments that were given no other."""
    for register in registers.values():
        yield from _of_acts(register.lifecycle.acts, register.name)
        shown = [*register.columns, *register.filters, *(path for part in register.sections for path in part.fields)]
        shown += [field.name for field in register.model._meta.concrete_fields if field.editable]
        yield from _plain((label_of(register.model, path) for path in shown), register.name)
    for figure in figures.values():
        yield from _plain([figure.sentence, figure.unit], figure.name)
    for act in (house.open_office, house.invite):
        yield from _of_acts([act], act.name)


def _of_acts(acts: Iterable[Act], place: str) -> Iterator[Message]:
    for act in acts:
        yield Message(act.run.__name__.replace("_", " "), context=ACT, places=frozenset([place]))
        yield from _plain([act.purpose, *(param.name.replace("_", " ") for param in act.params)], place)
        yield from _plain((one for param in act.params for one in literals(param.kind)), place)


def literals(kind: Any) -> list[str]:
    """The words an argument can be, where it can be one of a few."""
    return [str(one) for one in typing.get_args(kind)] if typing.get_origin(kind) is typing.Literal else []


def _plain(texts: Iterable[str], place: str) -> Iterator[Message]:
    yield from (Message(one, places=frozenset([place])) for one in texts if one)
