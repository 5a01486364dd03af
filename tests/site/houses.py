"""Houses of their own for tests: processes on an empty data folder and an empty database of either kind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

PASSPHRASE = "the tent stands by the river"  # made up for tests
NEEDS_POSTGRESQL = "PostgreSQL: DATABASE_URL names none, so backups between the two kinds are tried in the other run."

COMMANDS = """
import contextlib, io, json, sys
from waystation.site import cli
told = []
for line in json.loads(sys.argv[1]):
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        code = cli.main(line)
    told.append([code, said.getvalue()])
print(json.dumps(told))
"""


@dataclass
class House:
    """A data folder and a database, and how to run things there."""

    home: Path
    url: str = ""

    @property
    def around(self) -> dict[str, str]:
        """The environment of its processes."""
        own = {k: v for k, v in os.environ.items() if not k.startswith("WAYSTATION_") and k != "DATABASE_URL"}
        own |= {"WAYSTATION_HOME": str(self.home), "DJANGO_SETTINGS_MODULE": "waystation.site.settings"}
        return own | ({"DATABASE_URL": self.url} if self.url else {})

    def start(self, script: str, *words: str, **more: Any) -> subprocess.Popen[str]:
        """A process that runs a script."""
        line = [sys.executable, "-c", script, *words]
        return subprocess.Popen(
            line, env=self.around, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more
        )

    def run(self, script: str, *words: str) -> Any:
        """What a script printed last, read as JSON; it must have ended well."""
        process = self.start(script, *words)
        said, wrong = process.communicate(timeout=300)
        assert process.returncode == 0, said + wrong
        return json.loads(said.splitlines()[-1])

    def command(self, *words: str) -> tuple[int, Any]:
        """A command's exit code and its answer (``--json``)."""
        return self.commands(list(words))[0]

    def commands(self, *lines: list[str], before: str = "") -> list[tuple[int, Any]]:
        """The same for several, in one process (starting one takes seconds), after a script."""
        found = self.run(before + COMMANDS, json.dumps([[*line, "--json"] for line in lines]))
        return [(code, json.loads(answer)) for code, answer in found]


@contextmanager
def house_on(kind: str, folder: Path) -> Iterator[House]:
    """An empty place on "sqlite" or "postgresql"; its database goes with it."""
    home = folder / uuid4().hex[:8]
    if kind == "sqlite":
        yield House(home)
        return
    server = os.environ.get("DATABASE_URL", "")
    if not server:
        pytest.skip(NEEDS_POSTGRESQL)
    import psycopg

    name = f"trial_{uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    try:
        yield House(home, urlsplit(server)._replace(path=f"/{name}").geturl())
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def kind_in_force() -> str:
    """The kind of database that this run of the tests is about."""
    return "postgresql" if os.environ.get("DATABASE_URL") else "sqlite"
