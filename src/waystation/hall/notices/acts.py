"""Telling: in the act's own transaction, so that nothing is lost; and sending by e-mail, later and at least once."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import date, timedelta
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import models
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from waystation.hall.notes import api as notes
from waystation.hall.notices.models import HOWS, Notice, Wish
from waystation.hall.notices.queries.lines import lines
from waystation.hall.notices.queries.waiting import late_for
from waystation.hall.notices.shapes import Line, Sent
from waystation.kernel import scope as scopes
from waystation.kernel.models import Actor
from waystation.kernel.refusals import require
from waystation.kernel.values import now

log = logging.getLogger(__name__)
LEASE = timedelta(minutes=5)
MOST_MAILED = 200


def tell(entry: Any, left: list[models.Model]) -> None:
    """Put an act's notices to those who follow what it changed or are named in it, but never to who did it."""
    told: dict[tuple[int, str], bool] = {}
    for one in notes.told_of(left):
        if one.person != entry.actor_id:
            told[one.person, one.subject] = one.mentioned or told.get((one.person, one.subject), False)
    if not told:
        return
    before = set(
        Notice.everything.filter(why="mentioned", entry__subject=entry.subject).values_list("person_id", flat=True)
    )
    rows = [
        Notice(person_id=person, why="mentioned" if mentioned else "followed", subject=subject, act=entry.act,
               entry=entry, at=entry.at)
        for (person, subject), mentioned in told.items()
        if not (mentioned and person in before)  # an edited comment tells nobody twice
    ]  # fmt: skip
    Notice.everything.bulk_create(rows)


def tell_of_late(day: date) -> int:
    """Tell everyone what waits for them and was due before today; each record and act once for each due date. Returns how many."""
    before = Notice.everything.filter(why="late").count()
    for person in Actor.objects.filter(is_active=True):
        with scopes.enter(scopes.Scope(person)) as scope:
            late = late_for(scope, day)
        rows = [Notice(person=person, why="late", subject=one, act=act, due_on=due) for one, act, due in late]
        Notice.everything.bulk_create(rows, ignore_conflicts=True)
    return Notice.everything.filter(why="late").count() - before


def mark_read(ids: Iterable[int] | None = None) -> int:
    """Mark the actor's own notices as read, all of them when none is named. Returns how many."""
    mine = Notice.objects.filter(read_at=None)
    return (mine if ids is None else mine.filter(pk__in=list(ids))).update(read_at=now())


def choose(how: str) -> None:
    """How the actor wants to be told from now on. Raises Refused ``notices.unknown_way``."""
    require(how in HOWS, "notices.unknown_way", how=how, known=", ".join(str(word) for word in HOWS.values()))
    person = scopes.current().actor
    if person is not None:
        Wish.everything.update_or_create(person=person, defaults={"how": how, "since": now(), "last_day": None})


def send_at_once() -> Sent:
    """Send what has come up to those who want e-mail at once."""
    return _send(Wish.everything.filter(how="at_once"), None)


def send_digests(day: date) -> Sent:
    """Tell everyone what is late, and send the day's e-mail to those who want one a day. Doing it again sends nothing twice."""
    tell_of_late(day)
    return _send(Wish.everything.filter(how="daily").exclude(last_day__gte=day), day)


def _send(wishes: models.QuerySet[Wish], day: date | None) -> Sent:
    sent = failed = 0
    waiting = wishes.filter(person__is_active=True).exclude(person__email="").select_related("person")
    for wish in waiting.order_by("pk"):
        free = Wish.everything.filter(Q(sending_until=None) | Q(sending_until__lt=now()), pk=wish.pk)
        if not free.update(sending_until=now() + LEASE):
            continue  # somebody else is sending to this person
        try:
            sent += _send_to(wish)
            Wish.everything.filter(pk=wish.pk).update(sending_until=None, last_day=day or wish.last_day)
        except OSError as trouble:  # the mail server's, SMTPException among them: it is tried again next time
            log.warning("no e-mail to %s: %s", wish.person.username, type(trouble).__name__)
            Wish.everything.filter(pk=wish.pk).update(sending_until=None)
            failed += 1
    return Sent(sent, failed)


def _send_to(wish: Wish) -> int:
    """Send first, then note that it was sent: a process lost in between sends the same message again, under the same id."""
    mine = Notice.everything.filter(person=wish.person, read_at=None, mailed_at=None, at__gte=wish.since)
    notices = list(mine.select_related("entry__actor").order_by("pk")[:MOST_MAILED])
    with translation.override(wish.person.language), scopes.enter(scopes.Scope(wish.person)):
        told = lines(notices, named=False)
        if told:
            _message(wish.person, told, notices[-1].pk).send()
    Notice.everything.filter(pk__in=[one.pk for one in notices]).update(mailed_at=now())
    return int(bool(told))


def _message(person: Actor, told: list[Line], last: int) -> EmailMessage:
    """References, sentences and links: nothing of what is in the records."""
    count = len(told)
    subject = ngettext("{n} notice from {house}", "{n} notices from {house}", count)
    house = settings.ADDRESS
    body = [f"{one.ref}: {one.sentence}.\n{house}/r/{one.register}/{one.ref}/\n" for one in told]
    body.append(_("All your notices, and how you want to be told: {link}").format(link=f"{house}/notices/"))
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    headers = {"Message-ID": f"<notices.{person.pk}.{last}@{domain}>", "Auto-Submitted": "auto-generated"}
    return EmailMessage(
        subject.format(n=count, house=settings.ORGANISATION), "\n".join(body), to=[person.email], headers=headers
    )
