"""Imports: a file on its way in, the mapping remembered for the next file, and editions of others' statistics."""

from __future__ import annotations

from django.db import models
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from waystation.kernel.fields import internal, public
from waystation.kernel.models import RawFile, Record


class SourceMapping(Record):
    """How the columns of one source become observations; found again by the signature of its headers."""

    prefix = "MAP"
    name = internal(models.CharField(_("name"), max_length=200))
    signature = internal(models.CharField(_("signature"), max_length=64, db_index=True))
    mapping = internal(models.JSONField(_("mapping"), default=dict))

    class Meta:
        app_label = "tracking"

    def __str__(self) -> str:
        return self.name


class Intake(Record):
    """One file (or the files of one delivery) being taken in: received, mapped, taken in or refused."""

    prefix = "IN"
    files = internal(models.ManyToManyField(RawFile, related_name="+"))
    file_name = internal(models.CharField(_("file"), max_length=255))
    mapping = internal(models.JSONField(_("mapping"), default=dict))
    constants = internal(models.JSONField(_("said by hand"), default=dict))
    source = internal(models.CharField(_("source"), max_length=300))
    licence = internal(models.CharField(_("licence"), max_length=200))
    attribution = internal(models.CharField(_("attribution"), max_length=300, blank=True))
    may_republish = internal(models.BooleanField(_("may be republished"), default=False))
    outcome = internal(models.JSONField(_("outcome"), default=dict))
    job = internal(models.CharField(_("job"), max_length=80, blank=True))

    class Meta:
        app_label = "tracking"


class ReferenceEdition(Record):
    """One edition of other people's statistics: kept apart from our own counts, and always cited."""

    prefix = "REF"
    source = public(models.CharField(_("source"), max_length=100))
    edition = public(models.CharField(_("edition"), max_length=60))
    licence = public(models.CharField(_("licence"), max_length=200, blank=True, editable=False))
    attribution = public(models.CharField(_("credit line"), max_length=300, blank=True, editable=False))
    may_republish = public(models.BooleanField(_("may be republished"), default=False, editable=False))
    measures = public(models.JSONField(_("measures"), default=list, editable=False))
    first_year = public(models.PositiveSmallIntegerField(_("from"), null=True, editable=False))
    last_year = public(models.PositiveSmallIntegerField(_("until"), null=True, editable=False))
    rows = public(models.PositiveIntegerField(_("values"), default=0, editable=False))
    data_version = internal(models.PositiveIntegerField(_("data version"), default=0, editable=False))

    class Meta:
        app_label = "tracking"
        constraints = [models.UniqueConstraint(fields=("source", "edition"), name="reference_edition_once")]

    def natural_ref(self) -> str:
        return f"REF-{slugify(self.source)}-{slugify(self.edition)}".upper()[:80]

    def __str__(self) -> str:
        return f"{self.source} · {self.edition}"
