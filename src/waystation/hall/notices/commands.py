"""notices send."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from datetime import date

from django.utils.translation import gettext_lazy as _

from waystation.hall.notices import api
from waystation.kernel.commands import Answer, command
from waystation.kernel.values import today


@command("notices send", about=_("send notices by e-mail: at once to those who want that, and the day's to the others"), examples=[
    "waystation notices send", "waystation notices send --at-once", "waystation notices send --day 2026-03-01",
])  # fmt: skip
def send(args: Namespace) -> Answer:
    """Send what is due; sent again it sends nothing twice."""
    parts = [api.send_at_once()] + ([] if args.at_once else [api.send_digests(args.day or today())])
    sent, failed = sum(one.sent for one in parts), sum(one.failed for one in parts)
    text = f"{sent} e-mails sent" + (f", {failed} could not be sent and will be tried again" if failed else "") + "."
    return Answer({"sent": sent, "failed": failed}, text, ok=not failed)


@send.arguments
def _send(parser: ArgumentParser) -> None:
    parser.add_argument("--at-once", action="store_true", help="only to those who want e-mail at once")
    parser.add_argument("--day", type=date.fromisoformat, metavar="DATE", help="the day of the digest (default: today)")
