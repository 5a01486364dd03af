"""Operations, their rounds, and the quality findings of a round."""

from __future__ import annotations

from django.db import models
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from waystation.kernel.codelists import codelist
from waystation.kernel.fields import Ref, internal, public
from waystation.kernel.models import Record


class Operation(Record):
    """Displacement tracking of one population in one country: its rounds are numbered on their own."""

    prefix = "OP"
    name = public(models.CharField(_("name"), max_length=200))
    country = public(Ref("places.Country", to_field="iso3", verbose_name=_("country")))
    main_component = public(models.CharField(_("component that counts"), max_length=10, default="area"))
    in_total = public(models.BooleanField(_("counts in the country's total"), default=True))
    total_note = public(models.CharField(_("why it may be added to others"), max_length=300, blank=True))
    protection_indicators = public(models.BooleanField(_("protection indicators built in"), default=False))
    pandemic_indicators = public(models.BooleanField(_("pandemic indicators added"), default=False))
    informs_health = public(models.BooleanField(_("informs public health planning"), default=False))
    min_cell = public(models.PositiveIntegerField(_("smallest count released"), default=0))

    class Meta:
        app_label = "tracking"
        constraints = [models.UniqueConstraint(fields=("country", "name"), name="operation_name")]

    def natural_ref(self) -> str:
        return f"{self.country_id}-{slugify(self.name)}".upper()[:60]

    def __str__(self) -> str:
        return self.name


class Round(Record):
    """One round of one component of an operation. ``data_version`` is being worked on, ``published_version`` is out."""

    operation = public(models.ForeignKey(Operation, models.PROTECT, related_name="rounds", verbose_name=_("operation")))
    component = public(models.CharField(_("component"), max_length=10))
    number = public(models.PositiveIntegerField(_("round")))
    period_start = public(models.DateField(_("collected from"), null=True, blank=True))
    period_end = public(models.DateField(_("collected until"), null=True, blank=True))
    reporting_date = public(models.DateField(_("reporting date")))
    planned_locations = public(models.PositiveIntegerField(_("places planned"), null=True, blank=True))
    assessed_locations = public(models.PositiveIntegerField(_("places assessed"), null=True, blank=True))
    data_version = internal(models.PositiveIntegerField(_("data version"), default=0, editable=False))
    published_version = public(models.PositiveIntegerField(_("published version"), null=True, editable=False))
    published_planned = public(
        models.PositiveIntegerField(_("places planned, as published"), null=True, editable=False)
    )
    published_assessed = public(
        models.PositiveIntegerField(_("places assessed, as published"), null=True, editable=False)
    )
    published_at = public(models.DateTimeField(_("published"), null=True, editable=False))

    class Meta:
        app_label = "tracking"
        constraints = [models.UniqueConstraint(fields=("operation", "component", "number"), name="round_number")]

    def natural_ref(self) -> str:
        return f"{self.operation.ref}-{self.component.upper()}-{self.number:02}"

    @property
    def assessment_type(self) -> str:
        """The component as the DTM API names it (BA, SA, ETT...)."""
        return codelist("tracking.component").codes[self.component].more["dtm"]

    @property
    def coverage(self) -> float | None:
        """Places assessed over places planned, 0..1; None when either is unknown."""
        if not self.planned_locations or self.assessed_locations is None:
            return None
        return self.assessed_locations / self.planned_locations

    def __str__(self) -> str:
        return f"{self.operation} · {self.component} {self.number}"


class Finding(Record):
    """One thing the quality rules found in a version of a round's data, and what people made of it."""

    prefix = "FND"
    round = public(models.ForeignKey(Round, models.PROTECT, related_name="findings", verbose_name=_("round")))
    data_version = internal(models.PositiveIntegerField(_("data version")))
    rule = public(models.CharField(_("rule"), max_length=30))
    blocking = public(models.BooleanField(_("blocking")))
    place = public(models.CharField(_("place"), max_length=120, blank=True))
    origin_row = internal(models.PositiveIntegerField(_("row in the file"), null=True))
    column = internal(models.CharField(_("column"), max_length=120, blank=True))
    details = internal(models.JSONField(_("details"), default=dict))
    reason = internal(models.TextField(_("reason"), blank=True))

    class Meta:
        app_label = "tracking"
        indexes = [models.Index(fields=("round", "state", "blocking"), name="finding_open")]

    @property
    def says(self) -> str:
        """The rule's explanation in the reader's language."""
        return self._told("explanation")

    @property
    def advice(self) -> str:
        """What to do about it, in the reader's language."""
        return self._told("what_to_do")

    def _told(self, column: str) -> str:
        code = codelist("tracking.finding_rule").codes.get(self.rule)
        return gettext(code.more[column]) if code else self.rule
