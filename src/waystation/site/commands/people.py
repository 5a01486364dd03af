"""user add, token create."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from datetime import date

from django.utils.translation import gettext_lazy as _

from waystation.kernel import house, scope
from waystation.kernel.acts import Secret, do
from waystation.kernel.commands import Answer, command
from waystation.kernel.models import Actor, DutyGrant, Office
from waystation.kernel.refusals import Refused, require
from waystation.kernel.rules import duties
from waystation.site.commands import scope_of


@command("user add", about=_("invite a person and grant duties at an office"), examples=[
    "echo 'a long passphrase' | waystation user add amina --duty tracking --duty release --office HQ --password-stdin",
    "waystation user add ben --name 'Ben Okri' --duty tracking.validate --office NBO",
])  # fmt: skip
def user_add(args: Namespace) -> Answer:
    """Make the account unless it stands, and grant the duties it does not hold. An unknown office is opened under HQ."""
    wanted = [one for given in args.duty for one in _duties(given)]
    office = Office.objects.filter(code=args.office).first() or _open(args.office)
    person = Actor.objects.filter(username=args.name).first()
    new, link = person is None, ""
    if new:
        password = sys.stdin.readline().rstrip("\n") if args.password_stdin else ""
        full = args.full_name or args.name
        done = do(house.invite, username=args.name, name=full, office=office, password=Secret(password))
        person, link = done.record, done.answer.get("link", "")
    held = set(DutyGrant.objects.filter(holder=person, office=office, state="held").values_list("duty", flat=True))
    granted = [do(house.grant, holder=person, duty=one, office=office).record.duty for one in wanted if one not in held]
    data = {"user": args.name, "new": new, "office": office.code, "granted": granted}
    said = f"{args.name} at {office.name}: {', '.join(granted) or 'no new duty'}."
    return Answer(data | ({"link": link} if link else {}), f"{said}\nTo set a password, once: {link}" if link else said)


@user_add.arguments
def _user_add(parser: ArgumentParser) -> None:
    parser.add_argument("name", help="user name, for signing in")
    parser.add_argument("--full-name", help="as colleagues know them")
    parser.add_argument(
        "--duty", action="append", default=[], required=True, help="a duty, or an app for all of its duties"
    )
    parser.add_argument("--office", required=True, help="office code (HQ is the first)")
    parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input")


def _duties(given: str) -> list[str]:
    found = [name for part in given.split(",") for name in duties if name == part or name.startswith(f"{part}.")]
    if not found:
        raise Refused("kernel.unknown_name", what="duty", name=given, known=", ".join(sorted(duties)))
    return found


def _open(code: str) -> Office:
    root = Office.objects.filter(parent=None).first()
    made: Office = do(house.open_office, code=code, name=code, parent=root).record
    return made


@command("token create", about=_("make a key for a program that acts as a person; it is shown once"), examples=[
    "waystation token create --user amina --scope dtm:read",
    "waystation token create --user amina --scope 'read figures:read feed:read' --expires 2027-06-30",
    "waystation token create --user amina --scope 'places.sites:read places.sites:act'",
    "curl -H 'Authorization: Bearer KEY' http://127.0.0.1:8000/api/v1/me",
])  # fmt: skip
def token_create(args: Namespace) -> Answer:
    """Issue the key in the person's own scope."""
    expires = date.fromisoformat(args.expires) if args.expires else None
    require(args.scope.strip(), "kernel.argument_missing", act="token create", name="scope")
    with scope.enter(scope_of(args.user)):
        done = do(house.issue, grants=args.scope, expires_on=expires)
    key = done.answer["key"]
    return Answer({"key": key, "ref": done.record.ref, "scope": args.scope, "user": args.user}, key)


@token_create.arguments
def _token_create(parser: ArgumentParser) -> None:
    parser.add_argument("--user", required=True, help="whose rules it acts under")
    known = ", ".join([*house.grantable, "REGISTER:read", "REGISTER:act"])
    parser.add_argument(
        "--scope", required=True, help=f"what it may do, several separated by spaces: {known}; see docs/api.md"
    )
    parser.add_argument("--expires", metavar="DATE", help="last day it is valid (YYYY-MM-DD)")
