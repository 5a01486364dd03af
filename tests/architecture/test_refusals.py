"""Every refusal a person can meet is declared once in the catalogue, and met in some test."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from tests.architecture import tree

# Where a call to each of these carries the code of a refusal.
CODE_AT = {"require": 1, "Refused": 0, "Problem": 0}


def called(node: ast.Call) -> str:
    """The last part of the name of what is called."""
    match node.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


@dataclass(frozen=True)
class Declared:
    """One refusal of the catalogue: its app, its name there, and where it is declared."""

    app: str
    name: str
    module: tree.Module
    line: int

    @property
    def code(self) -> str:
        return f"{self.app}.{self.name}"

    def __str__(self) -> str:
        return f"{self.module.name}:{self.line}: {self.code}"


@cache
def catalogue() -> dict[str, Declared]:
    """Every refusal that the product declares with ``refusals("app", name=...)``, by its code."""
    found: dict[str, Declared] = {}
    for module in tree.product():
        for node in ast.walk(module.tree):
            match node:
                case ast.Call(args=[ast.Constant(value=str(app))], keywords=keywords) if called(node) == "refusals":
                    for keyword in keywords:
                        item = Declared(app, str(keyword.arg), module, keyword.value.lineno)
                        found[item.code] = item
    return found


@cache
def spoken(module: tree.Module) -> frozenset[str]:
    """The strings of a module."""
    return frozenset(module.strings())


def used() -> Iterator[tuple[str, str]]:
    """(code, place) of every refusal that the product raises by a code written there."""
    for module in tree.product():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and called(node) in CODE_AT:
                for code in codes(node):
                    yield code, f"{module.name}:{node.lineno}"


def codes(node: ast.Call) -> Iterator[str]:
    """The code or, where it is chosen on the spot (``"a.b" if x else "a.c"``), the codes that a call carries."""
    at = CODE_AT[called(node)]
    carriers = [*node.args[at : at + 1], *(k.value for k in node.keywords if k.arg == "code")]
    for carrier in carriers:
        branches = [carrier.body, carrier.orelse] if isinstance(carrier, ast.IfExp) else [carrier]
        for branch in branches:
            if isinstance(branch, ast.Constant) and isinstance(branch.value, str):
                yield branch.value


def test_every_refusal_used_is_declared() -> None:
    unknown = [f"{place}: {code}" for code, place in used() if code not in catalogue()]
    assert not unknown, "declare these with refusals():\n" + "\n".join(unknown)


def test_every_refusal_declared_is_used() -> None:
    # Beside its declaration an app may name a refusal without the app; elsewhere by its whole code.
    def is_used(item: Declared) -> bool:
        return any(
            item.code in spoken(m) or (item.name in spoken(m) and m.path.is_relative_to(item.module.path.parent))
            for m in tree.product()
        )

    idle = [str(item) for item in catalogue().values() if not is_used(item)]
    assert not idle, "nothing refuses with these; delete them:\n" + "\n".join(sorted(idle))


def test_every_refusal_appears_in_a_test() -> None:
    # A test in a file or folder named after the app may leave the app out of the code.
    def is_met(item: Declared) -> bool:
        return any(
            item.code in spoken(m) or (item.name in spoken(m) and item.app in m.name)
            for m in tree.modules()
            if m.is_test
        )

    unmet = [str(item) for item in catalogue().values() if not is_met(item)]
    assert not unmet, "no test meets these refusals; write one that does:\n" + "\n".join(sorted(unmet))
