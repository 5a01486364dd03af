"""init, serve, demo."""

from __future__ import annotations

import os
import shutil
import socket
import time
from argparse import ArgumentParser, Namespace
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.utils.translation import gettext_lazy as _

from waystation.kernel import house, keys
from waystation.kernel.acts import do
from waystation.kernel.commands import Answer, command
from waystation.kernel.fields import reseal
from waystation.kernel.models import Office
from waystation.kernel.refusals import refusal, refusals, require
from waystation.surfaces import indexes

refusals(
    "site",
    port_taken=refusal(
        _("Port {port} on {host} is taken. Stop what runs there or choose another with --port."), "conflict"
    ),
    not_demo=refusal(
        _("{home} holds a house that is not a demonstration. Choose another folder with --home."), "conflict"
    ),
)


def open_house(organisation: str) -> bool:
    """Make the data folder, the tables, the first office and the list of countries. Returns whether it was new."""
    home = Path(settings.WAYSTATION_HOME)
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    call_command("migrate", verbosity=0, interactive=False)
    indexes.settle()
    if Office.everything.exists():
        return False
    do(house.open_office, code="HQ", name=organisation)
    for load in house.openings:
        load()
    return True


@command("init", about=_("make an empty house: data folder, database, keys, countries"),
         examples=["waystation init --home /srv/waystation --organisation 'Aid on the Move'"])  # fmt: skip
def init(args: Namespace) -> Answer:
    """Open the house; safe to run again: it then only brings the tables up to date."""
    new = open_house(args.organisation)
    home = str(settings.WAYSTATION_HOME)
    says = f"A house was made in {home}." if new else f"The house in {home} is up to date."
    following = (
        "Next: waystation user add NAME --duty house --duty tracking --duty release --office HQ --password-stdin"
    )
    return Answer({"home": home, "new": new}, f"{says}\n{following}")


@init.arguments
def _init(parser: ArgumentParser) -> None:
    parser.add_argument("--organisation", default=settings.ORGANISATION, help="the name of the first office, HQ")


@command("keys rotate", about=_("put a new encryption key on top and seal what is stored anew"),
         examples=["waystation keys rotate"])  # fmt: skip
def keys_rotate(args: Namespace) -> Answer:
    """The older keys stay in keys/secret.keys, below the new one, until you remove them."""
    keys.rotate()
    count = reseal()
    return Answer({"resealed": count}, f"A new key seals from now on; {count:,} values were sealed anew with it.")


@command("serve", about=_("open the doors: the web server and the worker"),
         examples=["waystation serve", "waystation serve --host 0.0.0.0 --port 8080"])  # fmt: skip
def serve(args: Namespace) -> Answer:
    """Serve until stopped."""
    indexes.settle()
    _start(args.host, args.port)
    return Answer({"stopped": True})


def _listening(parser: ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=8000, help="default 8000")


@serve.arguments
def _serve(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1: this machine only)"
    )
    _listening(parser)


@command("demo", about=_("a demonstration organisation, served on this machine"),
         examples=["waystation demo", "waystation demo --port 8765",
                   "waystation demo --size large --home .waystation-large"])  # fmt: skip
def demo(args: Namespace) -> Answer:
    """Make the demonstration if it is not there, then serve it on loopback."""
    began = time.monotonic()
    from waystation.site import demo as making

    marker = Path(settings.WAYSTATION_HOME) / "demonstration"
    new = open_house("Waystation demonstration")
    require(new or marker.exists(), "site.not_demo", home=settings.WAYSTATION_HOME)
    if new or not marker.read_text():
        marker.write_text("")
        shutil.rmtree(Path(settings.WAYSTATION_HOME) / "releases", ignore_errors=True)  # of a start that was broken off
        making.make(say=lambda line: print(line, flush=True))
        marker.write_text("made\n")
    if args.size == "large":
        making.enlarge(say=lambda line: print(line, flush=True))
    for line in making.personas():
        print(line)
    if args.no_serve:
        return Answer({"home": str(settings.WAYSTATION_HOME), "seconds": round(time.monotonic() - began, 1)})
    print(
        f"ready in {time.monotonic() - began:.1f} s\n\n  http://127.0.0.1:{args.port}/\n\nCtrl-C stops it.", flush=True
    )
    _start("127.0.0.1", args.port)
    return Answer({"stopped": True})


@demo.arguments
def _demo(parser: ArgumentParser) -> None:
    _listening(parser)
    parser.add_argument(
        "--size", choices=("usual", "large"), default="usual",
        help="large: a million areas as well, taken in through acts; about ten minutes and 2 GB of disk the first time",
    )  # fmt: skip
    parser.add_argument("--no-serve", action="store_true", help="make it and stop")


def _start(host: str, port: int) -> None:
    from granian import Granian
    from granian.constants import Interfaces

    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        reached = host if host.strip("0.:") else "localhost"  # all interfaces are reached at this one
        taken = probe.connect_ex((reached, port)) == 0
        require(not taken, "site.port_taken", port=port, host=host)
    os.environ["WAYSTATION_WORKER"] = "thread"
    os.environ["WAYSTATION_HOME"] = str(settings.WAYSTATION_HOME)
    Granian(
        "waystation.site.wsgi:application", address=host, port=port, interface=Interfaces.WSGI, workers=1,
        blocking_threads=4, log_access=False, websockets=False,
    ).serve()  # fmt: skip
