"""Who is told what, and how they want to be told. Derived from acts, a person's own, and no record of the house."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from waystation.kernel.fields import internal
from waystation.kernel.models import Actor, AuditEntry
from waystation.kernel.rules import named
from waystation.kernel.sight import Sighted, sighted
from waystation.kernel.values import now

WHYS = {"followed": _("you follow it"), "mentioned": _("you were mentioned"), "late": _("it is late")}
HOWS = {"page": _("on this page only"), "at_once": _("by e-mail at once"), "daily": _("by one e-mail a day")}


class Notice(models.Model):
    """Something a person is told of: which record (as the trail names it), what was done there or, when it is late, what is
    to be done. Whether they may still see the record is asked whenever it is told."""

    person = internal(models.ForeignKey(Actor, models.PROTECT, related_name="+", db_index=False))
    why = internal(models.CharField(max_length=10, choices=list(WHYS.items())))
    subject = internal(models.CharField(max_length=120))
    act = internal(models.CharField(max_length=120))
    entry = internal(models.ForeignKey(AuditEntry, models.PROTECT, null=True, related_name="+"))
    due_on = internal(models.DateField(null=True))
    at = internal(models.DateTimeField(default=now))
    read_at = internal(models.DateTimeField(null=True))
    mailed_at = internal(models.DateTimeField(null=True))
    objects = Sighted()
    everything = models.Manager()

    class Meta:
        app_label = "notices"
        constraints = [
            models.UniqueConstraint(fields=("person", "entry", "subject"), name="notice_once"),
            models.UniqueConstraint(
                fields=("person", "subject", "act", "due_on"), condition=Q(entry=None), name="late_once"
            ),
        ]
        indexes = [
            models.Index(fields=("person", "-id"), name="notice_newest"),
            models.Index(fields=("person", "id"), condition=Q(read_at=None), name="notice_unread"),
        ]


class Wish(models.Model):
    """How a person wants to be told. ``since``: what was there before is not sent; ``sending_until``: somebody is at it."""

    person = internal(models.OneToOneField(Actor, models.PROTECT, related_name="+"))
    how = internal(models.CharField(max_length=10, choices=list(HOWS.items()), default="page"))
    since = internal(models.DateTimeField(default=now))
    last_day = internal(models.DateField(null=True))
    sending_until = internal(models.DateTimeField(null=True))
    objects = Sighted()
    everything = models.Manager()

    class Meta:
        app_label = "notices"


sighted(Notice, named("person", words="it is yours"))
sighted(Wish, named("person", words="it is yours"))
