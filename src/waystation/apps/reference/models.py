"""Editions of other organisations' statistics."""

from __future__ import annotations

from django.db import models
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from waystation.kernel.fields import internal, public
from waystation.kernel.models import Record


class Edition(Record):
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
        app_label = "reference"
        constraints = [models.UniqueConstraint(fields=("source", "edition"), name="reference_edition_once")]

    def natural_ref(self) -> str:
        return f"REF-{slugify(self.source)}-{slugify(self.edition)}".upper()[:80]

    def __str__(self) -> str:
        return f"{self.source} · {self.edition}"
