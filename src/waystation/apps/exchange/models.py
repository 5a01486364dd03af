"""What outside exchanges hold of ours, and the plans that were read for whether they use it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from waystation.kernel.fields import Ref, public
from waystation.kernel.models import Record, Release
from waystation.kernel.values import today


class Feed(Record):
    """A dataset of ours on an outside exchange: about one country, holding one release, up from a day until it is retired."""

    prefix = "FEED"
    venue = public(models.CharField(_("exchange"), max_length=20))
    title = public(models.CharField(_("title there"), max_length=200))
    country = public(Ref("places.Country", to_field="iso3", verbose_name=_("country")))
    address = public(models.URLField(_("address"), max_length=500))
    release = public(models.ForeignKey(Release, models.PROTECT, related_name="+", verbose_name=_("release it holds")))
    since = public(models.DateField(_("there since"), default=today))
    updated_on = public(models.DateField(_("last updated"), default=today))
    downloads = public(models.PositiveBigIntegerField(_("downloads the exchange reports"), null=True, blank=True))
    reported_on = public(models.DateField(_("downloads reported on"), null=True, blank=True))
    retired_on = public(models.DateField(_("retired on"), null=True, editable=False))

    class Meta:
        app_label = "exchange"
        constraints = [
            models.UniqueConstraint(fields=("address",), condition=models.Q(state="active"), name="feed_address_once"),
        ]

    def __str__(self) -> str:
        return self.title


class Plan(Record):
    """A humanitarian needs overview or response plan, read for whether it uses tracking data, with where it shows."""

    prefix = "PLAN"
    kind = public(models.CharField(_("kind of document"), max_length=20))
    title = public(models.CharField(_("document"), max_length=300))
    country = public(Ref("places.Country", to_field="iso3", verbose_name=_("country")))
    year = public(models.PositiveSmallIntegerField(_("year it plans for")))
    use = public(models.CharField(_("use of tracking data"), max_length=10))
    evidence = public(models.TextField(_("where it shows"), help_text=_("Pages and what they cite.")))
    address = public(models.URLField(_("address"), max_length=500, blank=True))

    class Meta:
        app_label = "exchange"
        constraints = [
            models.UniqueConstraint(
                fields=("country", "year", "kind", "title"), condition=models.Q(state="read"), name="plan_read_once"
            ),
        ]

    def __str__(self) -> str:
        return self.title
