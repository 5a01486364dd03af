"""A view keeps what a list was asked, as its address says it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from waystation.kernel.fields import internal
from waystation.kernel.models import Office, Record


class View(Record):
    """A list's question under a name. ``shared_with``: seen in this office and those below it; ``first``: what its author
    sees when they open the list."""

    prefix = "VIEW"
    name = internal(models.CharField(_("name"), max_length=80))
    register = internal(models.CharField(_("list"), max_length=80, editable=False))
    query = internal(models.CharField(_("question"), max_length=2000, blank=True))
    shared_with = internal(
        models.ForeignKey(
            Office, models.PROTECT, null=True, editable=False, verbose_name=_("shared with"), related_name="+"
        )
    )
    first = internal(models.BooleanField(_("opens first"), default=False, editable=False))

    class Meta:
        app_label = "views"
        indexes = [models.Index(fields=("register", "author"), name="views_of_list")]

    def __str__(self) -> str:
        return self.name
