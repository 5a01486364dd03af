"""Acts: the verbs a clerk would say, and the runner, which alone writes.

    @act("requested -> approved", by=approver & another_person, said=_("approved it"))
    def approve(request, *, granted: dict[str, int]):
        "Grant all or part of each line, and hold that stock."
        ...
        return Outcome(save=lines)

The function decides and returns an ``Outcome``; ``do`` locks, checks state, rule and expected version, runs, saves, writes
trail and facts, in one transaction. A refusal changes nothing. An act ``"new -> state"`` has no record: it returns
``Outcome(record=...)``. Several sources: ``"draft | returned -> sent"``; without an arrow the state stays.
"""

from __future__ import annotations

import inspect
import json
import typing
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, OperationalError, connection, models, transaction

from waystation.kernel import audit, facts, ledger
from waystation.kernel import scope as scopes
from waystation.kernel.keys import keyed_digest, seal, unseal
from waystation.kernel.models import IdempotencyKey, Record
from waystation.kernel.refusals import Refused, require
from waystation.kernel.rules import Rule, admits, nothing, visible
from waystation.kernel.scope import Scope
from waystation.kernel.sight import sight_of, sights
from waystation.kernel.values import canonical, digest, now, plain

MOST_CROSSED = 4  # times an act is begun that crosses others
MANY = 1000  # rows of one table in one act
NEW = "new"
Unsaid = typing.Annotated[str, "unsaid"]  # an argument that is personal or secret: never on the trail


@dataclass
class Outcome:
    """What an act decided. ``record``: the new record of a creating act; ``new`` and ``save``: others beside it;
    ``links``: rows of many-to-many tables as (record, field, others); ``moves``: what is booked in ledgers; ``answer``: what
    the caller is told."""

    record: Any = None
    new: list[Any] = field(default_factory=list)
    save: list[Any] = field(default_factory=list)
    links: list[tuple[Any, str, list[Any]]] = field(default_factory=list)
    facts: list[facts.Told] = field(default_factory=list)
    moves: list[ledger.Move] = field(default_factory=list)
    answer: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Param:
    """An argument of an act, as forms, programs and the command line ask for it."""

    name: str
    kind: Any
    required: bool
    default: Any = None
    unsaid: bool = False


@dataclass(eq=False)
class Act:
    """A declared act. ``name`` and ``model`` are filled when its register takes it in."""

    run: Callable[..., Outcome | None]
    sources: frozenset[str]
    target: str | None
    by: Rule
    params: tuple[Param, ...]
    said: Any = ""
    danger: bool = False
    name: str = ""
    model: type[Record] | None = None

    @property
    def creates(self) -> bool:
        """True for acts that make a new record."""
        return NEW in self.sources

    @property
    def verb(self) -> str:
        """The function's name as words: ``submit``, ``accept finding``."""
        return self.run.__name__.replace("_", " ")

    @property
    def purpose(self) -> str:
        """The docstring's first sentence: what doing this does."""
        return (inspect.getdoc(self.run) or "").split("\n\n")[0].replace("\n", " ")


@dataclass(frozen=True)
class Done:
    """What ``do`` hands back: the record as saved, the act's answer, and whether it had been done before."""

    record: Any
    answer: dict[str, Any]
    entry: int
    repeated: bool = False


def act(
    moves: str, *, by: Rule, said: Any = "", danger: bool = False, name: str = ""
) -> Callable[[Callable[..., Any]], Act]:
    """Declare an act; ``moves`` is ``"from | from -> to"``; ``danger`` asks the person twice.

    ``name`` is only for the few acts on what is no register (offices, people)."""
    before, arrow, after = moves.partition("->")
    sources = frozenset(part.strip() for part in before.split("|"))
    target = after.strip() if arrow else None

    def declare(run: Callable[..., Any]) -> Act:
        hints, marked = typing.get_type_hints(run), typing.get_type_hints(run, include_extras=True)
        params = tuple(
            Param(p.name, hints.get(p.name, str), p.default is p.empty, None if p.default is p.empty else p.default,
                  marked.get(p.name) is Unsaid)
            for p in inspect.signature(run).parameters.values()
            if p.kind is p.KEYWORD_ONLY
        )  # fmt: skip
        return Act(run, sources, target, by, params, said, danger, name)

    return declare


