"""Names say what a thing is in the field's own terms; words that would fit anything are kept out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.architecture import tree

EMPTY_WORDS = {"manager", "helper", "util", "service", "handler", "processor", "base", "common", "data", "info"}

# Names that are not ours to choose, each with the one who chose it.
NOT_OURS = {
    "get_context_data": "Django's generic views call it",
    "shared_data": "the fixture is named after the folder shared/data",
}


def words(name: str) -> set[str]:
    """The words of a snake_case or CamelCase name, in lower case and in the singular."""
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)
    return {part.lower() if part.lower() in EMPTY_WORDS else part.lower().removesuffix("s") for part in parts}


def chosen_names() -> Iterator[tuple[str, str]]:
    """(place, name) of every module, package, class and function; a test's name is a sentence and is left alone."""
    packages = {m.path.parent for m in tree.modules()}
    for folder in sorted(packages - {tree.ROOT}):
        yield folder.relative_to(tree.ROOT).as_posix() + "/", folder.name
    for module in tree.modules():
        if module.is_migration:
            continue
        yield module.name, module.path.stem
        for node in module.definitions():
            if not node.name.startswith("test_"):
                yield f"{module.name}:{node.lineno}", node.name


def test_names_say_something() -> None:
    empty = [
        f"{place}: {name} ({', '.join(sorted(words(name) & EMPTY_WORDS))})"
        for place, name in chosen_names()
        if words(name) & EMPTY_WORDS and name not in NOT_OURS
    ]
    assert not empty, "name these for what they are or do:\n" + "\n".join(empty)


def test_words_are_found_whole() -> None:
    assert words("ReportServicesPDF") == {"report", "service", "pdf"}
    assert words("stock_utils") == {"stock", "util"}
    assert not words("database_address") & EMPTY_WORDS
    assert not words("Informed") & EMPTY_WORDS
    assert not words("dataset") & EMPTY_WORDS
