"""Every refusal a person can meet is declared once in the catalogue, and met in some test."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.architecture import tree

# Where a call to each of these carries the code of a refusal.
CODE_AT = {"require": 1, "Refused": 0, "Problem": 0}


def called(node: ast.Call) -> str:
    """The last part of the name of what is called."""
    match node.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def declared() -> dict[str, str]:
    """Code -> place, for every ``refusals("app", name=...)`` in the product."""
    found = {}
    for module in tree.product():
        for node in ast.walk(module.tree):
            match node:
                case ast.Call(args=[ast.Constant(value=str(app))], keywords=keywords) if called(node) == "refusals":
                    found |= {f"{app}.{k.arg}": f"{module.name}:{k.value.lineno}" for k in keywords if k.arg}
    return found


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
    catalogue = declared()
    unknown = [f"{place}: {code}" for code, place in used() if code not in catalogue]
    assert not unknown, "declare these with refusals():\n" + "\n".join(unknown)


def test_every_refusal_declared_is_used() -> None:
    # A code may also be handed on as a value, so any string that equals it counts.
    spoken = {string for module in tree.product() for string in module.strings()}
    idle = [f"{place}: {code}" for code, place in sorted(declared().items()) if code not in spoken]
    assert not idle, "nothing refuses with these; delete them:\n" + "\n".join(idle)


def test_every_refusal_appears_in_a_test() -> None:
    spoken = {string for module in tree.modules() if module.is_test for string in module.strings()}
    unmet = [f"{place}: {code}" for code, place in sorted(declared().items()) if code not in spoken]
    assert not unmet, "no test meets these refusals; write one that does:\n" + "\n".join(unmet)
