"""What must not be in the repository: marks of unfinished or excused work, addresses and paths of one machine."""

from __future__ import annotations

import re

import pytest

from tests.architecture import tree

# Written in pieces so that this file does not find itself.
UNFINISHED = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|XX" r"X)\b")
EXCUSE = re.compile(r"#\s*(?:no" r"qa|type:\s*ign" r"ore|pragma:\s*no\s*cov" r"er)\b(?P<rest>.*)")
CODES_THEN_REASON = re.compile(r"(?::\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*|\[[a-z, -]+\])\s*(?:#|-|–|:)?\s*\w+ \w+")
REGISTRY = re.compile(
    r"py" r"pi\.org|python" r"hosted|registry\.n" r"pmjs|registry\.y" r"arnpkg|deb\.deb" r"ian\.org|crates\.i" r"o"
)
MACHINE_PATH = re.compile(r"(?<![\w./-])(?:/(?:wo" r"rk|fa" r"rm|ro" r"ot|Us" r"ers)/|/ho" r"me/\w)")


def lines_with(pattern: re.Pattern[str]) -> list[tuple[str, re.Match[str]]]:
    """(file:line, match) for every line of a text file of the repository in which the pattern is found."""
    found = []
    for path in tree.files():
        for number, line in enumerate((tree.text(path) or "").splitlines(), start=1):
            if match := pattern.search(line):
                found.append((f"{path.relative_to(tree.ROOT).as_posix()}:{number}: {line.strip()[:120]}", match))
    return found


@pytest.mark.parametrize(
    "pattern,advice",
    [
        pytest.param(UNFINISHED, "finish these, or file them as issues", id="unfinished work"),
        pytest.param(REGISTRY, "name no registry's host; use packages by name", id="registry hosts"),
        pytest.param(MACHINE_PATH, "these paths exist on one machine only", id="machine paths"),
    ],
)
def test_the_repository_is_free_of(pattern: re.Pattern[str], advice: str) -> None:
    found = [place for place, _ in lines_with(pattern)]
    assert not found, f"{advice}:\n" + "\n".join(found)


def test_every_excuse_gives_its_rule_and_its_reason() -> None:
    bare = [place for place, match in lines_with(EXCUSE) if not CODES_THEN_REASON.match(match["rest"].strip())]
    assert not bare, "say on the line which rule is excused and why:\n" + "\n".join(bare)
