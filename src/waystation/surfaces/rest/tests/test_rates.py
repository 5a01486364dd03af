"""How often one may ask: counted for keys, people and addresses, over processes, without the database."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.personas import Personas
from waystation.surfaces.rest import rates
from waystation.surfaces.rest.tests.calling import Program, code, keyed


def test_too_many_requests_wait_whoever_asks(personas: Personas, settings: Any) -> None:
    settings.API_RATE, settings.API_RATE_PUBLIC = 5, 3
    program = keyed(personas, personas.amina, "read")
    answers = [program.get("me") for _n in range(6)]
    assert [one.status_code for one in answers] == [200] * 5 + [429]
    assert [one["RateLimit-Remaining"] for one in answers] == ["4", "3", "2", "1", "0", "0"]
    assert code(answers[5]) == (429, "rest.too_many")
    assert 1 <= int(answers[5]["Retry-After"]) <= 12
    assert keyed(personas, personas.amina, "read").get("me").status_code == 200, "each key is counted by itself"
    public = [Program("0" * 40).get("me").status_code for _n in range(2)] + [
        Program().get("me").status_code for _n in range(2)
    ]
    assert public == [401, 401, 200, 429], "guessing keys is counted by where it comes from"


def test_behind_a_proxy_callers_are_told_apart_by_what_it_says_last(personas: Personas, settings: Any) -> None:
    settings.API_RATE_PUBLIC, settings.SECURE_PROXY_SSL_HEADER = 1, ("HTTP_X_FORWARDED_PROTO", "https")
    asked = [Program().get("me", X_Forwarded_For=f"made up, 10.0.0.{n}").status_code for n in (1, 2, 1)]
    assert asked == [200, 200, 429]


def test_an_allowance_comes_back_with_time(tmp_path: Path) -> None:
    counts = rates.Counts(tmp_path / "rates")
    assert [counts.take("a", 2, 1000.0).wait for _n in range(3)] == [0, 0, 30]
    assert counts.take("a", 2, 1029.0).wait == 1
    assert counts.take("a", 2, 1030.5).wait == 0
    assert counts.take("b", 2, 1000.0).left == 1
    for n in range(60_000):  # far more callers than slots: nobody is refused for another's sake while slots were quiet
        assert counts.take(f"other {n}", 600, 2000.0 + n).wait == 0


ASK = """
import sys
from pathlib import Path
from waystation.surfaces.rest.rates import Counts
counts = Counts(Path(sys.argv[1]))
print(sum(counts.take("one caller", 50, 1000.0).wait == 0 for _n in range(200)))
"""


def test_several_processes_count_together(tmp_path: Path) -> None:
    around = {**os.environ, "DJANGO_SETTINGS_MODULE": "waystation.site.settings"}
    command = [sys.executable, "-c", ASK, str(tmp_path / "rates")]
    running = [subprocess.Popen(command, env=around, stdout=subprocess.PIPE, text=True) for _n in range(3)]
    assert sum(int(one.communicate(timeout=60)[0]) for one in running) == 50


def test_counting_costs_no_question_to_the_database(tmp_path: Path) -> None:
    counts = rates.Counts(tmp_path / "rates")
    began = time.process_time()
    for _n in range(2000):
        counts.take("a", 600, 1000.0)
    assert (time.process_time() - began) / 2000 < 0.0005
