"""How many questions a page asks the database: as many with three records as with one, and no more than the snapshot says.

``query_counts.txt`` is reviewed; WRITE_SNAPSHOTS=1 writes it anew.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.derived import making
from tests.derived.making import World
from tests.personas import Personas
from waystation.kernel.register import Register, find_register, registers

SNAPSHOT = Path(__file__).with_name("query_counts.txt")


@pytest.fixture
def bare(personas: Personas) -> World:
    """A house with people and nothing else in it."""
    making.collect()
    return World(personas)


def readers(world: World) -> Iterator[Client]:
    """Whoever sees something of everything there is: the people, one after the other."""
    for who in (world.personas.amina, world.personas.bakary, world.personas.zainab):
        client = Client()
        client.force_login(who)
        client.get("/")  # what is asked once for all pages has been asked
        yield client


def asked(client: Client, address: str) -> int | None:
    """How many questions a page asks; None where it is not for this reader."""
    with CaptureQueriesContext(connection) as seen:
        answer = client.get(address)
    return len(seen) if answer.status_code == 200 else None


def pages(world: World, register: Register) -> dict[str, Any]:
    """Addresses of the register's list, of a record's sheet, and of the sheets that its records are shown on."""
    record = register.model._base_manager.order_by("pk").last()
    found = {
        f"{register.name} list": reverse("list", args=[register.name]),
        f"{register.name} sheet": reverse("sheet", args=[register.name, record.ref]),
    }
    for above in registers.values():
        for kin in above.related:
            parent = getattr(record, kin.through, None) if kin.register == register.name else None
            if parent is not None:
                found[f"{above.name} sheet with {register.name}"] = reverse("sheet", args=[above.name, parent.ref])
    return found


def counts(world: World, register: Register, people: list[Client], wanted: dict[str, str]) -> dict[str, int]:
    return {
        page: next(count for client in people if (count := asked(client, address)) is not None)
        for page, address in wanted.items()
    }


def measured(world: World, register: Register) -> dict[str, int]:
    """The counts with one record, which must be those with three."""
    with transaction.atomic():
        people = list(readers(world))
        world.make(register.name)
        first = pages(world, register)
        before, one = register.model._base_manager.count(), counts(world, register, people, first)
        world.make(register.name), world.make(register.name)
        assert register.model._base_manager.count() >= before + 2
        three = counts(world, register, people, first)
        transaction.set_rollback(True)
    assert three == one, f"{register.name}: with three records other questions are asked than with one"
    return one


def test_pages_ask_as_much_of_three_records_as_of_one(bare: World) -> None:
    found: dict[str, int] = {}
    for name in sorted(registers):
        found |= measured(bare, find_register(name))
    told = "".join(f"{page}: {count}\n" for page, count in sorted(found.items()))
    if os.environ.get("WRITE_SNAPSHOTS"):
        SNAPSHOT.write_text(told, encoding="utf-8")
    assert told == SNAPSHOT.read_text(encoding="utf-8"), (
        "pages ask the database otherwise than the reviewed snapshot says; if that is right, write it anew with "
        "WRITE_SNAPSHOTS=1 python3 go.py test tests/derived/test_query_counts.py"
    )
