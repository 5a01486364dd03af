"""Writing entries: many at once, and nothing where nothing changed. The database keeps the words' index itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection, models, transaction

from waystation.hall.finding.models import Entry, Mark
from waystation.hall.finding.queries.keys import offset, span
from waystation.hall.finding.queries.texts import Row, recipe, rows
from waystation.kernel.models import Record
from waystation.kernel.register import Register, registers

BATCH = 2000
_ONE = """INSERT INTO finding_entry (id, ref, name, text) VALUES (%s, %s, %s, %s)
 ON CONFLICT (id) DO UPDATE SET ref = excluded.ref, name = excluded.name, text = excluded.text
 WHERE finding_entry.text <> excluded.text OR finding_entry.name <> excluded.name"""
# On PostgreSQL one statement, and one round trip, for a batch.
_MANY = _ONE.replace(
    "VALUES (%s, %s, %s, %s)", "SELECT * FROM unnest(%s::bigint[], %s::varchar[], %s::varchar[], %s::text[])"
)


def write(made: list[Row]) -> None:
    """Put entries in their places; those that say the same already stay untouched."""
    if not made:
        return
    with connection.cursor() as cursor:
        for start in range(0, len(made), BATCH):
            values = [(one.id, one.ref, one.name, one.text) for one in made[start : start + BATCH]]
            if len(values) == 1:
                cursor.execute(_ONE, values[0])
            elif connection.vendor == "postgresql":
                cursor.execute(_MANY, [list(column) for column in zip(*values, strict=True)])
            else:
                cursor.executemany(_ONE, values)
        if len(made) >= 10_000 and connection.vendor == "postgresql":
            cursor.execute("ANALYZE finding_entry")


def made_of(register: Register, records: list[Record]) -> list[Row]:
    """Entries of records as they are now, whose foreign keys may not be at hand yet."""
    for way in recipe(register).relations if len(records) > 1 else ():
        models.prefetch_related_objects(records, way)
    return rows(register, records)


def rebuild(register: Register) -> Iterator[int]:
    """Write a register's entries anew, batch by batch, each whole in its own transaction; yields how many were read so far.

    One that was broken off goes on where it was.
    """
    mark, _made = Mark.objects.get_or_create(register=register.name, defaults={"reached": 0})
    count = 0
    while records := _batch(register, mark):
        count += len(records)
        yield count
    mark.delete()


@transaction.atomic
def _batch(register: Register, mark: Mark) -> list[Record]:
    """The next records are locked while their entries are written: an act on one of them waits for the newer entry to be its own."""
    records = _after(register, mark.reached, lock=True)
    _first, last = span(register)
    start = offset(register.name) + mark.reached + 1
    end = offset(register.name) + records[-1].pk if len(records) == BATCH else last
    kept = [offset(register.name) + one.pk for one in records]
    Entry.objects.filter(id__range=(start, end)).exclude(id__in=kept).delete()
    write(rows(register, records))
    if records:
        mark.reached = records[-1].pk
        mark.save()
    return records


def _after(register: Register, reached: int, *, lock: bool = False) -> list[Record]:
    found: models.QuerySet[Any] = register.model._base_manager.filter(pk__gt=reached).order_by("pk")
    if lock:
        found = found.select_for_update(of=("self",))
    return list(found.select_related(*recipe(register).relations)[:BATCH])


def forget_undeclared() -> int:
    """Take out entries of registers that are not declared any more. Returns how many there were."""
    declared = models.Q()
    for one in registers.values():
        declared |= models.Q(id__range=span(one))
    return Entry.objects.exclude(declared).delete()[0]


def settle() -> None:
    """Have the database put its index in order after much was written."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE finding_entry")
        else:
            cursor.execute(
                "INSERT INTO finding_words(finding_words) VALUES (%s)", ["rebuild" if broken() else "optimize"]
            )


def differing(register: Register) -> Iterator[tuple[str, str]]:
    """What the index says otherwise than the records do: the reference (for an entry too many, its key), and why."""
    reached, start = 0, offset(register.name)
    while records := _after(register, reached):
        held = {one.id: one for one in Entry.objects.filter(id__range=(start + reached + 1, start + records[-1].pk))}
        for made, record in zip(rows(register, records), records, strict=True):
            entry = held.pop(made.id, None)
            if entry is None:
                yield record.ref, "is not in the index"
            elif (entry.ref, entry.name, entry.text) != (made.ref, made.name, made.text):
                yield record.ref, "is called otherwise in the index"
        yield from (_too_many(key - start) for key in held)
        reached = records[-1].pk
    beyond = Entry.objects.filter(id__gt=start + reached, id__lte=span(register)[1]).values_list("id", flat=True)
    yield from (_too_many(key - start) for key in beyond.iterator(BATCH))


def _too_many(pk: int) -> tuple[str, str]:
    return str(pk), "is in the index and there is no such record"


def rebuild_all() -> dict[str, int]:
    """Write the whole index anew, bounded in memory. Returns how many records of each register were read."""
    counts = {name: max(rebuild(one), default=0) for name, one in sorted(registers.items())}
    forget_undeclared()
    settle()
    return counts


def fill_when_empty() -> None:
    """Write the index of a house that has records and none yet: it comes from an edition without search, or from another database."""
    if not Entry.objects.exists() and any(one.model._base_manager.exists() for one in registers.values()):
        rebuild_all()


def problems() -> Iterator[str]:
    """Everything in which index and records differ, in words."""
    for name, one in sorted(registers.items()):
        yield from (f"{name}: {ref} {why}" for ref, why in differing(one))
    if words := broken():
        yield f"the index of words: {words}"


def broken() -> str:
    """What the database finds wrong with the index of words beside the entries; empty when it is whole.

    On PostgreSQL the words are a column that the database makes of the text, so there is nothing that could differ.
    """
    if connection.vendor == "postgresql":
        return ""
    from django.db import DatabaseError

    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("INSERT INTO finding_words(finding_words, rank) VALUES ('integrity-check', 1)")
    except DatabaseError as wrong:
        return str(wrong)
    return ""
