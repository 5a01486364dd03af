"""Notices as sentences, for those who may still see what they are about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Max
from django.utils.translation import gettext as _

from waystation.hall.notices.models import Notice
from waystation.hall.notices.shapes import Line
from waystation.kernel import scope as scopes
from waystation.kernel.acts import Act
from waystation.kernel.models import Actor
from waystation.kernel.register import Register, registers
from waystation.kernel.screens import Sentence

FRESH = 60  # seconds for which a count of unread notices is kept
MOST_COUNTED = 500


@dataclass(frozen=True)
class Seen:
    """A record that the scope may see."""

    register: Register
    ref: str
    state: str

    def concerns(self, why: str, act: str) -> bool:
        """Whether a notice still says something true: what was late may have been done since."""
        return why != "late" or any(
            one.name == act for one in self.register.lifecycle.acts if self.state in one.sources
        )


def seen(subjects: Iterable[str]) -> dict[str, Seen]:
    """The records that the scope may see, by the name the trail has for them. One question for each register among them."""
    by_model = {one.model._meta.label_lower: one for one in registers.values()}
    wanted: dict[str, set[str]] = defaultdict(set)
    for subject in subjects:
        model, _colon, key = subject.partition(":")
        if model in by_model and key.isdigit():
            wanted[model].add(key)
    return {
        f"{model}:{pk}": Seen(by_model[model], ref, state)
        for model, keys in wanted.items()
        for pk, ref, state in by_model[model].model.objects.filter(pk__in=keys).values_list("pk", "ref", "state")
    }


def lines(notices: Iterable[Notice], *, named: bool = True) -> list[Line]:
    """What the scope may be told, in the active language; ``named`` False leaves out who did it."""
    told = list(notices)
    records = seen(one.subject for one in told)
    acts = {act.name: act for one in registers.values() for act in one.lifecycle.acts}
    found = []
    for one in told:
        there = records.get(one.subject)
        if there is not None and there.concerns(one.why, one.act):
            said = _sentence(one, acts.get(one.act), named)
            word, unread = there.register.word[0], one.read_at is None
            found.append(Line(one.pk, one.why, said, there.register.name, there.ref, word, one.at, unread))
    return found


def _sentence(notice: Notice, act: Act | None, named: bool) -> str:
    verb = _(act.verb) if act else notice.act
    if notice.why == "late":
        return str(Sentence(_("It was due on {day}: “{act}” waits for you"), {"day": notice.due_on, "act": verb}))
    actor = notice.entry.actor if notice.entry else None
    who = _("The system") if actor is None else actor.name if named else _("A colleague")
    if notice.why == "mentioned":
        return _("{who} mentioned you in a comment").format(who=who)
    return _("{who} {did}").format(who=who, did=str(act.said) if act and act.said else verb)


def newest(most: int, before: int | None = None) -> Any:
    """The actor's own notices, newest first."""
    rows = Notice.objects.select_related("entry__actor").order_by("-pk")
    return (rows.filter(pk__lt=before) if before else rows)[:most]


def unread(person: Actor) -> int:
    """How many notices a person has not read about what they may see. One question, and for some a few more once a minute."""
    mine = Notice.everything.filter(person=person, read_at=None)
    told = mine.aggregate(n=Count("pk"), last=Max("pk"), at=Max("at"))
    if not told["n"]:
        return 0
    key = f"notices:{person.pk}:{told['n']}:{told['last']}:{told['at'].timestamp()}"
    count: int | None = cache.get(key)
    if count is None:
        with scopes.enter(scopes.Scope(person)):
            asked = list(mine.order_by("-pk").values_list("subject", "why", "act")[:MOST_COUNTED])
            records = seen(subject for subject, _why, _act in asked)
        count = sum(subject in records and records[subject].concerns(why, act) for subject, why, act in asked)
        cache.set(key, count, FRESH)
    return count
