"""A program that calls the interface, for tests."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client

from tests.personas import Personas
from waystation.kernel import house
from waystation.kernel.acts import do
from waystation.kernel.models import Actor


class Program:
    """A client with a key (or a cookie), as a program has it."""

    def __init__(self, key: str = "") -> None:
        self.client = Client(headers={"Authorization": f"Bearer {key}"} if key else {})

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(f"/api/v1/{path}", headers=_named(headers))

    def send(self, path: str, body: Any = None, method: str = "POST", **headers: str) -> Any:
        sent = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
        kind = headers.pop("content_type", "application/json")
        return self.client.generic(method, f"/api/v1/{path}", sent, content_type=kind, headers=_named(headers))


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def keyed(personas: Personas, who: Actor, grants: str, **more: Any) -> Program:
    with personas.asking(who):
        return Program(do(house.issue, grants=grants, **more).answer["key"])


def code(answer: Any) -> tuple[int, str]:
    """The status and the code of a problem, which is a problem document."""
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == answer.status_code
    return answer.status_code, answer.json()["code"]
