"""Who: a rule is a check on one record and a filter on many, and the two faces agree.

    approver = duty("supply.approve")                 # held at the record's office, or above it
    storekeeper = duty("supply.store", at="warehouse__office")
    @act("requested -> approved", by=approver & another_person)

``sentence`` says the rule in words, for the screen that explains why an act may not be done.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from waystation.kernel.scope import Scope

ALL = ~Q(pk__in=[])
NONE = Q(pk__in=[])
duties: dict[str, Any] = {}


def declare_duties(app: str, **labels: Any) -> None:
    """Name an app's duties and say what each allows; ``waystation user add --duty`` knows only these."""
    duties.update({f"{app}.{name}": label for name, label in labels.items()})


def nothing(asked: Q) -> bool:
    """Whether a filter made by rules admits no row at all, known without asking the database."""
    if asked.negated or not asked.children:
        return False
    parts: list[Any] = list(asked.children)
    dead = [
        nothing(one) if isinstance(one, Q) else isinstance(one, tuple) and one[0].endswith("__in") and not one[1]
        for one in parts  # a subquery is neither: only the database knows
    ]
    return any(dead) if asked.connector == Q.AND else all(dead)


def _follow(record: Any, path: str) -> Any:
    for step in path.split("__"):
        record = getattr(record, step, None)
    return record


def _key(found: Any) -> Any:
    return getattr(found, "pk", found)


class Rule:
    """One check with two faces. Combine with ``&`` and ``|``."""

    def allows(self, scope: Scope, record: Any) -> bool:
        """May this scope, for this record?"""
        raise NotImplementedError

    def q(self, scope: Scope, prefix: str = "") -> Q:
        """The same question asked of many: a filter; ``prefix`` is the path from the filtered model to the record."""
        raise NotImplementedError

    @property
    def sentence(self) -> str:
        """The rule in words, in the active language: "you hold ...", "you wrote it"."""
        raise NotImplementedError

    def because(self, scope: Scope, record: Any) -> list[Rule]:
        """The single rules by which it is allowed; none when it is not."""
        return [self] if self.allows(scope, record) else []

    def parts(self) -> Iterator[Rule]:
        """The single rules it is made of; what is asked of a record it leads to is asked there."""
        yield self

    def __and__(self, other: Rule) -> Rule:
        return _Both(self, other)

    def __or__(self, other: Rule) -> Rule:
        return _Either(self, other)

    def __str__(self) -> str:
        return self.sentence


def admits(rule: Rule, scope: Scope, record: Any) -> bool:
    """``rule.allows``, and always for the house itself."""
    return scope.is_house or rule.allows(scope, record)


def visible(rule: Rule, scope: Scope, prefix: str = "") -> Q:
    """``rule.q``, and everything for a scope whose world is whole."""
    return ALL if scope.whole else rule.q(scope, prefix)


@dataclass(frozen=True)
class _Both(Rule):
    left: Rule
    right: Rule

    def allows(self, scope: Scope, record: Any) -> bool:
        return self.left.allows(scope, record) and self.right.allows(scope, record)

    def because(self, scope: Scope, record: Any) -> list[Rule]:
        left, right = self.left.because(scope, record), self.right.because(scope, record)
        return [*left, *right] if left and right else []

    def parts(self) -> Iterator[Rule]:
        yield from (*self.left.parts(), *self.right.parts())

    def q(self, scope: Scope, prefix: str = "") -> Q:
        return self.left.q(scope, prefix) & self.right.q(scope, prefix)

    @property
    def sentence(self) -> str:
        return _("{one} and {other}").format(one=self.left.sentence, other=self.right.sentence)


@dataclass(frozen=True)
class _Either(Rule):
    left: Rule
    right: Rule

    def allows(self, scope: Scope, record: Any) -> bool:
        return self.left.allows(scope, record) or self.right.allows(scope, record)

    def because(self, scope: Scope, record: Any) -> list[Rule]:
        return [*self.left.because(scope, record), *self.right.because(scope, record)]

    def parts(self) -> Iterator[Rule]:
        yield from (*self.left.parts(), *self.right.parts())

    def q(self, scope: Scope, prefix: str = "") -> Q:
        return self.left.q(scope, prefix) | self.right.q(scope, prefix)

    @property
    def sentence(self) -> str:
        return _("{one} or {other}").format(one=self.left.sentence, other=self.right.sentence)


