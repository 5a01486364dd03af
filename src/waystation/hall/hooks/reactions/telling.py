"""Telling webhooks: what each is owed is read from the feed with its owner's eyes, then sent, outside any transaction."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from waystation.hall.hooks import acts
from waystation.hall.hooks.models import Following, Webhook, WebhookDelivery
from waystation.hall.hooks.queries import feed
from waystation.hall.hooks.reactions.posting import Untold, post, signed
from waystation.hall.hooks.shapes import Change, Cursor, FeedPage
from waystation.kernel import facts, scope
from waystation.kernel.acts import do
from waystation.kernel.refusals import Refused
from waystation.kernel.register import find_register, registers
from waystation.kernel.scope import Scope
from waystation.kernel.values import now, plain

AT_ONCE = 16  # messages sent together; one slow receiver then costs a pass no more than its own time-out
PAGE = 500
LEASE = timedelta(minutes=2)
GONE = 410  # the receiver says: never again


def errand() -> int:
    """Note what is owed and send what is due. Returns how many messages were noted or sent."""
    if not Webhook.everything.filter(state="active").exists():
        return 0
    with scope.enter(scope.house("webhooks")):
        return _note() + _send()


def _note() -> int:
    noted = 0
    here = plain([feed.present().places, 0, 0])
    behind = Following.objects.filter(webhook__state="active").exclude(cursor=here)
    for pk in list(behind.values_list("pk", flat=True)):
        with transaction.atomic():
            rows = Following.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk)
            one = rows.select_related("webhook__author").first()
            if one is not None:
                noted += _note_one(one)
    return noted


def _note_one(following: Following) -> int:
    """Read a page of the feed for one webhook, as its owner; note what it listens to; move it on."""
    webhook, author = following.webhook, following.webhook.author
    if author is None or not author.is_active:
        do(acts.mark_failing, webhook, why="its owner has left")
        return 0
    places, within, of = following.cursor
    told = [one for name, one in registers.items() if not name.startswith(acts.OURS)]
    names = [one for one in webhook.listens if one in facts.kinds]
    with scope.enter(Scope(author)):
        page = feed.read(Cursor(tuple(places), within, of), told, PAGE, names)
    owed = _owed(webhook, page)
    known = set(
        WebhookDelivery.everything.filter(webhook=webhook, entry__in={one.entry for _event, one, _more in owed})
        .values_list("entry", "event", "register")
    )  # fmt: skip
    fresh = [one for one in owed if (one[1].entry, one[0], one[1].register) not in known]
    for event, change, more in fresh:
        about = {"register": change.register, "about": change.ref, "more": more, "entry": change.entry,
                 "left_version": change.version, "happened_at": change.at}  # fmt: skip
        do(acts.owe, webhook=webhook, event=event, about=about)
    Following.objects.filter(pk=following.pk).update(
        cursor=plain([page.cursor.places, page.cursor.within, page.cursor.of])
    )
    return len(fresh)


def _owed(webhook: Webhook, page: FeedPage) -> list[tuple[str, Change, bool]]:
    """(event, about what, whether others changed with it): one for each act and register, however many records it left."""
    found: dict[tuple[str, str, str], tuple[Change, bool]] = {}
    for event, change in _heard(set(webhook.listens), page):
        key = (change.entry, event, change.register)
        first = found.get(key, (change, False))[0]
        found[key] = (change if change.subject else first, key in found)
    return [(event, change, more) for (_entry, event, _register), (change, more) in found.items()]


def _heard(listens: set[str], page: FeedPage) -> Iterator[tuple[str, Change]]:
    for change in page.changes:
        by_act = change.act in listens and change.act.startswith(f"{change.register}.")
        if change.register in listens or by_act:
            yield change.act, change
    subjects = {one.entry: one for one in page.changes if one.subject}
    for name, entry in page.facts:
        if entry in subjects:
            yield name, subjects[entry]


@dataclass(frozen=True)
class Envelope:
    """A message ready to be sent."""

    message: WebhookDelivery
    url: str
    body: bytes
    headers: dict[str, str]

    def send(self) -> tuple[int | None, str]:
        """The status answered and what went wrong; touches no database, so it may run in another thread."""
        try:
            status = post(self.url, self.body, self.headers)
        except Untold as trouble:
            return None, str(trouble)
        return status, "" if 200 <= status < 300 else f"answered {status}"


def _send() -> int:
    moment = now()
    free = Q(lease_until=None) | Q(lease_until__lt=moment)
    rows = WebhookDelivery.everything.filter(free, state="due", due_at__lte=moment, webhook__state="active")
    ready = []
    for one in rows.select_related("webhook__author").order_by("due_at", "pk")[:AT_ONCE]:
        mine = WebhookDelivery.everything.filter(free, pk=one.pk, state="due").update(lease_until=moment + LEASE)
        if mine and (envelope := _sealed(one)):
            ready.append(envelope)
    if not ready:
        return 0
    with ThreadPoolExecutor(len(ready)) as pool:
        answers = list(pool.map(Envelope.send, ready))
    for envelope, (status, error) in zip(ready, answers, strict=True):
        _keep(envelope.message, status, error)
    return len(ready)


def _sealed(message: WebhookDelivery) -> Envelope | None:
    """The message as it is sent; None, and given up, when the owner may no longer see what it is about."""
    webhook, moment = message.webhook, int(now().timestamp())
    if message.about:
        with scope.enter(Scope(webhook.author)):
            seen = find_register(message.register).model.objects.filter(ref=message.about).exists()
        if not seen:
            do(acts.give_up, message, error="its owner may not see this any more")
            return None
    link = f"/r/{message.register}/{message.about}/"
    told = {
        "type": message.event,
        "timestamp": plain(message.happened_at),
        "data": {"register": message.register, "ref": message.about, "version": message.left_version, "entry": message.entry,
                 "more": message.more, "url": settings.ADDRESS + link,
                 "api": f"{settings.ADDRESS}/api/v1/{message.register}/{message.about}"},
    }  # fmt: skip
    if not message.about:
        told["data"] = {}
    body = json.dumps(told, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json", "User-Agent": "Waystation-Webhooks/1"}
    return Envelope(message, webhook.url, body, headers | signed(webhook.secret, message.ref, moment, body))


def _keep(message: WebhookDelivery, status: int | None, error: str) -> None:
    """Write down what came of it; a webhook that fails too often in a row is told nothing more."""
    following = Following.objects.filter(webhook=message.webhook)
    try:
        if not error:
            do(acts.tell, message, status=status)
            following.exclude(failures=0).update(failures=0)
            return
        last = message.tries >= len(acts.PAUSES) or status == GONE
        do(acts.give_up if last else acts.miss, message, error=error, status=status)
    except Refused:  # somebody else dealt with it meanwhile
        return
    following.update(failures=F("failures") + 1)
    failures = following.values_list("failures", flat=True).get()
    webhook = Webhook.everything.get(pk=message.webhook_id)
    if webhook.state == "active" and (failures >= acts.MOST_FAILURES or status == GONE):
        do(acts.mark_failing, webhook, why=error)
