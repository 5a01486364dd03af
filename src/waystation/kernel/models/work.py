"""Long work: what waits, runs, is done or failed, how far it is, and who may stop it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from waystation.kernel.fields import internal
from waystation.kernel.models.house import Record


class Job(Record):
    """A piece of long work done by the worker on behalf of its author."""

    prefix = "JOB"
    task = internal(models.CharField(max_length=120))
    arguments = internal(models.JSONField(default=dict))
    done = internal(models.PositiveBigIntegerField(default=0))
    total = internal(models.PositiveBigIntegerField(default=0))
    message = internal(models.CharField(max_length=300, blank=True))
    result = internal(models.JSONField(default=dict))
    stop_asked = internal(models.BooleanField(default=False))
    lease_until = internal(models.DateTimeField(null=True))
    tries = internal(models.PositiveSmallIntegerField(default=0))
    due_at = internal(models.DateTimeField(_("not before"), null=True))

    class Meta:
        app_label = "kernel"
        indexes = [models.Index(fields=("state", "task"), name="job_state")]


class Mark(models.Model):
    """A named moment: when a worker gave its last sign, up to when a schedule was kept."""

    name = internal(models.CharField(max_length=160, unique=True))
    at = internal(models.DateTimeField())

    class Meta:
        app_label = "kernel"