@dataclass(frozen=True)
class DutyRule(Rule):
    """Of this kind is what ``duty`` declares."""

    name: str
    at: str | None

    def allows(self, scope: Scope, record: Any) -> bool:
        offices = scope.offices(self.name)
        return bool(offices) if self.at is None else _key(self.office(record)) in offices

    def office(self, record: Any) -> Any:
        """The office of a record at which the duty must be held."""
        return _follow(record, str(self.at))

    def q(self, scope: Scope, prefix: str = "") -> Q:
        offices = scope.offices(self.name)
        if not offices:
            return NONE
        return ALL if self.at is None else Q(**{f"{prefix}{self.at}__in": offices})

    @property
    def sentence(self) -> str:
        label = str(duties.get(self.name, self.name))
        if self.at is None:
            return _("you hold the duty “{duty}”").format(duty=label)
        return _("you hold the duty “{duty}” at its office").format(duty=label)


def duty(name: str, *, at: str | None = "office") -> Rule:
    """The actor holds the duty at the record's office (``at``: path to it) or above; ``at=None``: anywhere."""
    return DutyRule(name, at)


@dataclass(frozen=True)
class _Named(Rule):
    path: str
    words: str

    def allows(self, scope: Scope, record: Any) -> bool:
        return scope.actor is not None and _key(_follow(record, self.path)) == scope.actor.pk

    def q(self, scope: Scope, prefix: str = "") -> Q:
        return NONE if scope.actor is None else Q(**{f"{prefix}{self.path}": scope.actor.pk})

    @property
    def sentence(self) -> str:
        return _(self.words)


@dataclass(frozen=True)
class _AnotherPerson(Rule):
    path: str
    words: str

    def allows(self, scope: Scope, record: Any) -> bool:
        return scope.actor is not None and _key(_follow(record, self.path)) != scope.actor.pk

    def q(self, scope: Scope, prefix: str = "") -> Q:
        return NONE if scope.actor is None else ~Q(**{f"{prefix}{self.path}": scope.actor.pk})

    @property
    def sentence(self) -> str:
        return _(self.words)


@dataclass(frozen=True)
class _Where(Rule):
    path: str
    values: tuple[Any, ...]
    words: str

    def allows(self, scope: Scope, record: Any) -> bool:
        return _follow(record, self.path) in self.values

    def q(self, scope: Scope, prefix: str = "") -> Q:
        return Q(**{f"{prefix}{self.path}__in": self.values})

    @property
    def sentence(self) -> str:
        return _(self.words)


@dataclass(frozen=True)
class _Filled(Rule):
    path: str
    words: str

    def allows(self, scope: Scope, record: Any) -> bool:
        return _follow(record, self.path) is not None

    def q(self, scope: Scope, prefix: str = "") -> Q:
        return Q(**{f"{prefix}{self.path}__isnull": False})

    @property
    def sentence(self) -> str:
        return _(self.words)


@dataclass(frozen=True)
class _Known(Rule):
    signed_in: bool

    def allows(self, scope: Scope, record: Any) -> bool:
        return scope.actor is not None or not self.signed_in

    def q(self, scope: Scope, prefix: str = "") -> Q:
        return ALL if scope.actor is not None or not self.signed_in else NONE

    @property
    def sentence(self) -> str:
        return _("you are signed in") if self.signed_in else _("anyone")


@dataclass(frozen=True)
class _Through(Rule):
    path: str
    rule: Rule

    def allows(self, scope: Scope, record: Any) -> bool:
        return self.rule.allows(scope, _follow(record, self.path))

    def because(self, scope: Scope, record: Any) -> list[Rule]:
        return self.rule.because(scope, _follow(record, self.path))

    def parts(self) -> Iterator[Rule]:
        return self.rule.parts()

    def q(self, scope: Scope, prefix: str = "") -> Q:
        return self.rule.q(scope, f"{prefix}{self.path}__")

    @property
    def sentence(self) -> str:
        return self.rule.sentence


def where(path: str, *values: Any, words: str) -> Rule:
    """The record's ``path`` is one of ``values``; ``words`` says so ("it is published"), marked for translation."""
    return _Where(path, values, gettext_noop(words))


def filled(path: str, *, words: str) -> Rule:
    """The record's ``path`` has a value; ``words`` says so ("a version of it is published")."""
    return _Filled(path, gettext_noop(words))


def through(path: str, rule: Rule) -> Rule:
    """The rule asked of the record that ``path`` leads to (a line is seen with its request)."""
    return _Through(path, rule)


def named(path: str, *, words: str) -> Rule:
    """The actor is the person that ``path`` names; ``words`` says so ("you hold it"), marked for translation."""
    return _Named(path, gettext_noop(words))


def not_by(path: str, *, words: str = gettext_noop("another person prepared it (four eyes)")) -> Rule:
    """Four eyes: the actor is not the person that ``path`` names."""
    return _AnotherPerson(path, gettext_noop(words))


author: Rule = named("author", words=gettext_noop("you are the one who wrote it"))
another_person: Rule = not_by("author")
signed_in: Rule = _Known(signed_in=True)
anyone: Rule = _Known(signed_in=False)
