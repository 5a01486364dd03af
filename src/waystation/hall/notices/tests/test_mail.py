"""E-mail: references, sentences and links, to those who want it, once; what a lost process or server had not sent is sent later."""

from __future__ import annotations

import email
import re
import socketserver
import threading
from collections.abc import Iterator
from datetime import timedelta
from email import policy
from pathlib import Path
from typing import Any

import pytest

from tests.kernel.workshop import Piece, declared, weigh
from tests.personas import Personas
from waystation.hall.notes import api as notes
from waystation.hall.notes.tests.making import REGISTER, piece
from waystation.hall.notices import api
from waystation.hall.notices.models import Notice, Wish
from waystation.kernel import house, scope
from waystation.kernel.acts import do
from waystation.kernel.models import Actor
from waystation.kernel.values import today
from waystation.site.cli import main

SECRET = "Her sister Maryam lives by the river"


@pytest.fixture(autouse=True)
def _outbox(settings: Any) -> None:
    settings.EMAIL_BACKEND = "waystation.site.outbox.Outbox"  # Django's test runner puts another in its place


@pytest.fixture
def tent(personas: Personas) -> Iterator[Any]:
    with declared():
        yield piece(personas)


@pytest.fixture
def moussa(personas: Personas, tent: Any) -> Actor:
    """Follows the tent, and is told by one e-mail a day."""
    with scope.enter(scope.house("tests")):
        said = {"office": personas.dakar, "email": "moussa@example.org"}
        made: Actor = do(house.invite, username="moussa", name="Moussa Sarr", **said).record
        do(house.grant, holder=made, duty="tracking.manage", office=personas.dakar)
    with personas.asking(made):
        notes.follow(REGISTER, tent.ref)
        api.choose("daily")
    return made


def happens(personas: Personas, ref: str) -> None:
    with personas.asking(personas.amina):
        do(weigh, Piece.objects.get(ref=ref), weight=7)
        notes.comment(REGISTER, ref, text=f"@moussa {SECRET}")


def outbox(home: Path) -> list[Any]:
    return [email.message_from_bytes(one.read_bytes(), policy=policy.default) for one in home.glob("outbox/*.eml")]


def test_one_e_mail_a_day_says_what_happened_and_nothing_of_what_is_in_it(
    personas: Personas, tent: Any, moussa: Actor, home: Path, settings: Any
) -> None:
    settings.ADDRESS = "https://house.example.org"
    happens(personas, tent.ref)
    assert api.send_at_once().sent == 0
    assert api.send_digests(today()).sent == 1
    (mail,) = outbox(home)
    text = mail.get_content()
    assert mail["To"] == "moussa@example.org"
    assert mail["Subject"] == "2 notices from Waystation"
    assert text.count(tent.ref) == 4
    assert "A colleague weighed it." in text
    assert "A colleague mentioned you in a comment." in text
    assert f"https://house.example.org/r/{REGISTER}/{tent.ref}/" in text
    for personal in (SECRET, "Amina", "Moussa", "Tent"):
        assert personal not in str(mail)
    assert (home / "outbox").stat().st_mode & 0o077 == 0


def test_repeating_it_sends_nothing_twice(personas: Personas, tent: Any, moussa: Actor, home: Path) -> None:
    happens(personas, tent.ref)
    assert api.send_digests(today()).sent == 1
    happens(personas, tent.ref)
    assert api.send_digests(today()).sent == 0, "one a day"
    assert api.send_digests(today() + timedelta(days=1)).sent == 1
    assert len(outbox(home)) == 2


def test_a_process_lost_after_sending_sends_the_same_message_again(
    personas: Personas, tent: Any, moussa: Actor, home: Path
) -> None:
    happens(personas, tent.ref)
    api.send_digests(today())
    Notice.everything.update(mailed_at=None)  # it was killed before it could note that it had sent
    Wish.everything.update(last_day=None)
    assert api.send_digests(today()).sent == 1
    assert len(outbox(home)) == 1, "by its Message-ID it is the same"


def test_what_was_read_or_was_there_before_is_not_sent(
    personas: Personas, tent: Any, moussa: Actor, home: Path
) -> None:
    happens(personas, tent.ref)
    with personas.asking(moussa):
        api.mark_read()
    assert api.send_digests(today()).sent == 0
    happens(personas, tent.ref)
    with personas.asking(moussa):
        api.choose("at_once")
    assert api.send_at_once().sent == 0
    happens(personas, tent.ref)
    assert api.send_at_once().sent == 1
    assert api.send_at_once().sent == 0


def test_who_cannot_be_reached_or_has_left_is_not_written_to(
    personas: Personas, tent: Any, moussa: Actor, home: Path
) -> None:
    happens(personas, tent.ref)
    Actor.objects.filter(pk=moussa.pk).update(is_active=False)
    assert api.send_digests(today()).sent == 0
    Actor.objects.filter(pk=moussa.pk).update(is_active=True, email="")
    assert api.send_digests(today()).sent == 0
    assert outbox(home) == []


class Post(socketserver.StreamRequestHandler):
    """As much of an SMTP server as it takes to be handed a message."""

    got: list[str] = []

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                lines = iter(self.rfile.readline, b".\r\n")
                self.got.append(b"".join(lines).decode())
            self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 good\r\n")
            if word == b"QUIT":
                return


def test_a_mail_server_that_is_away_is_tried_again(personas: Personas, tent: Any, moussa: Actor, settings: Any) -> None:
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1"
    with socketserver.TCPServer(("127.0.0.1", 0), Post) as server:
        settings.EMAIL_PORT = server.server_address[1]
    happens(personas, tent.ref)
    away = api.send_digests(today())
    assert (away.sent, away.failed) == (0, 1)
    Post.got.clear()
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Post) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.EMAIL_PORT = server.server_address[1]
        assert api.send_digests(today()).sent == 1
        server.shutdown()
    assert tent.ref in Post.got[0].replace("=\r\n", "")


def test_the_command_sends_what_is_due(personas: Personas, tent: Any, moussa: Actor, capsys: Any, home: Path) -> None:
    happens(personas, tent.ref)
    assert main(["notices", "send", "--at-once"]) == 0
    assert main(["notices", "send", "--day", str(today()), "--json"]) == 0
    assert re.search(r'"sent": 1', capsys.readouterr().out)
    assert len(outbox(home)) == 1
