"""What finding does when an act was done: in the same transaction it writes down what the records are called now."""

from __future__ import annotations

from typing import Any

from django.db import models

from waystation.hall.finding.queries.texts import Lent, Row, known
from waystation.hall.finding.queries.writing import BATCH, made_of, write
from waystation.kernel import scope as scopes
from waystation.kernel import work
from waystation.kernel.acts import afterwards, do
from waystation.kernel.models import Office, Record, Revision
from waystation.kernel.register import Register, find_register

AT_ONCE = 2000  # records called by another one that are written anew while its act waits


def written(entry: Any, left: list[models.Model]) -> None:
    """Take in what an act saved; and what is called by it, when it is called otherwise now."""
    declared, made = known(), []
    for model in dict.fromkeys(type(one) for one in left):
        saved: list[Any] = [one for one in left if type(one) is model]
        if model in declared.register:
            made += made_of(declared.register[model], saved)
        for kin in declared.lent.get(model, ()):
            for one in saved:
                if _says_otherwise(one, kin):
                    made += _following(kin, one)
    write(made)


afterwards.append(written)


def _says_otherwise(record: Any, kin: Lent) -> bool:
    """Whether a record that was there before has other values now in what records of others are called by."""
    if isinstance(record, Record) and record.version <= 1:
        return False
    held = Revision.objects.filter(model=record._meta.label_lower, key=str(record.pk)).order_by("-id")
    now, *before = held.values_list("values", flat=True)[:2]
    if not before:  # nothing is known of it before: a record that is not new came in without an act
        return isinstance(record, Record)
    return any(now.get(one) != before[0].get(one) for one in kin.columns)


def _following(kin: Lent, record: models.Model) -> list[Row]:
    """Entries of the records that are called by another one: at once when they are few; when they are many the worker is asked."""
    rows = kin.register.model._base_manager.filter(**{kin.way: record.pk})
    some = list(rows.order_by("pk")[: AT_ONCE + 1])
    if len(some) <= AT_ONCE:
        return made_of(kin.register, some)
    office = (
        getattr(record, "office", None) or getattr(scopes.current().actor, "office", None) or Office.everything.first()
    )
    asked = {"register": kin.register.name, "way": kin.way, "key": record.pk}
    do(work.ask, task="finding.follow", office=office, arguments=asked)
    return []


@work.task("finding.follow")
def follow(doing: work.Work, *, register: str, way: str, key: int) -> dict[str, int]:
    """Write all records anew that are called by one; doing it twice does no harm."""
    one: Register = find_register(register)
    rows = one.model._base_manager.filter(**{way: key}).order_by("pk")
    total, reached, done = rows.count(), 0, 0
    while some := list(rows.filter(pk__gt=reached)[:BATCH]):
        write(made_of(one, some))
        reached, done = some[-1].pk, done + len(some)
        doing.progress(done, max(total, done))
    return {"records": done}
