"""What is shown of webhooks and of what they are told."""

from django.utils.translation import gettext_lazy as _

from waystation.hall.hooks import acts
from waystation.hall.hooks.models import Webhook, WebhookDelivery
from waystation.hall.hooks.rules import of_its_webhook, owner_or_steward
from waystation.kernel.register import Lifecycle, Register, Related, Section

webhooks = Register(
    name="house.webhooks",
    model=Webhook,
    word=(_("webhook"), _("webhooks")),
    lifecycle=Lifecycle(
        {"active": _("active"), "paused": _("paused"), "failing": _("failing"), "ended": _("ended")},
        (acts.connect, acts.change, acts.renew_secret, acts.ping, acts.pause, acts.mark_failing, acts.resume, acts.end),
        frozenset({"ended"}),
    ),
    sight=owner_or_steward,
    columns=("ref", "url", "listens", "state"),
    filters=("state",),
    search=("ref", "url"),
    sections=(Section(_("Webhook"), ("url", "listens", "author", "why")),),
    related=(Related(_("What it was told"), "house.webhook_deliveries", "webhook"),),
    personal=("secret",),
    group="Direction",
)

deliveries = Register(
    name="house.webhook_deliveries",
    model=WebhookDelivery,
    word=(_("webhook delivery"), _("webhook deliveries")),
    lifecycle=Lifecycle(
        {"due": _("due"), "delivered": _("delivered"), "failed": _("failed")},
        (acts.owe, acts.tell, acts.miss, acts.give_up, acts.resend),
    ),
    sight=of_its_webhook,
    columns=("ref", "webhook", "event", "about", "happened_at", "tries", "status", "state"),
    filters=("state", "webhook", "event"),
    search=("ref", "about", "event"),
    sections=(
        Section(_("Message"), ("webhook", "event", "register", "about", "left_version", "more", "happened_at")),
        Section(_("Delivery"), ("tries", "status", "error", "due_at")),
    ),
    personal=(),
    group="Direction",
)
