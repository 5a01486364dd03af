"""The house: offices in a tree, the people who act, the duties they hold, the keys they gave to programs."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from waystation.kernel.fields import internal, personal, public
from waystation.kernel.rules import duties
from waystation.kernel.scope import NoScope
from waystation.kernel.sight import Sighted
from waystation.kernel.values import fresh_id, now, today

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: nothing that reads like another


class Office(models.Model):
    """A place in the organisation's tree; a duty held here is held in all offices below."""

    code = public(models.CharField(_("code"), max_length=20, unique=True))
    name = public(models.CharField(_("name"), max_length=200))
    parent = public(models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children"))
    path = internal(models.CharField(max_length=500, db_index=True, editable=False))
    objects = Sighted()
    everything = models.Manager()

    class Meta:
        app_label = "kernel"
        ordering = ("path",)

    def save(self, *args: Any, **kwargs: Any) -> None:
        above = self.parent.path if self.parent else "/"
        self.path = f"{above}{self.code}/"
        super().save(*args, **kwargs)

    def __str__(self) -> str:
        return self.name


class Record(models.Model):
    """What every register keeps of each record: its reference, where it belongs, who wrote it, its state and version."""

    ref = public(models.CharField(_("reference"), max_length=80, unique=True, editable=False))
    office = internal(models.ForeignKey(Office, models.PROTECT, related_name="+"))
    author = internal(models.ForeignKey("kernel.Actor", models.PROTECT, null=True, editable=False, related_name="+"))
    state = public(models.CharField(_("state"), max_length=30, editable=False))
    version = public(models.PositiveIntegerField(default=0, editable=False))
    created_at = internal(models.DateTimeField(_("created"), editable=False, default=now))
    objects = Sighted()
    everything = models.Manager()
    prefix: ClassVar[str] = "REC"

    class Meta:
        abstract = True

    def natural_ref(self) -> str:
        """The reference people will quote; models with a name of their own in the field override it."""
        number = int(fresh_id(5), 16)
        digits = "".join(_ALPHABET[(number >> shift) & 31] for shift in range(35, -5, -5))
        return f"{self.prefix}-{digits}"

    def __str__(self) -> str:
        return self.ref


class ActorDesk(BaseUserManager["Actor"], Sighted):
    """Actors one may see; all of them for signing in, when nobody is asking yet."""

    def get_queryset(self) -> models.QuerySet[Any]:
        try:
            return super().get_queryset()
        except NoScope:
            return models.QuerySet(self.model, using=self._db)

    def get_by_natural_key(self, username: str | None) -> Actor:
        """The person who gives this name at the door: whoever stands outside sees nobody."""
        found: Actor = self.model.everything.get(username=username)
        return found


class Actor(AbstractBaseUser, Record):
    """A person who acts. What they may do is only in their duties; there is no superuser."""

    username = internal(models.CharField(_("user name"), max_length=80, unique=True))
    name = internal(models.CharField(_("name"), max_length=200))
    email = personal(models.EmailField(_("e-mail"), blank=True))
    language = internal(models.CharField(_("language"), max_length=10, default="en"))
    office = internal(models.ForeignKey(Office, models.PROTECT, related_name="people"))
    is_active = internal(models.BooleanField(default=True))
    password = personal(models.CharField(_("password"), max_length=128))
    last_login = internal(models.DateTimeField(_("last sign-in"), null=True, blank=True))
    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects: ClassVar[ActorDesk] = ActorDesk()

    class Meta:
        app_label = "kernel"
        ordering = ("name",)

    def natural_ref(self) -> str:
        return self.username

    def __str__(self) -> str:
        return self.name


class DutyGrant(Record):
    """A duty held by a person at an office for a time; ``lent_from``: the grant its holder lends while away."""

    prefix = "DUTY"
    holder = internal(models.ForeignKey(Actor, models.PROTECT, related_name="grants"))
    duty = internal(models.CharField(_("duty"), max_length=80))
    since = internal(models.DateField(_("since"), default=today))
    until = internal(models.DateField(_("until"), null=True, blank=True))
    lent_from = internal(models.ForeignKey("self", models.PROTECT, null=True, editable=False, related_name="loans"))

    class Meta:
        app_label = "kernel"

    def __str__(self) -> str:
        return f"{duties.get(self.duty, self.duty)} ({self.office})"


class AccessToken(Record):
    """A key a person gave to a program. Only its keyed digest is stored; the key is shown once."""

    prefix = "KEY"
    holder = internal(models.ForeignKey(Actor, models.PROTECT, related_name="tokens"))
    grants = internal(models.CharField(_("scope"), max_length=1000))
    fingerprint = internal(models.CharField(max_length=64, unique=True, editable=False))
    expires_on = internal(models.DateField(_("expires"), null=True, blank=True))
    used_on = internal(models.DateField(_("last used"), null=True, editable=False))

    class Meta:
        app_label = "kernel"
