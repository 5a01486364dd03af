"""The interface against its own description: schemathesis calls every operation through WSGI, rightly and wrongly, as
several people and keys. Whatever is answered must be declared, of the declared shape, and never a fault of ours.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.config import (
    ChecksConfig,
    PositiveDataAcceptanceConfig,
    ProjectConfig,
    ProjectsConfig,
    SchemathesisConfig,
)

from tests.derived.making import World
from waystation.kernel import house
from waystation.kernel.acts import do

# Whoever asks, how their key is made, and how many calls each operation gets, right and wrong ones.
CALLERS: dict[str, tuple[str, str, int]] = {
    "who runs tracking, with every grant": ("amina", "read act personal:read figures:read feed:read", 1),
    "who holds no duty, and may only read": ("daniel", "read feed:read", 1),
    "a key for one register": ("bakary", "tracking.rounds:read tracking.rounds:act", 4),
    "the public": ("", "", 4),
}
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
# What is right by type may be wrong by meaning: a code that exists twice, a day before another one, a version long gone.
MEANING = ["2xx", "3xx", "400", "401", "403", "404", "409", "412", "422", "428"]
FAST = settings(
    deadline=None, derandomize=True, database=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


@pytest.mark.parametrize("caller", CALLERS)
def test_every_operation_answers_as_it_is_described(
    world: World, settings: Any, monkeypatch: pytest.MonkeyPatch, caller: str
) -> None:
    # each request of a server ends with a look at its connection, which would end the test's transaction
    monkeypatch.setattr(connection, "close_if_unusable_or_obsolete", lambda: None)
    settings.API_RATE = settings.API_RATE_PUBLIC = 10_000_000
    who, grants, calls = CALLERS[caller]
    headers = {"Host": "testserver", "Accept-Encoding": "identity"}
    if who:
        with world.personas.asking(getattr(world.personas, who)):
            headers["Authorization"] = f"Bearer {do(house.issue, grants=grants).answer['key']}"
    checks = ChecksConfig(positive_data_acceptance=PositiveDataAcceptanceConfig(expected_statuses=MEANING))
    config = SchemathesisConfig(projects=ProjectsConfig(default=ProjectConfig(checks=checks)))
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", WSGIHandler(), config=config, headers=headers)
    schema.config.headers = headers
    failed: list[str] = []
    tried = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        said = operation.definition.raw
        for mode in MODES if said["parameters"] or "requestBody" in said else MODES[:1]:
            try:
                _calls(
                    operation, mode, headers, calls, there(said) if mode is MODES[0] or "requestBody" in said else {}
                )()
            except (Exception, BaseExceptionGroup) as wrong:  # noqa: BLE001 - whatever fails is told for all operations together
                each = "\n".join(str(one) for one in getattr(wrong, "exceptions", [wrong]))
                failed.append(f"{operation.label} ({mode.value}): {each}")
        tried += 1
    assert not failed, f"{len(failed)} of {tried}:\n" + "\n\n".join(failed[:20])
    assert tried > (200 if who == "amina" else 10 if who else 3)


def there(operation: dict[str, Any]) -> dict[str, Any]:
    """The record that the description gives as an example, so that right calls find one."""
    return {one["name"]: one["example"] for one in operation["parameters"] if one["in"] == "path" and "example" in one}


def _calls(
    operation: Any, mode: GenerationMode, headers: dict[str, str], most: int, path: dict[str, Any]
) -> Callable[[], None]:
    given_path = {"path_parameters": path} if path else {}

    @settings(FAST, max_examples=most)
    @given(case=operation.as_strategy(generation_mode=mode, **given_path))
    def call(case: Any) -> None:
        with transaction.atomic():
            case.call_and_validate(headers=headers)
            transaction.set_rollback(True)

    return call
