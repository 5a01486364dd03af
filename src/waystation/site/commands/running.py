"""serve, work, settings."""

from __future__ import annotations

import errno
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from argparse import ArgumentParser, Namespace

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from waystation.kernel import facts, work
from waystation.kernel.commands import Answer, command
from waystation.kernel.refusals import Refused, refusal, refusals, require
from waystation.site import overseeing, upgrading, worker  # noqa: F401 - tasks of the house are declared there
from waystation.site.declared import SETTINGS, unknown
from waystation.surfaces import indexes

refusals(
    "site",
    port_taken=refusal(
        _("Port {port} on {host} is taken. Stop what runs there or choose another with --port."), "conflict"
    ),
    port_forbidden=refusal(
        _("This user may not listen on port {port}. Choose one above 1023 with --port, and put a proxy before it."),
        "forbidden",
    ),
    no_address=refusal(_("{host} is no address of this machine. 127.0.0.1 is this machine alone, 0.0.0.0 all of it.")),
    database_older=refusal(
        _("The database is older than this code: {count} migrations are still to run. Run “waystation upgrade” first."),
        "conflict",
    ),
    database_newer=refusal(
        _(
            "The database was brought up to date by a newer Waystation ({migration}), so this one leaves it alone. Install that "
            "version again, or restore the backup that was made before the upgrade."
        ),
        "conflict",
    ),
)


def require_tables() -> None:
    """Refuse unless the tables are those of this code: ``site.database_older``, ``site.database_newer``."""
    require_code()
    behind = upgrading.pending()
    require(not behind, "site.database_older", count=len(behind))


def require_code() -> None:
    """Refuse ``site.database_newer`` when a newer code has run migrations that this one does not know."""
    ahead = upgrading.newer()
    require(not ahead, "site.database_newer", migration=".".join(ahead[-1]) if ahead else "")


@command("serve", about=_("open the doors: the web server and, beside it, the worker"), examples=[
    "waystation serve", "waystation serve --host 0.0.0.0 --port 8080",
    "waystation serve --workers 4 --no-work     # a server, where “waystation work” does the work",
])  # fmt: skip
def serve(args: Namespace) -> Answer:
    """Serve until stopped: then requests are answered to their end, and the work at hand is finished or given back."""
    require_tables()
    indexes.settle()
    open_doors(args.host, args.port, processes=args.workers, work=not args.no_work)
    return Answer({"stopped": True})


@serve.arguments
def _serve(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1: this machine only)"
    )
    parser.add_argument("--port", type=int, default=8000, help="default 8000")
    parser.add_argument("--workers", type=int, default=1, metavar="N", help="web processes (default 1)")
    parser.add_argument("--no-work", action="store_true", help="no background work here: “waystation work” does it")


def open_doors(host: str, port: int, *, processes: int = 1, work: bool = True) -> None:
    """Serve until stopped. Raises Refused ``site.port_taken``, ``site.port_forbidden``, ``site.no_address``."""
    from granian import Granian
    from granian.constants import Interfaces

    _try_port(host, port)
    os.environ["WAYSTATION_WORKER"] = "thread" if work else ""
    os.environ["WAYSTATION_HOME"] = str(settings.WAYSTATION_HOME)
    if "WAYSTATION_ADDRESS" not in os.environ:
        reached = host if host.strip("0.:") else "localhost"  # all interfaces are reached at this one
        settings.ADDRESS = os.environ["WAYSTATION_ADDRESS"] = f"http://{reached}:{port}"
    Granian(
        "waystation.site.wsgi:application", address=host, port=port, interface=Interfaces.WSGI,
        workers=max(1, processes), blocking_threads=4, log_dictconfig=settings.LOGGING, log_access=False,
        websockets=False, respawn_failed_workers=True, workers_kill_timeout=2 * worker.GRACE + 10,
    ).serve()  # fmt: skip


def _try_port(host: str, port: int) -> None:
    try:
        with socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET):
            pass
    except OSError as no:
        if no.errno == errno.EADDRINUSE:
            raise Refused("site.port_taken", port=port, host=host) from no
        if no.errno == errno.EACCES:
            raise Refused("site.port_forbidden", port=port) from no
        raise Refused("site.no_address", host=host) from no


@command("work", about=_("do the background work: jobs, schedules, facts to be told"), examples=[
    "waystation work", "waystation work --processes 2", "waystation work --once",
])  # fmt: skip
def work_command(args: Namespace) -> Answer:
    """Work until stopped; then what is at hand is finished or, when it takes long, given back to be begun again."""
    require_tables()
    if args.once:
        done = told = 0
        while (more := facts.deliver()) | (did := work.run_next()):
            done, told = done + did, told + more
        return Answer({"jobs": done, "told": told}, f"{done:,} jobs were done, {told:,} facts told.")
    stop = threading.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: stop.set())
    if args.processes > 1:
        _several(args.processes, args.grace, stop)
    else:
        alone = worker.Worker()
        alone.start()
        while not stop.wait(1) and alone.is_alive():
            pass
        alone.end(args.grace)
    return Answer({"stopped": True})


@work_command.arguments
def _work(parser: ArgumentParser) -> None:
    parser.add_argument("--processes", type=int, default=1, metavar="N", help="how many work at once (default 1)")
    parser.add_argument(
        "--grace", type=float, default=worker.GRACE, metavar="SECONDS",
        help=f"how long what is at hand may take to finish once it is stopped (default {worker.GRACE})",
    )  # fmt: skip
    parser.add_argument("--once", action="store_true", help="do what is due now, and stop")


def _several(count: int, grace: float, stop: threading.Event) -> None:
    """Keep so many workers running, each a process; one that dies is followed by another."""
    line = [
        sys.executable,
        "-m",
        "waystation.site.cli",
        "work",
        "--home",
        str(settings.WAYSTATION_HOME),
        "--grace",
        str(grace),
    ]
    running: list[subprocess.Popen[bytes]] = []
    while not stop.is_set():
        running = [one for one in running if one.poll() is None]
        running += [subprocess.Popen(line, start_new_session=True) for _missing in range(count - len(running))]
        stop.wait(2)
    for one in running:
        one.terminate()
    until = time.monotonic() + 2 * grace + 10
    for one in running:
        try:
            one.wait(max(1, until - time.monotonic()))
        except subprocess.TimeoutExpired:  # its lease runs out, and another takes the job up
            one.kill()


@command("settings", about=_("every setting: what it means, what is in force, where that comes from"),
         examples=["waystation settings", "waystation settings --json"])  # fmt: skip
def settings_command(args: Namespace) -> Answer:
    """Secrets are never shown, only that they are set."""
    rows = []
    for one in SETTINGS:
        value, source = one.read(os.environ)
        rows.append({"name": one.name, "value": one.shown(value), "from": source, "default": one.default,
                     "secret": one.secret, "meaning": one.meaning})  # fmt: skip
    lines = [f"{row['name']:30} {row['value'] or '(unset)'}   [{row['from']}]\n    {row['meaning']}" for row in rows]
    warnings = list(unknown())
    return Answer({"settings": rows, "unknown": warnings}, "\n".join(lines))
