"""What is kept of places: countries, editions of lists, areas through time, what became of them, outlines, sites."""

from __future__ import annotations

from typing import Any, ClassVar

import shapely
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from waystation.kernel.fields import internal, public
from waystation.kernel.models import Partition, RawFile, Record
from waystation.kernel.sight import Sighted


class Country(Record):
    """A country, territory or area; its reference is its ISO 3166-1 alpha-3 code."""

    iso3 = public(models.CharField(_("ISO 3166-1 alpha-3"), max_length=3, unique=True))
    iso2 = public(models.CharField(_("ISO 3166-1 alpha-2"), max_length=2, blank=True, db_index=True))
    m49 = public(models.CharField(_("UN M49"), max_length=3, blank=True, db_index=True))
    name_en = public(models.CharField(_("name (English)"), max_length=200))
    name_fr = public(models.CharField(_("name (French)"), max_length=200))
    name_es = public(models.CharField(_("name (Spanish)"), max_length=200))
    name_ru = public(models.CharField(_("name (Russian)"), max_length=200))
    name_zh = public(models.CharField(_("name (Chinese)"), max_length=200))
    name_ar = public(models.CharField(_("name (Arabic)"), max_length=200))
    region = public(models.CharField(_("region (M49)"), max_length=3, blank=True))
    subregion = public(models.CharField(_("sub-region (M49)"), max_length=3, blank=True))
    intermediate = public(models.CharField(_("intermediate region (M49)"), max_length=3, blank=True))
    status = public(models.CharField(_("status"), max_length=20))

    class Meta:
        app_label = "places"
        ordering = ("name_en",)

    def natural_ref(self) -> str:
        return self.iso3

    @property
    def name(self) -> str:
        """The name in the active language."""
        return str(getattr(self, f"name_{(get_language() or 'en').split('-')[0]}", self.name_en))

    def __str__(self) -> str:
        return self.name


class Edition(Record):
    """A list or a set of boundaries as it came once: from whom, under which terms, what it changed, what was found."""

    prefix: ClassVar[str] = "EDN"
    kind = public(models.CharField(_("what it brought"), max_length=12))
    title = public(models.CharField(_("title"), max_length=200))
    source = public(models.CharField(_("source"), max_length=300))
    licence = public(models.CharField(_("licence"), max_length=200))
    attribution = public(models.CharField(_("credit line"), max_length=300, blank=True))
    may_republish = public(models.BooleanField(_("may be republished"), default=False))
    digest = public(models.CharField(max_length=64, db_index=True))
    changes = public(models.JSONField(_("changes"), default=dict))
    findings = public(models.JSONField(_("findings"), default=list))
    origins = internal(models.ManyToManyField(RawFile, related_name="+"))

    class Meta:
        app_label = "places"


class Area(Record):
    """An administrative area for a span of time. A code that changes its name or its parent gets another row."""

    country = public(models.ForeignKey(Country, models.PROTECT, related_name="areas"))
    level = public(models.PositiveSmallIntegerField(_("level")))
    pcode = public(models.CharField(_("p-code"), max_length=40))
    name = public(models.CharField(_("name"), max_length=200))
    folded = public(models.CharField(max_length=200, editable=False))
    names = public(models.JSONField(_("names in other languages"), default=dict, blank=True))
    parent = public(models.CharField(_("p-code above"), max_length=40, blank=True))
    valid_from = public(models.DateField(_("valid from"), null=True, blank=True))
    valid_until = public(models.DateField(_("valid until"), null=True, blank=True))
    edition = public(models.ForeignKey(Edition, models.PROTECT, null=True, editable=False, related_name="areas"))

    class Meta:
        app_label = "places"
        ordering = ("pcode", "valid_from")
        constraints = [
            models.UniqueConstraint(
                fields=("country", "pcode", "valid_from"), name="places_area_span", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=models.Q(valid_until__isnull=True)
                | models.Q(valid_from__isnull=True)
                | models.Q(valid_until__gte=models.F("valid_from")),
                name="places_area_ends_after_it_begins",
            ),
        ]
        indexes = [
            models.Index(fields=("country", "level"), name="places_area_level"),
            models.Index(fields=("pcode",), name="places_area_pcode"),
            models.Index(fields=("country", "folded"), name="places_area_name"),
        ]

    def natural_ref(self) -> str:
        return f"{self.country.iso3}.{self.pcode}"

    def __str__(self) -> str:
        return f"{self.name} ({self.pcode})"


