"""Commands: what an app adds to the command line, declared beside its other rooms.

    @command("tracking publish", about=_("..."), examples=["waystation tracking publish round.xlsx --as amina ..."])
    def publish(args: Namespace) -> Answer: ...
    @publish.arguments
    def _(parser): parser.add_argument("files", nargs="+")

Exit codes: 0 done, 1 refused, 2 wrong call. With ``--json`` the answer's data are printed as JSON, else its text.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

commands: dict[str, Command] = {}


@dataclass
class Answer:
    """What a command says: ``data`` for programs, ``text`` for people; ``ok`` False exits with 1."""

    data: Any = None
    text: str = ""
    ok: bool = True


@dataclass
class Command:
    """A declared command; ``acts_as``: needs ``--as USER`` and runs in that person's scope, else in the house's."""

    words: str
    run: Callable[[Namespace], Answer]
    about: Any
    examples: Sequence[str] = ()
    acts_as: bool = False
    takes: Callable[[ArgumentParser], None] = field(default=lambda parser: None)

    def arguments(self, takes: Callable[[ArgumentParser], None]) -> Callable[[ArgumentParser], None]:
        """Decorates the function that adds the command's arguments."""
        self.takes = takes
        return takes


def command(
    words: str, *, about: Any, examples: Sequence[str] = (), acts_as: bool = False
) -> Callable[[Callable[[Namespace], Answer]], Command]:
    """Declare a command; see the module."""

    def declare(run: Callable[[Namespace], Answer]) -> Command:
        commands[words] = Command(words, run, about, examples, acts_as)
        return commands[words]

    return declare
