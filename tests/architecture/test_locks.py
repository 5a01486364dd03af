"""The locked files install the same bytes everywhere and say nothing about where they were compiled."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import go
from tests.architecture import tree

FOLDER = tree.ROOT / "requirements"
PIN = re.compile(r"^(?P<name>[a-z0-9][a-z0-9-]*)==(?P<version>[^\s;\\]+)(?P<marker>[^\\]*)")
STACK = tree.ROOT / "docs" / "decisions" / "0001-stack.md"


def pins(lock: str) -> dict[str, set[str]]:
    """Package -> the versions (one for each Python, where they differ) that a lock holds."""
    found: dict[str, set[str]] = {}
    for line in (FOLDER / f"{lock}.txt").read_text(encoding="utf-8").splitlines():
        if pin := PIN.match(line):
            found.setdefault(pin["name"], set()).add(f"{pin['version']}{pin['marker'].rstrip()}")
    return found


def asked_for(source: Path) -> set[str]:
    """The packages a .in file names, without bounds, extras and comments."""
    lines = (line.split("#")[0].strip() for line in source.read_text(encoding="utf-8").splitlines())
    return {re.split(r"[\[<>=!~; ]", line)[0] for line in lines if line}


def test_every_locked_file_is_known() -> None:
    assert {path.stem for path in FOLDER.glob("*.txt")} == set(go.LOCKS)
    assert {path.stem for path in FOLDER.glob("*.in")} == {name for sources, _ in go.LOCKS.values() for name in sources}


@pytest.mark.parametrize("lock", go.LOCKS)
def test_a_lock_names_no_address(lock: str) -> None:
    content = (FOLDER / f"{lock}.txt").read_text(encoding="utf-8")
    addresses = [
        line
        for line in content.splitlines()
        if re.search(r"://|^\s*-(?!-hash=sha256:)|\bfind-links\b|\bindex-url\b| @ |^[./]", line)
    ]
    assert not addresses, "compile the locks with: python3 go.py lock\n" + "\n".join(addresses)


@pytest.mark.parametrize("lock", go.LOCKS)
def test_a_lock_holds_a_hash_for_every_package(lock: str) -> None:
    content = (FOLDER / f"{lock}.txt").read_text(encoding="utf-8")
    entries = re.split(r"^(?=[a-z0-9])", content, flags=re.MULTILINE)[1:]
    unpinned = [entry.splitlines()[0] for entry in entries if not PIN.match(entry)]
    unhashed = [entry.splitlines()[0] for entry in entries if not re.search(r"--hash=sha256:[0-9a-f]{64}", entry)]
    assert entries
    assert not unpinned
    assert not unhashed


@pytest.mark.parametrize("lock", go.LOCKS)
def test_a_lock_holds_all_that_is_asked_for(lock: str) -> None:
    sources, _ = go.LOCKS[lock]
    missing = set().union(*(asked_for(FOLDER / f"{source}.in") for source in sources)) - set(pins(lock))
    assert not missing, f"{', '.join(sorted(missing))} not locked; run: python3 go.py lock"


def test_tests_run_on_the_versions_that_people_run() -> None:
    base, dev = pins("base"), pins("dev")
    assert {name: dev.get(name) for name in base} == base


def test_every_package_asked_for_has_its_reason_and_licence() -> None:
    reasons = STACK.read_text(encoding="utf-8").lower()
    wanted = sorted(set().union(*(asked_for(source) for source in FOLDER.glob("*.in"))))
    silent = [name for name in wanted if f"| `{name}`" not in reasons and f"| `{name}[" not in reasons]
    assert not silent, f"{STACK.name} has no line for: {', '.join(silent)}"
