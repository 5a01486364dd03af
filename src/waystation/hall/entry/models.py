"""Invitations, ways in, and sessions."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore as TableStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils.translation import gettext_lazy as _

from waystation.kernel.fields import EncryptedText, internal, personal, sensitive
from waystation.kernel.keys import keyed_digest
from waystation.kernel.models import Actor, Record
from waystation.kernel.refusals import Refused
from waystation.kernel.values import now

SEEN_EVERY = timedelta(minutes=1)


class Invitation(Record):
    """A link that lets its person set a password once. Only its keyed digest is stored; the link is shown once."""

    prefix = "INV"
    person = internal(models.ForeignKey(Actor, models.PROTECT, related_name="+", verbose_name=_("person")))
    fingerprint = internal(models.CharField(max_length=64, unique=True, editable=False))
    expires_at = internal(models.DateTimeField(_("valid until"), editable=False))

    class Meta:
        app_label = "entry"


class Way(Record):
    """A way in beside the password: an authenticator app, a passkey, or an account at the organisation's provider.

    ``secret``: JSON, by kind (app: secret and digests of recovery codes; passkey: the public half). ``handle``: keyed digest by
    which a passkey or a provider's account is found. ``seen``: the last time step or signature count, so that none works twice.
    """

    prefix = "WAY"
    KINDS = {"app": _("authenticator app"), "passkey": _("passkey"), "provider": _("account at the provider")}
    holder = internal(models.ForeignKey(Actor, models.PROTECT, related_name="+", verbose_name=_("holder")))
    kind = internal(models.CharField(_("kind"), max_length=20, choices=list(KINDS.items())))
    name = internal(models.CharField(_("name"), max_length=80))
    secret = sensitive(EncryptedText(editable=False))
    handle = internal(models.CharField(max_length=64, null=True, unique=True, editable=False))
    seen = internal(models.BigIntegerField(default=0, editable=False))
    used_at = internal(models.DateTimeField(_("last used"), null=True, editable=False))

    class Meta:
        app_label = "entry"


class Session(AbstractBaseSession):
    """A browser that is signed in. What opens it is not stored: ``session_key`` is the keyed digest of the cookie's key."""

    session_key = internal(models.CharField(primary_key=True, max_length=64))
    session_data = sensitive(EncryptedText())
    expire_date = internal(models.DateTimeField(db_index=True))
    person = internal(models.ForeignKey(Actor, models.CASCADE, null=True, related_name="+"))
    device = personal(models.CharField(max_length=80, blank=True))
    began_at = internal(models.DateTimeField(null=True))
    seen_at = internal(models.DateTimeField(default=now))

    class Meta(AbstractBaseSession.Meta):
        abstract = False
        app_label = "entry"

    @classmethod
    def get_session_store_class(cls) -> type[SessionStore]:
        return SessionStore


class SessionStore(TableStore):
    """Sessions in the database that end when nobody used them for a while, and in any case after a day's work.

    ``settings.SESSION_ENGINE`` names this module. What signing in noted under ``device`` and ``began`` goes to their columns.
    """

    @classmethod
    def get_model_class(cls) -> type[Any]:
        return Session

    @staticmethod
    def digest(session_key: str) -> str:
        """How a session is called in the table."""
        return keyed_digest("sessions", session_key.encode())

    def _get_session_from_db(self) -> Session | None:
        moment = now()
        idle = moment - timedelta(seconds=settings.SESSION_IDLE_SECONDS)
        key = self.digest(str(self.session_key))
        try:
            row = Session.objects.filter(session_key=key, expire_date__gt=moment, seen_at__gt=idle).first()
        except Refused:  # sealed with a key that the house no longer holds
            row = None
        oldest = moment - timedelta(seconds=settings.SESSION_COOKIE_AGE)
        if row is None or (row.began_at is not None and row.began_at < oldest):
            self._session_key = None
            return None
        if row.seen_at < moment - SEEN_EVERY:
            Session.objects.filter(session_key=key).update(seen_at=moment)
        return row

    def exists(self, session_key: str) -> bool:
        return Session.objects.filter(session_key=self.digest(session_key)).exists()

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        row: Any = super().create_model_instance(data)
        row.session_key = self.digest(row.session_key)
        row.person_id = data.get("_auth_user_id")
        row.device, row.seen_at = data.get("device", ""), now()
        row.began_at = datetime.fromisoformat(data["began"]) if "began" in data else None
        return row

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is not None:
            Session.objects.filter(session_key=self.digest(key)).delete()
