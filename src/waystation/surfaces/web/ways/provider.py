"""Signing in through the organisation's OpenID Connect provider: whoever it vouches for and the house knows."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.django_client import DjangoOAuth2App, OAuth
from authlib.integrations.requests_client import OAuth2Session
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from joserfc.errors import JoseError

from waystation.hall.entry import api
from waystation.kernel.refusals import Refused
from waystation.surfaces.web.ways.sitting import proceed, safe_next

AFTER = "after the provider"
SIGNATURES = {
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "EdDSA",
}  # of a key pair only
SECONDS = 10  # the provider has to answer
NEAR = {"localhost", "127.0.0.1"}
STRONG = {"mfa", "otp", "hwk", "fpt", "face"}  # RFC 8176: how the provider says that there was a second step


class Direct(OAuth2Session):  # type: ignore[misc]  # authlib comes without types
    """Asks the provider itself, and nobody it might send us on to."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.max_redirects = 0


class Client(DjangoOAuth2App):  # type: ignore[misc]  # authlib comes without types
    """The provider as authlib asks it."""

    client_cls = Direct

    def load_server_metadata(self) -> dict[str, Any]:
        """What it says of itself, with only the signatures we take. Raises ValueError when it is another than we meant."""
        found: dict[str, Any] = dict(super().load_server_metadata())
        announced = set(found.get("id_token_signing_alg_values_supported") or ["RS256"])
        found["id_token_signing_alg_values_supported"] = sorted(announced & SIGNATURES)
        if str(found.get("issuer", "")).rstrip("/") != settings.PROVIDER or not announced & SIGNATURES:
            raise ValueError("the provider is another one, or signs as nobody should")
        return found


def kept_secret() -> str:
    """What the provider knows the house by: ``WAYSTATION_PROVIDER_SECRET``, or the file ``keys/provider.secret``; else empty."""
    path = Path(settings.WAYSTATION_HOME) / "keys" / "provider.secret"
    return settings.PROVIDER_SECRET or (path.read_text(encoding="utf-8").strip() if path.exists() else "")


def _client() -> Any:
    """The provider as authlib knows it; 404 when the house has none. Asked by https only, unless it is on this machine."""

    where = urlsplit(settings.PROVIDER)
    if not settings.PROVIDER or not (where.scheme == "https" or where.hostname in NEAR):
        raise Http404
    return OAuth().register(
        "provider", client_cls=Client, client_id=settings.PROVIDER_CLIENT, client_secret=kept_secret(),
        server_metadata_url=f"{settings.PROVIDER}/.well-known/openid-configuration",
        client_kwargs={"scope": "openid email profile", "code_challenge_method": "S256", "default_timeout": SECONDS},
    )  # fmt: skip


def _refused(why: object) -> Refused:
    return Refused("entry.provider_refused", provider=settings.PROVIDER_NAME, why=why)


@require_POST
def leave_page(request: HttpRequest) -> HttpResponse:
    """``/sign-in/provider/``: go to the provider. Raises Refused when it cannot be reached."""
    request.session[AFTER] = safe_next(request, request.POST.get("next", ""))
    try:
        answer: HttpResponse = _client().authorize_redirect(request, f"{settings.ADDRESS}/sign-in/provider/back/")
    except (requests.RequestException, AuthlibBaseError, ValueError) as broken:
        raise _refused(_("it cannot be reached")) from broken
    return answer


@never_cache
def back_page(request: HttpRequest) -> HttpResponse:
    """``/sign-in/provider/back/``: what the provider says of whoever comes back. Raises Refused."""
    client = _client()
    try:
        issuer = client.load_server_metadata()["issuer"]
        said = client.authorize_access_token(request).get("userinfo")
    except (requests.RequestException, AuthlibBaseError, JoseError, ValueError, KeyError, TypeError) as broken:
        raise _refused(_("what it said could not be verified")) from broken
    if not said or not said.get("sub"):
        raise _refused(_("what it said could not be verified"))
    email = str(said.get("email", "")) if said.get("email_verified") is True else ""
    person = api.known_at_provider(issuer=issuer, subject=str(said["sub"]), email=email, name=str(said.get("name", "")))
    if person is None:
        raise Refused("entry.nobody_known", provider=settings.PROVIDER_NAME)
    strong = ["passkey"] if STRONG & set(said.get("amr") or []) else []
    return proceed(request, person, ["provider", *strong], request.session.pop(AFTER, "/"))
