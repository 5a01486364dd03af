"""A file on its way in, and the mapping remembered for the next file of its source."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from waystation.kernel.fields import internal
from waystation.kernel.models import RawFile, Record


class SourceMapping(Record):
    """How the columns of one source become observations; found again by the signature of its headers."""

    prefix = "MAP"
    name = internal(models.CharField(_("name"), max_length=200))
    signature = internal(models.CharField(_("signature"), max_length=64, db_index=True))
    mapping = internal(models.JSONField(_("mapping"), default=dict))

    class Meta:
        app_label = "sources"

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
        app_label = "sources"
