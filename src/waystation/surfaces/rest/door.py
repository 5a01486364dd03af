"""The one door of the interface: who asks, how often, with which grant; what is refused is said as a problem document."""

from __future__ import annotations

import hashlib
import json
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.cache import patch_vary_headers
from django.utils.functional import Promise
from django.views.decorators.csrf import csrf_exempt

from waystation.kernel import scope as scopes
from waystation.kernel.house import held_key
from waystation.kernel.refusals import Refused, require
from waystation.kernel.scope import PUBLIC, Scope
from waystation.surfaces.rest import problems, rates
from waystation.surfaces.rest.refusals import status_of

log = logging.getLogger(__name__)
SAFE = ("GET", "HEAD")
View = Callable[..., HttpResponseBase]


@dataclass(frozen=True)
class Way:
    """What a method does at an address, and the grant that a key needs for it: ``read`` and ``act`` are asked of the
    address's register; ``any``: any key; empty: anybody may."""

    run: View
    grant: str = ""


def door(**ways: Way) -> View:
    """The view of an address: ``door(GET=Way(one, "read"), PATCH=Way(amend, "act"))``."""
    ways = {**ways, **({"HEAD": ways["GET"]} if "GET" in ways else {})}

    def view(request: HttpRequest, **names: Any) -> HttpResponseBase:
        response, allowance = _passed(request, ways, names)
        if allowance is not None:
            response["RateLimit-Limit"], response["RateLimit-Remaining"] = str(allowance.limit), str(allowance.left)
            response["RateLimit-Reset"] = str(allowance.reset)
            if allowance.wait:
                response["Retry-After"] = str(allowance.wait)
        response.headers.setdefault("Cache-Control", "private, no-cache")
        patch_vary_headers(response, ("Authorization", "Cookie", "Accept-Language"))
        if request.method == "HEAD" and isinstance(response, HttpResponse):
            response.content = b""
        return response

    return csrf_exempt(view)  # checked below, for those whom only a cookie names


def _passed(
    request: HttpRequest, ways: dict[str, Way], names: dict[str, Any]
) -> tuple[HttpResponseBase, rates.Allowance | None]:
    allowance = None
    try:
        try:
            asking, caller = _who(request)
        except Refused:
            allowance = _counted(_address(request), settings.API_RATE_PUBLIC)
            raise
        allowance = _counted(caller, settings.API_RATE if asking.actor else settings.API_RATE_PUBLIC)
        require(allowance.wait == 0, "rest.too_many", seconds=allowance.wait)
        way = ways.get(str(request.method))
        if way is None:
            raise Refused("rest.wrong_method", method=request.method, allowed=", ".join(ways))
        require(not any("\0" in str(name) for name in names.values()), "rest.no_such_address")
        _granted(asking, way.grant, names)
        _no_forgery(request, asking)
        with scopes.enter(asking):
            return _conditional(request, way.run(request, **names)), allowance
    except Refused as refused:
        response = problems.answer(refused, _meant(request, refused))
        if response.status_code == 405:
            response["Allow"] = ", ".join(ways)
        return response, allowance
    except (DataError, OverflowError):
        return problems.answer(Refused("rest.value_unfit")), allowance
    except Exception:  # whatever broke, a program is answered in its own language and told nothing of the inside
        log.exception(
            "the interface broke at %s %s", request.method, request.resolver_match and request.resolver_match.route
        )
        return problems.answer(Refused("rest.broken")), allowance


def _meant(request: HttpRequest, refused: Refused) -> int:
    """A version that was said in If-Match and is no longer so is 412; without it the same refusal is 409."""
    if refused.code == "kernel.changed_meanwhile" and "If-Match" in request.headers:
        return 412
    return status_of(refused.code)


def _who(request: HttpRequest) -> tuple[Scope, str]:
    """The scope of the key that was sent, else of whoever is signed in, else the public; and under which name they are
    counted. Raises Refused ``kernel.token_refused``."""
    given = request.headers.get("Authorization")
    if given is not None:
        kind, _space, key = given.partition(" ")
        require(kind.lower() == "bearer" and key.strip(), "kernel.token_refused")
        held = held_key(key.strip())
        return Scope(held.holder, grants=frozenset(held.grants.split())), f"key:{held.pk}"
    if request.user.is_authenticated:
        return Scope(request.user), f"actor:{request.user.pk}"
    return PUBLIC, _address(request)


def _address(request: HttpRequest) -> str:
    """Where a caller without a name calls from: behind our proxy, what it says last."""
    passed = request.headers.get("X-Forwarded-For", "") if settings.SECURE_PROXY_SSL_HEADER else ""
    return "from:" + (passed.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", ""))


def _counted(caller: str, limit: int) -> rates.Allowance:
    return rates.take(caller, limit, time.time())


def _granted(asking: Scope, grant: str, names: dict[str, Any]) -> None:
    if grant:
        require(asking.actor is not None, "rest.credentials_missing")
        register = str(names.get("register", ""))
        enough = grant == "any" or holds(asking, grant, register)
        require(enough, "rest.scope_missing", grant=f"{register}:{grant}" if register else grant)


def holds(asking: Scope, grant: str, register: str = "") -> bool:
    """Whether a scope holds a grant, everywhere or (``read`` and ``act``) for one register. A person holds them all."""
    return asking.grants is None or bool({grant, f"{register}:{grant}"} & asking.grants)


def _no_forgery(request: HttpRequest, asking: Scope) -> None:
    """A browser sends its cookie wherever it is led: of those whom nothing else names, Django's own check is asked."""
    if asking.actor is None or asking.grants is not None or request.method in SAFE:
        return
    check = CsrfViewMiddleware(_nothing)
    check.process_request(request)
    require(check.process_view(request, _nothing, (), {}) is None, "rest.stale_form")


def _nothing(_request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def told(content: Any, status: int = 200, **headers: str) -> HttpResponse:
    """An answer as JSON."""
    body = json.dumps(content, ensure_ascii=False, allow_nan=False, default=_worded).encode()
    return HttpResponse(body, content_type="application/json", status=status, headers=headers or None)


def _worded(value: Any) -> str:
    """Words that are translated when they are said. Anything else that is no JSON is a fault of ours."""
    if isinstance(value, Promise):
        return str(value)
    raise TypeError(f"{type(value).__name__} is no JSON")


def tag_of(content: bytes) -> str:
    """What tells one answer from another: the beginning of its digest."""
    return hashlib.sha256(content).hexdigest()[:16]


def _conditional(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Give an answer its ETag, and send nothing to whoever has it."""
    if request.method not in SAFE or response.status_code != 200 or not isinstance(response, HttpResponse):
        return response
    response.headers.setdefault("ETag", f'"{tag_of(response.content)}"')
    had = [one.strip().removeprefix("W/") for one in request.headers.get("If-None-Match", "").split(",")]
    if response["ETag"] in had or "*" in had:
        return HttpResponse(status=304, headers={"ETag": response["ETag"]})
    return response
