"""``waystation access``: who may see a record, or what a person may see; ``waystation purge``: what has been kept long enough."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from datetime import timedelta

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from waystation.hall.entry.models import Session
from waystation.hall.entry.queries.access import admission, reach
from waystation.hall.entry.queries.outside import purge_axes
from waystation.hall.entry.shapes import Admission, Reach
from waystation.kernel.commands import Answer, command
from waystation.kernel.models import Actor
from waystation.kernel.refusals import Refused
from waystation.kernel.register import registers
from waystation.kernel.values import now


@command("access", about=gettext_lazy("who may see a record and do what, or what a person may see and do; and why"), examples=[
    "waystation access amina", "waystation access RND-0001 --json", "waystation access house.people/amina",
])  # fmt: skip
def access(args: Namespace) -> Answer:
    """A reference, REGISTER/REFERENCE, or a user name."""
    person = Actor.everything.filter(username=args.of).first()
    if person is not None:
        found = reach(person)
        return Answer(
            {"user": args.of, "registers": [asdict(one) for one in found]}, "\n".join(map(_of_register, found))
        )
    name, slash, ref = args.of.partition("/")
    if name not in registers:
        slash = ""
    for register in [registers[name]] if slash else registers.values():
        record = register.model.objects.filter(ref=ref if slash else args.of).first()
        if record is not None:
            told = admission(register, record)
            return Answer(asdict(told), _of_record(told))
    raise Refused(
        "kernel.unknown_name", what="record or user", name=args.of, known="user names and references of records"
    )


@access.arguments
def _access(parser: ArgumentParser) -> None:
    parser.add_argument("of", metavar="RECORD|USER", help="a reference, REGISTER/REFERENCE, or a user name")


def _of_register(one: Reach) -> str:
    lines = [f"{one.register}: {one.sees}" + (f" ({'; '.join(one.why)})" if one.why else "")]
    return "\n".join([*lines, *(f"  {name}: {'; '.join(why)}" for name, why in one.acts.items())])


def _of_record(one: Admission) -> str:
    lines = [f"{one.register} {one.ref}: {one.state}", f"seen when {one.rule}"]
    lines += ["seen by the public"] if one.public else ["seen by everyone who is signed in"] if one.signed_in else []
    for who in one.people:
        lines.append(f"{who.username}: {'; '.join(who.sees)}")
        lines += [f"  {name}: {'; '.join(why)}" for name, why in who.acts.items()]
    return "\n".join(lines)


@command("purge", about=gettext_lazy("remove what the door has kept long enough: tries to sign in, sessions that ended"),
         examples=["waystation purge", "waystation purge --days 30 --json"])  # fmt: skip
def purge(args: Namespace) -> Answer:
    """Addresses and user names of tries to sign in are kept for so many days (WAYSTATION_TRIES_DAYS), no longer."""
    before = now() - timedelta(days=args.days)
    tries = purge_axes(before)
    idle = now() - timedelta(seconds=settings.SESSION_IDLE_SECONDS)
    sessions = Session.objects.filter(seen_at__lt=idle).delete()[0]
    said = _("{tries} tries to sign in and {sessions} sessions that had ended were removed.")
    return Answer({"tries": tries, "sessions": sessions}, said.format(tries=tries, sessions=sessions))


@purge.arguments
def _purge(parser: ArgumentParser) -> None:
    days = settings.TRIES_DAYS
    parser.add_argument("--days", type=int, default=days, help=f"keep tries of the last DAYS days (default {days})")
