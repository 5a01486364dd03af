"""What was done: the hash-chained trail, what each record looked like after, the facts told, the keys seen."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from waystation.kernel.fields import internal
from waystation.kernel.models.house import Actor


class ChainHead(models.Model):
    """The last link of one chain. Locked while a link is added, so chains never fork."""

    chain = internal(models.PositiveSmallIntegerField(primary_key=True))
    length = internal(models.PositiveBigIntegerField(default=0))
    digest = internal(models.CharField(max_length=64, default="0" * 64))

    class Meta:
        app_label = "kernel"


class AuditEntry(models.Model):
    """One act done. ``digest`` is an HMAC over the entry, its revisions' digests and the entry before it."""

    chain = internal(models.PositiveSmallIntegerField())
    place = internal(models.PositiveBigIntegerField())
    at = internal(models.DateTimeField(_("when"), db_index=True))
    actor = internal(models.ForeignKey(Actor, models.PROTECT, null=True, related_name="+"))
    purpose = internal(models.CharField(max_length=200, blank=True))
    act = internal(models.CharField(_("act"), max_length=120))
    subject = internal(models.CharField(max_length=120))
    said = internal(models.JSONField(default=dict))
    contents = internal(models.CharField(max_length=64))
    previous = internal(models.CharField(max_length=64))
    digest = internal(models.CharField(max_length=64))

    class Meta:
        app_label = "kernel"
        constraints = [models.UniqueConstraint(fields=("chain", "place"), name="audit_place")]
        indexes = [models.Index(fields=("subject", "id"), name="audit_subject")]


class Revision(models.Model):
    """A record's values after an act, without what is personal: how any past state is read back."""

    entry = internal(models.ForeignKey(AuditEntry, models.PROTECT, related_name="revisions"))
    model = internal(models.CharField(max_length=80))
    key = internal(models.CharField(max_length=40))
    at = internal(models.DateTimeField())
    version = internal(models.PositiveIntegerField(default=0))
    values = internal(models.JSONField())

    class Meta:
        app_label = "kernel"
        indexes = [
            models.Index(fields=("model", "key", "id"), name="revision_record"),
            models.Index(fields=("model", "at"), name="revision_at"),
        ]


class OutboxFact(models.Model):
    """A past-tense fact, written in the act's transaction and told to those who react, later and at least once."""

    name = internal(models.CharField(max_length=120))
    body = internal(models.JSONField())
    at = internal(models.DateTimeField())
    entry = internal(models.ForeignKey(AuditEntry, models.PROTECT, related_name="facts"))

    class Meta:
        app_label = "kernel"


class Delivery(models.Model):
    """One reaction's debt to one fact: due, done, or given up after the last try with its error."""

    fact = internal(models.ForeignKey(OutboxFact, models.PROTECT, related_name="deliveries"))
    reaction = internal(models.CharField(max_length=160))
    state = internal(models.CharField(max_length=10, default="due"))
    tries = internal(models.PositiveSmallIntegerField(default=0))
    due_at = internal(models.DateTimeField())
    error = internal(models.TextField(blank=True))

    class Meta:
        app_label = "kernel"
        constraints = [models.UniqueConstraint(fields=("fact", "reaction"), name="delivery_once")]
        indexes = [models.Index(fields=("state", "due_at"), name="delivery_due")]


class IdempotencyKey(models.Model):
    """A key a caller sent with an act: the same key with the same request does the act once."""

    actor = internal(models.ForeignKey(Actor, models.PROTECT, null=True, related_name="+"))
    key = internal(models.CharField(max_length=120))
    request = internal(models.CharField(max_length=64))
    answer = internal(models.JSONField(default=dict))
    at = internal(models.DateTimeField())

    class Meta:
        app_label = "kernel"
        constraints = [
            models.UniqueConstraint(fields=("actor", "key"), name="idempotency_once", nulls_distinct=False),
        ]
