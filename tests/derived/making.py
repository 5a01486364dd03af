"""How a test makes a record of a register and what it says when it does an act, so that tests can be derived from the
declarations of every app.

An app says only what plain answers cannot (``plain``), in ``makers.py`` beside its tests:

    @makes("tracking.findings")          # where no act of the register makes a record by itself
    def finding(world): ...; return record

    @says("tracking.rounds", "plan")     # what an act is told; ``record`` is None for one that makes a record
    def plan(world, record): return {"operation": world.one("tracking.operations"), ...}
"""

from __future__ import annotations

import importlib
import tempfile
from collections import deque
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from tests.personas import Personas
from waystation.kernel import scope
from waystation.kernel.acts import Act, Done, do, may, may_create
from waystation.kernel.datasets import keep_raw
from waystation.kernel.models import Actor, Office, RawFile, Record
from waystation.kernel.refusals import Refused
from waystation.kernel.register import Register, find_register, registers
from waystation.kernel.scope import Scope
from waystation.kernel.values import today

Maker = Callable[["World"], Any]
Saying = Callable[["World", Any], dict[str, Any]]
makers: dict[str, Maker] = {}
sayings: dict[tuple[str, str], Saying] = {}


def makes(register: str) -> Callable[[Maker], Maker]:
    """Declare how a record of a register is made."""
    return lambda make: makers.setdefault(register, make)


def says(register: str, verb: str) -> Callable[[Saying], Saying]:
    """Declare what an act is told."""
    return lambda say: sayings.setdefault((register, verb), say)


def collect() -> None:
    """Take in what the house and every app declare."""
    importlib.import_module("tests.derived.makers")
    apps = Path(__file__).parents[2] / "src" / "waystation" / "apps"
    for path in sorted(apps.glob("*/tests/makers.py")):
        importlib.import_module(f"waystation.apps.{path.parts[-3]}.tests.makers")


class Wanting(AssertionError):
    """A register whose records these tests cannot make; the message says what to declare."""


class World:
    """A house in which records are made on demand, through acts, by whoever may."""

    def __init__(self, personas: Personas) -> None:
        self.personas = personas
        self.specimens: dict[str, dict[str, Any]] = {}
        self._count = 0

    def count(self) -> int:
        """Another number each time."""
        self._count += 1
        return self._count

    def askers(self) -> list[Scope]:
        """Everyone who may come: the people, the public, and last the house itself."""
        return [*(Scope(who) for who in self.personas.everyone()), scope.house("tests")]

    def one(self, register: str) -> Any:
        """A record of a register as it was made first, made when there is none."""
        model = find_register(register).model
        return model._base_manager.order_by("pk").first() or self.make(register)

    def make(self, register: str) -> Any:
        """A new record in the first state of its register."""
        if register in makers:
            return makers[register](self)
        creating = find_register(register).creating
        if not creating:
            raise Wanting(
                f"No act of {register} makes a record, so these tests cannot. Say how: @makes({register!r}) in "
                f"src/waystation/apps/{register.split('.')[0]}/tests/makers.py"
            )
        return self.do(creating[0]).record

    def told(self, act: Act, record: Any = None) -> dict[str, Any]:
        """What the act is told so that it can be done: what its app says, else plain answers to what it needs."""
        register, _, verb = act.name.rpartition(".")
        if (register, verb) in sayings:
            return sayings[register, verb](self, record)
        return {param.name: self.plain(act, param) for param in act.params if param.required}

    def plain(self, act: Act, param: Any) -> Any:
        """An answer to a plain question."""
        answers = {str: "because it is so", int: 1, date: today(), Office: self.personas.dakar, dict[str, Any]: {}}
        if param.kind not in answers:
            register, _, verb = act.name.rpartition(".")
            raise Wanting(
                f"{act.name} needs {param.name}, which is no plain answer. Say what: @says({register!r}, {verb!r}) in "
                f"src/waystation/apps/{register.split('.')[0]}/tests/makers.py"
            )
        return answers[param.kind]

    def who_may(self, act: Act, record: Any = None) -> Iterator[Scope]:
        """Those who may do it, as the rule says."""
        for asking in self.askers():
            if allowed(act, asking, record):
                yield asking

    def do(self, act: Act, record: Any = None, **more: Any) -> Done:
        """Do an act as the first of those who may and for whom it is not another office's business."""
        refused: Refused | None = None
        for asking in self.who_may(act, record):
            with scope.enter(asking):
                try:
                    return do(act, *([] if act.creates else [record]), **self.told(act, record), **more)
                except Refused as no:
                    refused = no
                    if no.code != "kernel.not_allowed":
                        raise
        raise refused or AssertionError(f"nobody may do {act.name}")

    def lead(self, register: Register, record: Any, target: str, step: Callable[[Act, Any], Any] | None = None) -> Any:
        """Lead a record to a state by the fewest acts that its app does not refuse; ``step`` does one (default: ``do``)."""
        closed: set[tuple[str, str]] = set()
        while (record := fresh(record)).state != target:
            way = shortest(register, record.state, target, closed)
            assert way, f"{register.name}: no act leads from {record.state} to {target}"
            try:
                (step or self.do)(way[0], record)
            except Refused:
                closed.add((record.state, way[0].name))
        return record

    def populate(self) -> None:
        """A record of every register in every state that its acts reach."""
        for register in list(registers.values()):
            self.specimens[register.name] = {
                state: self.lead(register, self.make(register.name), state) for state in reached(register)
            }


def allowed(act: Act, asking: Scope, record: Any = None) -> bool:
    """Whether the declarations let this scope do it: it sees the record, the state is right, the rule admits it."""
    if act.creates:
        return may_create(act, asking)
    return seen(asking, record) and may(act, asking, record) is None


def seen(asking: Scope, record: Any) -> bool:
    """Whether the record is shown to this scope."""
    with scope.enter(asking):
        return type(record).objects.filter(pk=record.pk).exists()


def fresh(record: Any) -> Any:
    """The record as it stands now, whoever asks."""
    return type(record)._base_manager.get(pk=record.pk)


def reached(register: Register) -> list[str]:
    """The first state and every state that its acts lead to."""
    targets = {act.target for act in register.lifecycle.acts} | {register.lifecycle.first}
    return [state for state in register.lifecycle.states if state in targets]


def shortest(register: Register, start: str, target: str, closed: set[tuple[str, str]]) -> list[Act]:
    """The fewest acts from one state to another, or none."""
    waiting: deque[tuple[str, list[Act]]] = deque([(start, [])])
    known = {start}
    while waiting:
        state, way = waiting.popleft()
        for act in register.lifecycle.acts:
            if act.target and state in act.sources and (state, act.name) not in closed and act.target not in known:
                if act.target == target:
                    return [*way, act]
                known.add(act.target)
                waiting.append((act.target, [*way, act]))
    return []


__all__ = ["Actor", "Record", "Wanting", "World", "allowed", "collect", "fresh", "makes", "reached", "says", "seen"]


def file(world: World) -> RawFile:
    """A file as it came; not saved."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"file-{world.count()}.csv"
        path.write_text(f"a,b\n1,{path.name}\n", encoding="utf-8")
        return keep_raw(path)
