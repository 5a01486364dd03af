"""What people write and put in the margin of a record, and which records they follow."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from waystation.kernel.fields import Ref, internal, personal
from waystation.kernel.models import Actor, Record
from waystation.kernel.rules import named
from waystation.kernel.sight import Sighted, sighted
from waystation.kernel.values import now


class Note(Record):
    """In the margin of a record: the name of its register, and its key there."""

    register = internal(models.CharField(_("register"), max_length=80, editable=False))
    key = internal(models.PositiveBigIntegerField(_("key of the record"), editable=False))

    class Meta:
        abstract = True
        indexes = [models.Index(fields=("register", "key"), name="%(class)s_about")]


class Comment(Note):
    """What somebody wrote about a record. ``mentioned`` are all whom it has ever named."""

    prefix = "COM"
    text = personal(models.TextField(_("comment"), blank=True))
    mentioned = internal(models.ManyToManyField(Actor, related_name="+"))

    class Meta(Note.Meta):
        app_label = "notes"


class Attachment(Note):
    """A file put to a record: kept by its content, so that the same file put to two records is kept once."""

    prefix = "ATT"
    name = personal(models.CharField(_("name of the file"), max_length=200))
    kind = internal(models.CharField(_("kind of file"), max_length=100))
    size = internal(models.PositiveBigIntegerField(_("bytes")))
    digest = internal(models.CharField("SHA-256", max_length=64, db_index=True))

    class Meta(Note.Meta):
        app_label = "notes"


class Follow(models.Model):
    """That somebody wants to be told what happens to a record. It is their own bookmark: nobody else sees it, no trail keeps it."""

    person = internal(Ref(Actor))
    subject = internal(models.CharField(max_length=120, db_index=True))  # as the trail names a record
    since = internal(models.DateTimeField(default=now))
    objects = Sighted()
    everything = models.Manager()

    class Meta:
        app_label = "notes"
        constraints = [models.UniqueConstraint(fields=("person", "subject"), name="follow_once")]


sighted(Follow, named("person", words="it is yours"))