class Succession(models.Model):
    """From a day on, an area is (part of) another: it was split, merged or renamed."""

    kind = public(models.CharField(_("what happened"), max_length=10))
    old = public(models.ForeignKey(Area, models.PROTECT, related_name="became"))
    new = public(models.ForeignKey(Area, models.PROTECT, related_name="came_of"))
    on = public(models.DateField(_("from")))
    objects = Sighted()
    everything = models.Manager()

    class Meta:
        app_label = "places"
        constraints = [models.UniqueConstraint(fields=("old", "new"), name="places_succession_once")]


class Boundary(Record):
    """An outline of an area (or, at level 0, of a country). The simplified outline is here; the full one is row
    ``place`` of its partition of the dataset ``places.outlines``."""

    prefix: ClassVar[str] = "BND"
    country = public(models.ForeignKey(Country, models.PROTECT, related_name="boundaries"))
    area = public(models.ForeignKey(Area, models.PROTECT, null=True, related_name="boundaries"))
    level = public(models.PositiveSmallIntegerField(_("level")))
    pcode = public(models.CharField(_("p-code"), max_length=40))
    simplified = public(models.BinaryField(editable=False))
    area_km2 = public(models.FloatField(_("area in km²")))
    west = public(models.FloatField())
    south = public(models.FloatField())
    east = public(models.FloatField())
    north = public(models.FloatField())
    uncovered = public(models.FloatField(_("share not covered by areas below"), null=True))
    edition = public(models.ForeignKey(Edition, models.PROTECT, editable=False, related_name="boundaries"))
    partition = internal(models.ForeignKey(Partition, models.PROTECT, editable=False, related_name="+"))
    place = internal(models.PositiveIntegerField(editable=False))

    class Meta:
        app_label = "places"
        constraints = [
            models.UniqueConstraint(
                fields=("country", "pcode", "level"), condition=models.Q(state="in force"), name="places_boundary_once"
            )
        ]
        indexes = [models.Index(fields=("country", "level", "state"), name="places_boundary_level")]

    @property
    def __geo_interface__(self) -> dict[str, Any]:
        """The simplified outline as a GeoJSON geometry, the way shapely and others ask for it."""
        found: dict[str, Any] = shapely.from_wkb(bytes(self.simplified)).__geo_interface__
        return found

    @property
    def name(self) -> str:
        """What is drawn: the area, or the country."""
        return str(self.area.name) if self.area else self.country.name


class Site(Record):
    """A place people live in or pass through, with its kind, where it is, and from when to when it is open."""

    prefix: ClassVar[str] = "SITE"
    code = internal(models.CharField(_("code in the field"), max_length=40, blank=True, db_index=True))
    name = internal(models.CharField(_("name"), max_length=200))
    kind = internal(models.CharField(_("kind"), max_length=40))
    country = internal(models.ForeignKey(Country, models.PROTECT, related_name="sites"))
    area = internal(models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="sites"))
    longitude = internal(models.FloatField(_("longitude"), null=True, blank=True))
    latitude = internal(models.FloatField(_("latitude"), null=True, blank=True))
    opened_on = internal(models.DateField(_("opened"), null=True, blank=True))
    closed_on = internal(models.DateField(_("closed"), null=True, blank=True, editable=False))

    class Meta:
        app_label = "places"
        indexes = [models.Index(fields=("country", "state"), name="places_site_state")]
        constraints = [
            models.UniqueConstraint(
                fields=("country", "code"), condition=~models.Q(code=""), name="places_site_code_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


class SiteStatus(Record):
    """What a site was from a day on and until its next status: open or closed, and where it stood."""

    prefix: ClassVar[str] = "SST"
    site = internal(models.ForeignKey(Site, models.PROTECT, editable=False, related_name="statuses"))
    status = internal(models.CharField(_("status"), max_length=10))
    since = internal(models.DateField(_("since")))
    area = internal(models.ForeignKey(Area, models.PROTECT, null=True, related_name="+"))
    longitude = internal(models.FloatField(_("longitude"), null=True))
    latitude = internal(models.FloatField(_("latitude"), null=True))

    class Meta:
        app_label = "places"
        constraints = [models.UniqueConstraint(fields=("site", "since"), name="places_site_status_once_a_day")]
