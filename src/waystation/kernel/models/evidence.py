"""Evidence: files as they came, partitions of datasets, releases and the figures frozen in them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from waystation.kernel.fields import internal, public
from waystation.kernel.models.house import Record
from waystation.kernel.values import now


class RawFile(models.Model):
    """A file as it came, kept byte for byte under its digest, with the terms it came under."""

    digest = public(models.CharField(max_length=64, unique=True))
    name = internal(models.CharField(_("file name"), max_length=255))
    size = public(models.PositiveBigIntegerField())
    received_at = internal(models.DateTimeField(default=now))

    class Meta:
        app_label = "kernel"

    def __str__(self) -> str:
        return self.name


class Partition(models.Model):
    """A part of a dataset: one Parquet file, never edited. A correction is the next version under the same key.

    It counts in figures from ``in_force_from`` until ``in_force_until``: these are the dates known at is asked of.
    """

    dataset = internal(models.CharField(max_length=80))
    key = internal(models.CharField(max_length=120))
    version = internal(models.PositiveIntegerField())
    digest = internal(models.CharField(max_length=64))
    rows = internal(models.PositiveBigIntegerField())
    size = internal(models.PositiveBigIntegerField())
    written_at = internal(models.DateTimeField())
    source = public(models.CharField(_("source"), max_length=300))
    licence = public(models.CharField(_("licence"), max_length=200))
    attribution = public(models.CharField(_("attribution"), max_length=300, blank=True))
    may_republish = public(models.BooleanField(_("may be republished"), default=False))
    origins = internal(models.ManyToManyField(RawFile, related_name="+"))
    in_force_from = internal(models.DateTimeField(null=True))
    in_force_until = internal(models.DateTimeField(null=True))

    class Meta:
        app_label = "kernel"
        constraints = [models.UniqueConstraint(fields=("dataset", "key", "version"), name="partition_version")]
        indexes = [models.Index(fields=("dataset", "in_force_from"), name="partition_in_force")]

    def __str__(self) -> str:
        return f"{self.dataset}/{self.key} v{self.version}"


class Release(Record):
    """Data that left the house: what, for whom, under which licence, signed by whom; and when it was withdrawn."""

    prefix = "REL"
    title = public(models.CharField(_("title"), max_length=200))
    product = public(models.CharField(_("product"), max_length=120))
    audience = public(models.CharField(_("audience"), max_length=20))
    licence = public(models.CharField(_("licence"), max_length=200))
    attribution = public(models.CharField(_("attribution"), max_length=300, blank=True))
    folder = internal(models.CharField(max_length=200, editable=False))
    manifest_digest = public(models.CharField(max_length=64, editable=False))
    released_at = public(models.DateTimeField(null=True, editable=False))
    withdrawn_why = public(models.TextField(_("why it was withdrawn"), blank=True, editable=False))
    partitions = internal(models.ManyToManyField(Partition, related_name="releases"))

    class Meta:
        app_label = "kernel"


class FrozenFigure(models.Model):
    """A figure as it stood in a release: its two dates, its value, and what it was computed from."""

    release = public(models.ForeignKey(Release, models.PROTECT, related_name="figures"))
    name = public(models.CharField(max_length=120))
    unit = public(models.CharField(max_length=40))
    value = public(models.CharField(max_length=60, null=True))
    parts = public(models.JSONField(default=list))
    question = public(models.JSONField(default=dict))
    as_of = public(models.DateField())
    known_at = public(models.DateTimeField())
    coverage = public(models.JSONField(default=dict))
    rows = public(models.PositiveBigIntegerField())
    definition = public(models.CharField(max_length=64))
    inputs = internal(models.JSONField(default=list))
    fingerprint = public(models.CharField(max_length=64))

    class Meta:
        app_label = "kernel"
        indexes = [models.Index(fields=("name", "as_of"), name="frozen_name")]
