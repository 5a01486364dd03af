"""Workers as processes: one that is killed loses nothing, one that is told to stop finishes or gives back."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.site.houses import House, house_on, kind_in_force

TASKS = """
import json, os, sys, time
import django
django.setup()
from datetime import timedelta
from waystation.kernel import scope, values, work
from waystation.kernel.acts import do
from waystation.kernel.models import Actor, Job, Mark, Office
from waystation.site import cli

@work.task("trial.slow")
def slow(job, *, steps):
    print("begun", flush=True)
    for step in range(steps):
        job.progress(step, steps)
        time.sleep(0.05)
    return {"steps": steps, "process": os.getpid()}
"""
ASK = (
    TASKS
    + """
from waystation.kernel import house
cli.main(["init"])
if not Actor.objects.exists():
    do_in = scope.house("trial")
    with scope.enter(do_in):
        do(house.invite, username="amina", name="Amina", office=Office.everything.get())
with scope.enter(scope.Scope(Actor.objects.get())):
    job = do(work.ask, task="trial.slow", office=Office.everything.get(), arguments={"steps": int(sys.argv[1])}).record
print(json.dumps(job.ref))
"""
)
WORK = TASKS + "sys.exit(cli.main(['work', *sys.argv[1:]]))"
TELL = (
    TASKS
    + """
job = Job.everything.get(ref=sys.argv[1])
print(json.dumps({"state": job.state, "done": job.done, "tries": job.tries, "result": job.result,
                  "workers": Mark.objects.filter(name__startswith="worker ").count()}))
"""
)
AFTER_A_WHILE = (
    TASKS
    + """
with values.clock(values.now() + work.LEASE * 2):
    while work.run_next():
        pass
print(json.dumps({}))
"""
)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with house_on(kind_in_force(), tmp_path) as made:
        yield made


def begun(process: subprocess.Popen[str]) -> subprocess.Popen[str]:
    """The process, once it has begun with a job."""
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    return process


def test_a_killed_worker_loses_nothing(house: House) -> None:
    ref = house.run(ASK, "60")
    killed = begun(house.start(WORK))
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    told = house.run(TELL, ref)
    assert (told["state"], told["tries"]) == ("running", 1), "nobody has noticed yet"
    house.run(AFTER_A_WHILE)
    told = house.run(TELL, ref)
    assert (told["state"], told["tries"], told["result"]["steps"]) == ("done", 2, 60)
    assert told["result"]["process"] != killed.pid


def test_a_worker_that_is_stopped_finishes_what_is_short_and_gives_back_what_is_long(house: House) -> None:
    short = house.run(ASK, "40")
    worker = begun(house.start(WORK))
    worker.send_signal(signal.SIGTERM)
    _said, wrong = worker.communicate(timeout=90)
    assert worker.returncode == 0, wrong
    assert house.run(TELL, short)["state"] == "done"

    long = house.run(ASK, "100000")
    worker = begun(house.start(WORK, "--grace", "0.5"))
    worker.send_signal(signal.SIGTERM)
    _said, wrong = worker.communicate(timeout=90)
    assert worker.returncode == 0, wrong
    told = house.run(TELL, long)
    assert (told["state"], told["tries"], told["workers"]) == ("waiting", 0, 0), "as if it had not been tried"
