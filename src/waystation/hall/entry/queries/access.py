"""Who may see what and do what, and why: asked of the rules themselves, so that the answer is never another than theirs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from waystation.hall.entry.shapes import Admission, Admitted, Reach
from waystation.kernel import scope as scopes
from waystation.kernel.models import Actor, DutyGrant, Record
from waystation.kernel.register import Register, registers
from waystation.kernel.rules import DutyRule, Rule, duties, nothing
from waystation.kernel.scope import Scope, in_force, scopes_of
from waystation.kernel.values import today
from waystation.kernel.work import house_only

Held = dict[tuple[int, str], list[DutyGrant]]
NOBODY_YET = 0  # the key of nobody: somebody signed in of whom nothing else is known


def admission(register: Register, record: Record) -> Admission:
    """Who may see a record and do which of the acts that its state admits. Asked of the rules for every active person."""
    open_acts = [act for act in register.acts_on(record) if not act.creates and act.by is not house_only]
    anyone = Scope(Actor(pk=NOBODY_YET), _duties={"": frozenset()})
    everyone = register.sight.allows(anyone, record)
    found = []
    with scopes.enter(scopes.house("who may see what")):
        held = grants()
        for asking in scopes_of(Actor.everything.filter(is_active=True).order_by("name")):
            if asking.actor is None or not register.sight.allows(asking, record):
                continue
            why = told(register.sight.because(asking, record), asking.actor, held, record)
            acts = {act.run.__name__: act.by.because(asking, record) for act in open_acts}
            may = {name: told(by, asking.actor, held, record) for name, by in acts.items() if by}
            own = register.sight.because(asking, record) != register.sight.because(anyone, record)
            if may or own or not everyone:
                found.append(Admitted(asking.actor.username, asking.actor.name, why, may))
    return Admission(
        register.name, record.ref, str(register.lifecycle.states.get(record.state, record.state)), register.sight.sentence,
        register.sight.allows(scopes.PUBLIC, record), everyone, found, {act.run.__name__: act.by.sentence for act in open_acts},
    )  # fmt: skip


def reach(person: Actor) -> list[Reach]:
    """What of every register a person sees today, by which duties and rules, at which offices, and what they may do there."""
    with scopes.enter(scopes.house("who may see what")):
        held = grants(person)
        asking = scopes_of([person])[0] if person.is_active else scopes.PUBLIC
        return [_reach(register, asking, person, held) for register in registers.values()]


def _reach(register: Register, asking: Scope, person: Actor, held: Held) -> Reach:
    rows, seen = register.model._base_manager, register.sight.q(asking)
    sees = (
        "none" if nothing(seen) or not rows.filter(seen).exists() else "some" if rows.exclude(seen).exists() else "all"
    )
    parts = _possible(register.sight, asking)
    offices = {str(one.office) for part in parts for one in _by(part, person, held)}
    acts = {
        act.run.__name__: told(_possible(act.by, asking), person, held)
        for act in register.lifecycle.acts
        if act.by is not house_only and not nothing(act.by.q(asking))
    }
    why = told(parts, person, held) if not nothing(seen) else []
    return Reach(register.name, str(register.word[1]), sees, why, sorted(offices), acts)


def _possible(rule: Rule, asking: Scope) -> list[Rule]:
    """The single rules that can hold for some record."""
    return [part for part in rule.parts() if not nothing(part.q(asking))]


def grants(person: Actor | None = None) -> Held:
    """Grants in force today by holder and duty."""
    found: Held = defaultdict(list)
    rows = DutyGrant.everything.filter(in_force(today())).select_related("office", "lent_from__holder")
    for one in rows.filter(holder=person) if person else rows:
        found[one.holder_id, one.duty].append(one)
    return found


def told(rules: Iterable[Rule], person: Actor, held: Held, record: Any = None) -> list[str]:
    """The rules in words: a duty with the grants that give it, anything else as its sentence."""
    words: list[str] = []
    for rule in rules:
        of_it = _by(rule, person, held, record)
        words += [_granted(one) for one in of_it] if of_it else [rule.sentence]
    return list(dict.fromkeys(words))


def _by(rule: Rule, person: Actor, held: Held, record: Any = None) -> list[DutyGrant]:
    """The grants that make a rule of a duty hold: for a record, only those at its office or above."""
    if not isinstance(rule, DutyRule):
        return []
    found = held.get((person.pk, rule.name), [])
    where = rule.office(record) if record is not None and rule.at is not None else None
    return [one for one in found if where is None or where.path.startswith(one.office.path)]


def _granted(one: DutyGrant) -> str:
    said = _("{duty}, at {office} and below").format(duty=duties.get(one.duty, one.duty), office=one.office)
    if one.until:
        said = _("{what}, until {day}").format(what=said, day=date_format(one.until, "j N Y"))
    return _("{what}, lent by {name}").format(what=said, name=one.lent_from.holder) if one.lent_from else said
