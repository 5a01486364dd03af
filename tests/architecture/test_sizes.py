"""Sizes are lint and not taste: what grows past its bound is split by invariant, not by layer."""

from __future__ import annotations

import ast
from collections import Counter

from tests.architecture import tree

FUNCTION, FILE, APP, KERNEL = 50, 400, 3_000, 6_000


def test_no_function_is_longer_than_it_can_be_read() -> None:
    long = [
        f"{module.name}:{node.lineno} {node.name} has {node.end_lineno - node.lineno + 1} lines"
        for module in tree.modules()
        for node in module.definitions()
        if not isinstance(node, ast.ClassDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 > FUNCTION
        and not module.is_migration
    ]
    assert not long, f"functions have at most {FUNCTION} lines:\n" + "\n".join(long)


def test_no_file_is_longer_than_a_sitting() -> None:
    long = [f"{m.name} has {m.lines} lines" for m in tree.modules() if m.lines > FILE and not m.is_migration]
    assert not long, f"files have at most {FILE} lines:\n" + "\n".join(long)


def test_no_app_is_two_apps() -> None:
    apps: Counter[str] = Counter()
    for module in tree.product():
        storey, *rest = module.path.relative_to(tree.SOURCE).parts
        if storey == "apps" and len(rest) > 1:
            apps[rest[0]] += module.lines
    long = [f"{app} has {lines} lines" for app, lines in sorted(apps.items()) if lines > APP]
    assert not long, f"an app has at most {APP} lines:\n" + "\n".join(long)


def test_the_kernel_stays_small() -> None:
    lines = sum(m.lines for m in tree.product() if m.path.is_relative_to(tree.SOURCE / "kernel"))
    assert lines <= KERNEL, f"the kernel has {lines} lines, and at most {KERNEL}"
