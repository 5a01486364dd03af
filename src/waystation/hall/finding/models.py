"""The index: what each record is called, folded. The words themselves are indexed beside it, by each database in its own way."""

from __future__ import annotations

from django.db import models

from waystation.kernel.fields import internal


class Entry(models.Model):
    """One record. Its key holds register and record (``queries.keys``), so entries of a register stand together, newest last.

    ``text`` is its words between spaces, with one before the first and one after the last. Nothing personal is in it.
    """

    id = internal(models.BigIntegerField(primary_key=True))
    ref = internal(models.CharField(max_length=80, db_index=True))
    name = internal(models.CharField(max_length=120))
    text = internal(models.TextField())

    class Meta:
        app_label = "finding"
        indexes = [models.Index(fields=("name", "-id"), name="finding_entry_name")]


class Mark(models.Model):
    """How far a rebuilding of the index has come in a register, so that it goes on from there when it was broken off."""

    register = internal(models.CharField(max_length=80, unique=True))
    reached = internal(models.BigIntegerField())

    class Meta:
        app_label = "finding"
