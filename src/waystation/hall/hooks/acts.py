"""The life of a webhook and of what it is told."""

from __future__ import annotations

import base64
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from waystation.hall.hooks.facts import WebhookFailing
from waystation.hall.hooks.models import Following, Webhook, WebhookDelivery
from waystation.hall.hooks.queries import addresses, feed
from waystation.hall.hooks.rules import of_its_webhook, owner, owner_or_steward
from waystation.kernel import facts, scope
from waystation.kernel.acts import Outcome, act
from waystation.kernel.refusals import Refused, require
from waystation.kernel.register import registers
from waystation.kernel.rules import signed_in
from waystation.kernel.values import fresh_id, now, plain
from waystation.kernel.work import house_only

OURS = "house.webhook"  # what is told of webhooks would be told of itself, for ever
PING = "webhook.ping"
PAUSES = [timedelta(seconds=s) for s in (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)]
MOST_FAILURES = 20  # tries in a row


def _fresh_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def _heard(listens: list[str]) -> list[str]:
    names = list(dict.fromkeys(one.strip() for one in listens if one.strip()))
    require(names, "hooks.nothing_to_hear")
    known = {*registers, *(act.name for one in registers.values() for act in one.lifecycle.acts), *facts.kinds}
    for name in names:
        told = ", ".join(sorted(facts.kinds))
        require(name in known and not name.startswith(OURS), "hooks.unknown_event", name=name, known=told)
    return names


@act("new -> active", by=signed_in, said=_("connected it"))
def connect(*, url: str, listens: list[str]) -> Outcome:
    """Tell a program at an address when something changes that you may see. Its secret is shown once."""
    asking = scope.current()
    if asking.actor is None:
        raise Refused("kernel.not_allowed", act="connect", rule=signed_in.sentence)
    may_read = asking.grants is None or "feed:read" in asking.grants
    require(may_read, "hooks.grant_missing")  # a key that may not read the feed gets no feed pushed
    addresses.checked(url)
    made = Webhook(url=url, listens=_heard(listens), secret=_fresh_secret(), office=asking.actor.office)
    following = Following(webhook=made, cursor=plain([feed.present().places, 0, 0]))
    return Outcome(record=made, new=[following], answer={"secret": made.secret})


@act("active | paused | failing", by=owner, said=_("changed it"))
def change(webhook: Webhook, *, url: str = "", listens: list[str] | None = None) -> Outcome:
    """Give it another address or let it listen to other things."""
    if url:
        addresses.checked(url)
        webhook.url = url
    if listens:
        webhook.listens = _heard(listens)
    return Outcome()


@act("active | paused | failing", by=owner, said=_("gave it a new secret"))
def renew_secret(webhook: Webhook) -> Outcome:
    """Sign with a new secret from now on; the old one is worth nothing any more. It is shown once."""
    webhook.secret = _fresh_secret()
    return Outcome(answer={"secret": webhook.secret})


@act("active", by=owner, said=_("sent a trial message"))
def ping(webhook: Webhook) -> Outcome:
    """Send a message that says nothing, to see whether it arrives."""
    message = WebhookDelivery(
        webhook=webhook,
        event=PING,
        entry=fresh_id(12),
        happened_at=now(),
        due_at=now(),
        office=webhook.office,
        state="due",
    )
    return Outcome(new=[message])


@act("active -> paused", by=owner_or_steward, said=_("paused it"))
def pause(webhook: Webhook) -> Outcome:
    """Tell it nothing for a while; when it goes on it is told what it missed."""
    return Outcome()


@act("active -> failing", by=house_only, said=_("stopped telling it"))
def mark_failing(webhook: Webhook, *, why: str) -> Outcome:
    """Stop telling a webhook that does not answer; its owner is told."""
    webhook.why = why[:300]
    return Outcome(facts=[WebhookFailing(webhook=webhook.ref)])


@act("paused | failing -> active", by=owner, said=_("let it go on"))
def resume(webhook: Webhook) -> Outcome:
    """Tell it again, beginning with what it missed."""
    webhook.why = ""
    following = Following.objects.get(webhook=webhook)
    following.failures = 0
    return Outcome(save=[following])


@act("active | paused | failing -> ended", by=owner_or_steward, said=_("ended it"), danger=True)
def end(webhook: Webhook) -> Outcome:
    """Tell it nothing any more, for good."""
    return Outcome()


@act("new -> due", by=house_only, said=_("noted that it is to be told"))
def owe(*, webhook: Webhook, event: str, about: dict[str, Any]) -> Outcome:
    """Note a message that a webhook is to be told; ``about`` are the fields that say what it is about."""
    return Outcome(record=WebhookDelivery(webhook=webhook, event=event, due_at=now(), office=webhook.office, **about))


@act("due -> delivered", by=house_only, said=_("told it"))
def tell(message: WebhookDelivery, *, status: int) -> Outcome:
    """It was told, and answered that it has understood."""
    return _tried(message, status, "", None)


@act("due", by=house_only, said=_("tried to tell it"))
def miss(message: WebhookDelivery, *, error: str, status: int | None = None) -> Outcome:
    """It could not be told; it is tried again, later each time."""
    return _tried(message, status, error, now() + PAUSES[min(message.tries, len(PAUSES) - 1)])


@act("due -> failed", by=house_only, said=_("gave up telling it"))
def give_up(message: WebhookDelivery, *, error: str, status: int | None = None) -> Outcome:
    """It could not be told, and is not tried any more unless somebody asks."""
    return _tried(message, status, error, None)


@act("delivered | failed -> due", by=of_its_webhook, said=_("sent it again"))
def resend(message: WebhookDelivery) -> Outcome:
    """Send the message again."""
    message.due_at, message.tries, message.error = now(), 0, ""
    return Outcome()


def _tried(message: WebhookDelivery, status: int | None, error: str, due: datetime | None) -> Outcome:
    message.tries += 1
    message.status, message.error, message.due_at, message.lease_until = status, error[:300], due, None
    return Outcome()
