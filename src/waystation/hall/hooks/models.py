"""What hooks keep: the webhooks, how far each has read, and what was or is to be told to them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from waystation.kernel.fields import EncryptedText, internal, public, sensitive
from waystation.kernel.models import Record


class Webhook(Record):
    """An address of a program that wants to be told. It is told what its author may see."""

    prefix = "HOOK"
    url = internal(models.CharField(_("address"), max_length=500, help_text=_("It begins with https://.")))
    listens = internal(models.JSONField(_("what it listens to (registers, acts or facts)"), default=list))
    why = internal(models.CharField(_("why it stands still"), max_length=300, blank=True, editable=False))
    secret = sensitive(EncryptedText(_("secret"), editable=False))

    class Meta:
        app_label = "hooks"

    def __str__(self) -> str:
        return self.url


class Following(models.Model):
    """How far along the trail a webhook has been told, and how many tries in a row it has failed. No record: it moves with
    every act of anybody."""

    webhook = internal(models.OneToOneField(Webhook, models.PROTECT, related_name="following"))
    cursor = internal(models.JSONField())
    failures = internal(models.PositiveIntegerField(default=0))

    class Meta:
        app_label = "hooks"


class WebhookDelivery(Record):
    """One message to one webhook: about what, how often it was tried, and what came of it."""

    prefix = "MSG"
    webhook = internal(models.ForeignKey(Webhook, models.PROTECT, related_name="deliveries", verbose_name=_("webhook")))
    event = public(models.CharField(_("event"), max_length=120))
    register = public(models.CharField(_("register"), max_length=80, blank=True))
    about = public(models.CharField(_("record"), max_length=80, blank=True))
    more = public(models.BooleanField(_("other records changed with it"), default=False))
    entry = internal(models.CharField(_("link of the trail"), max_length=24))
    left_version = public(models.PositiveIntegerField(_("version it left"), default=0))
    happened_at = public(models.DateTimeField(_("happened")))
    tries = internal(models.PositiveSmallIntegerField(_("tries"), default=0))
    due_at = internal(models.DateTimeField(_("next try"), null=True))
    lease_until = internal(models.DateTimeField(null=True))
    status = internal(models.PositiveSmallIntegerField(_("last answer"), null=True))
    error = internal(models.CharField(_("what went wrong"), max_length=300, blank=True))

    class Meta:
        app_label = "hooks"
        verbose_name = _("webhook delivery")
        constraints = [
            models.UniqueConstraint(fields=("webhook", "entry", "event", "register"), name="hooks_told_once"),
        ]
        indexes = [models.Index(fields=("state", "due_at"), name="hooks_due")]
