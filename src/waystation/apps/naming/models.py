"""What is kept of names: questions that a person must decide, and decisions that hold for a source."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from waystation.kernel.fields import internal
from waystation.kernel.models import Record


class Named(Record):
    """A name as a source writes it: of which country, at which level, below which place."""

    source = internal(models.CharField(_("source"), max_length=300))
    country = internal(models.CharField(_("country (ISO alpha-3)"), max_length=3))
    level = internal(models.PositiveSmallIntegerField(_("level")))
    text = internal(models.CharField(_("name"), max_length=300))
    key = internal(models.CharField(max_length=300, editable=False))
    above = internal(models.CharField(_("p-code above"), max_length=40, blank=True))
    under = internal(models.CharField(max_length=300, blank=True, editable=False))  # the same, or the name said above

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.text


class Question(Named):
    """A name whose place is uncertain, with the places it may mean; ``code`` is what was decided, empty for no such place."""

    prefix: ClassVar[str] = "NAME"
    above_said = internal(models.CharField(_("said to lie in"), max_length=300, blank=True))
    rows = internal(models.PositiveIntegerField(_("rows"), default=1))
    candidates = internal(models.JSONField(_("candidates"), default=list))
    doubt = internal(models.CharField(_("why it is asked"), max_length=20, blank=True))
    code = internal(models.CharField(_("decided code"), max_length=80, blank=True, editable=False))
    why = internal(models.CharField(_("note"), max_length=300, blank=True, editable=False))

    class Meta:
        app_label = "naming"
        constraints = [
            models.UniqueConstraint(
                fields=("source", "country", "level", "under", "key"), condition=models.Q(state__in=("open", "aside")),
                name="naming_question_once",
            )
        ]  # fmt: skip
        indexes = [models.Index(fields=("state", "source", "country"), name="naming_question_queue")]


class Decision(Named):
    """What a name means when this source writes it; without a code there is no such place."""

    prefix: ClassVar[str] = "MEANS"
    code = internal(models.CharField(_("p-code"), max_length=80, blank=True))

    class Meta:
        app_label = "naming"
        constraints = [
            models.UniqueConstraint(
                fields=("source", "country", "level", "under", "key"), condition=models.Q(state="kept"),
                name="naming_decision_once",
            )
        ]  # fmt: skip
        indexes = [models.Index(fields=("country", "state", "source"), name="naming_decision_source")]
