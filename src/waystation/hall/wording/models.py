"""What reviewers made of the translations."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from waystation.kernel.fields import internal
from waystation.kernel.models import Record


class Correction(Record):
    """What a reviewer says a message is called in a language: as the catalogue has it, or otherwise."""

    prefix = "WORD"
    language = internal(models.CharField(_("language"), max_length=10))
    message = internal(models.TextField(_("message"), editable=False))
    digest = internal(models.CharField(max_length=16, editable=False))
    forms = internal(models.JSONField(_("translation"), default=list))
    catalogued = internal(models.JSONField(_("before"), default=list, editable=False))

    class Meta:
        app_label = "wording"
        constraints = [models.UniqueConstraint(fields=("language", "digest"), name="message_corrected_once")]

    def __str__(self) -> str:
        return self.message[:80]