def may(asked: Act, scope: Scope, record: Any) -> Refused | None:
    """Why this scope may not do this to this record now, or None when it may."""
    if not asked.creates and record.state not in asked.sources:
        states = ", ".join(sorted(asked.sources))
        return Refused("kernel.wrong_state", act=asked.verb, state=record.state, states=states)
    if not admits(asked.by, scope, record):
        return Refused("kernel.not_allowed", act=asked.verb, rule=asked.by.sentence)
    return None


def may_create(asked: Act, scope: Scope) -> bool:
    """Whether this scope may make such a record anywhere (the office is checked when it is made)."""
    return scope.is_house or not nothing(asked.by.q(scope))


def do(asked: Act, record: Any = None, /, *, key: str = "", expect: int | None = None, **args: Any) -> Done:
    """Do an act in the current scope. ``key``: idempotency key; ``expect``: the version the caller saw.

    Raises Refused, with everything as it was before.
    """
    scope = scopes.current()
    if not asked.name:
        raise LookupError(f"{asked.verb} belongs to no register: no one has declared who may see what it does")
    _check_arguments(asked, args)
    request = keyed_digest("audit", canonical([asked.name, record.pk if record else None, args])) if key else ""
    try:
        return _unless_crossed(
            lambda: _known(scope, key, request, record) or _run(asked, record, scope, key, request, expect, args)
        )
    except IntegrityError as clash:
        done = _known(scope, key, request, record)  # the same request, sent twice at once: the other one won
        if done is not None:
            return done
        raise Refused("kernel.already_exists", what=str(clash).splitlines()[0]) from clash


def _unless_crossed(run: Callable[[], Done]) -> Done:
    """Run in a transaction; again when PostgreSQL broke it off because two acts waited for each other."""
    for left in reversed(range(MOST_CROSSED)):
        try:
            with transaction.atomic():
                return run()
        except OperationalError as trouble:
            crossed = getattr(trouble.__cause__, "sqlstate", "") in ("40P01", "40001")
            if not (crossed and left) or connection.in_atomic_block:
                raise
    raise AssertionError("unreachable")


def _check_arguments(asked: Act, args: dict[str, Any]) -> None:
    known = {p.name: p for p in asked.params}
    for name in args:
        require(name in known, "kernel.unknown_argument", act=asked.verb, name=name)
    for name, param in known.items():
        given = args.get(name)
        missing = param.required and (given is None or (isinstance(given, str) and not given.strip()))
        require(not missing, "kernel.argument_missing", act=asked.verb, name=name.replace("_", " "))


def _known(scope: Scope, key: str, request: str, record: Any) -> Done | None:
    if not key:
        return None
    seen = IdempotencyKey.objects.filter(actor=scope.actor, key=key).first()
    if seen is None:
        return None
    require(seen.request == request, "kernel.key_reused", key=key)
    model, pk, entry, answer = (seen.answer[k] for k in ("model", "pk", "entry", "answer"))
    found = next(m for m in sights if m._meta.label_lower == model)._base_manager.get(pk=pk)
    return Done(found, json.loads(unseal(answer)) if answer else {}, entry, repeated=True)


def _run(
    asked: Act, record: Any, scope: Scope, key: str, request: str, expect: int | None, args: dict[str, Any]
) -> Done:
    if asked.creates:
        require(may_create(asked, scope), "kernel.not_allowed", act=asked.verb, rule=asked.by.sentence)
    else:
        record = _locked(asked, record, scope, expect)
        refused = may(asked, scope, record)
        if refused:
            raise refused
    with scopes.enter(scope.opened()):
        outcome = (asked.run(**args) if asked.creates else asked.run(record, **args)) or Outcome()
        record = outcome.record if asked.creates else record
        if asked.creates:
            record.author = scope.actor
            if not admits(asked.by, scope, record):
                raise Refused("kernel.not_allowed", act=asked.verb, rule=asked.by.sentence)
        left = _save(asked, record, outcome)
        posting = ledger.prepare(outcome.moves)
        entry = audit.write(scope, asked.name, record, _spoken(asked, args) | posting.said, left)
        posting.book(entry)
        facts.write(outcome.facts, entry)
    if key:
        # sealed: an answer may be a secret that is shown once
        answer = seal(canonical(outcome.answer).decode()) if outcome.answer else ""
        kept = {"model": record._meta.label_lower, "pk": record.pk, "entry": entry.pk, "answer": answer}
        IdempotencyKey.objects.create(actor=scope.actor, key=key, request=request, answer=kept, at=now())
    return Done(record, outcome.answer, entry.pk)


def _locked(asked: Act, record: Any, scope: Scope, expect: int | None) -> Any:
    model = type(record)
    if asked.model is not None and not isinstance(record, asked.model):
        raise TypeError(f"{asked.name} is an act on {asked.model.__name__}, not on {model.__name__}")
    rows = model.everything.select_for_update(of=("self",)).filter(visible(sight_of(model), scope), pk=record.pk)
    fresh = rows.first()
    require(fresh is not None, "kernel.not_found", ref=record.ref)
    wanted = record.version if expect is None else expect
    require(fresh.version == wanted, "kernel.changed_meanwhile", ref=fresh.ref, seen=wanted, version=fresh.version)
    return fresh


def _save(asked: Act, record: Any, outcome: Outcome) -> list[models.Model]:
    if asked.target is not None:
        record.state = asked.target
    _refuse_stale(outcome.save)
    for one in [record, *outcome.save, *outcome.new]:
        if isinstance(one, Record):
            one.version += 1
    for one in [record, *outcome.new]:
        if isinstance(one, Record) and not one.ref:
            one.ref = one.natural_ref()
        if isinstance(one, Record) and one.author_id is None:
            one.author = record.author
    record.save(force_insert=asked.creates)
    for one in outcome.save:
        one.save()
    for model in dict.fromkeys(type(one) for one in outcome.new):
        batch = [one for one in outcome.new if type(one) is model]
        model._base_manager.bulk_create(batch, batch_size=1000)
        if len(batch) >= MANY:
            _count_anew(model)
    for owner, name, others in outcome.links:
        getattr(owner, name).add(*others)
    return [record, *outcome.save, *outcome.new]


def _count_anew(model: type[models.Model]) -> None:
    """Have PostgreSQL count a table that grew by much: until it has, it plans as if there were few rows, for hours even."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")


def _refuse_stale(beside: list[models.Model]) -> None:
    """Lock the records an act changes beside its own; refuse when someone changed one after the act had read it."""
    for model in dict.fromkeys(type(one) for one in beside if isinstance(one, Record)):
        read = {one.pk: one for one in beside if isinstance(one, model)}
        rows = model._base_manager.filter(pk__in=read).order_by("pk").select_for_update()
        for pk, version in rows.values_list("pk", "version"):
            seen = read[pk].version
            require(version == seen, "kernel.changed_meanwhile", ref=read[pk].ref, seen=seen, version=version)


def _spoken(asked: Act, args: dict[str, Any]) -> dict[str, Any]:
    """Arguments as the trail keeps them: what is long is kept as its digest, what is personal or secret not at all."""
    unsaid = {param.name for param in asked.params if param.unsaid}
    told = {}
    for name, value in args.items():
        if name in unsaid:
            continue
        kept = plain(value)
        told[name] = kept if len(canonical(kept)) <= 500 else {"sha256": digest(kept)}
    return told
