"""The second step: a code of an authenticator app. Asked at signing in, set up on one's own page, demanded of some duties."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import segno
from django import forms
from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from waystation.hall.entry import acts, api
from waystation.hall.entry.queries import steps
from waystation.kernel import scope as scopes
from waystation.kernel.acts import Secret, do
from waystation.kernel.models import Actor
from waystation.kernel.refusals import Problem, Refused
from waystation.kernel.scope import Scope
from waystation.surfaces.web.ways.sitting import SECOND, half_in, proceed, stepped

OFFERED = "app offered"
OPEN_TO_ALL = ("/me/second-step/", "/me/passkeys/", "/sign-out/", "/language/", "/health/", "/static/")


class SecondStep:
    """Django's way to ask: whoever has done the first step gives a code. The lock of the door counts what is wrong here too."""

    def authenticate(self, request: HttpRequest | None, username: str, code: str) -> Actor | None:
        """The person when the code is theirs and was not used before."""
        person = Actor.everything.filter(username=username, is_active=True).first()
        return person if person is not None and api.prove(person=person, code=code) else None

    def get_user(self, key: Any) -> Actor | None:
        """Sessions are the password's business, whatever opened them."""
        return None


class CodeForm(forms.Form):
    """A code of the app, or a recovery code."""

    code = forms.CharField(
        label=gettext_lazy("Code"), max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}),
        help_text=gettext_lazy("Six digits from your authenticator app, or one of your recovery codes."),
    )  # fmt: skip


class AppForm(forms.Form):
    """What adding an app asks for."""

    code = forms.CharField(
        label=gettext_lazy("Code that the app shows now"), max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )  # fmt: skip
    password = forms.CharField(
        label=gettext_lazy("Your password"), required=False, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )  # fmt: skip


@never_cache
def second_page(request: HttpRequest) -> HttpResponse:
    """``/sign-in/second/``: the second step of somebody who has done the first within ten minutes."""
    half = half_in(request)
    person = Actor.everything.filter(pk=half["person"], is_active=True).first() if half else None
    if half is None or person is None:
        return redirect("sign-in")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        found: Any = authenticate(request, username=person.username, code=form.cleaned_data["code"])
        if found is not None:
            return proceed(request, found, [*half["steps"], "app"], half["next"])
        form.add_error("code", str(Problem("entry.wrong_code")))
    kinds = {one.kind for one in api.ways_in(person=person)}
    context = {"title": _("Second step"), "form": form, "kinds": kinds, "button": _("Go on")}
    return render(request, "web/ways/second.html", context, status=422 if form.errors else 200)


@login_required
@never_cache
def app_page(request: HttpRequest) -> HttpResponse:
    """``/me/second-step/``: add an authenticator app, or see the one there is and make new recovery codes."""
    person: Any = request.user
    has = next((one for one in api.ways_in(person=person) if one.kind == "app"), None)
    form = AppForm(request.POST or None) if has is None else NewCodesForm(request.POST or None)
    problems: list[Problem] = []
    without_password(form, person)
    if request.method == "POST" and form.is_valid():
        try:
            return _codes(request, _told(request, person, form.cleaned_data))
        except Refused as refused:
            problems = refused.problems
    context = {
        "title": _("Second step"),
        "form": form,
        "has": has,
        "problems": problems,
        "demanded": demanded(scopes.current()),
    }
    if has is None:
        context |= _offer(request, person)
    return render(request, "web/ways/app.html", context, status=422 if problems or form.errors else 200)


def without_password(form: forms.Form, person: Actor) -> None:
    """Whoever has no password is not asked for it."""
    if not person.has_usable_password():
        form.fields.pop("password")


class NewCodesForm(forms.Form):
    """What making new recovery codes asks for."""

    password = AppForm.base_fields["password"]


def _told(request: HttpRequest, person: Actor, said: dict[str, Any]) -> list[str]:
    password = Secret(said.get("password", ""))
    way = steps.app_of(person)
    if way is not None:
        codes: list[str] = do(acts.new_codes, way, password=password).answer["codes"]
        return codes
    secret = request.session.get(OFFERED, "")
    done = do(acts.add_app, secret=Secret(secret), code=Secret(said["code"]), password=password)
    request.session.pop(OFFERED, None)
    request.session.cycle_key()
    stepped(request, "app")
    shown: list[str] = done.answer["codes"]
    return shown


def _offer(request: HttpRequest, person: Actor) -> dict[str, Any]:
    """The secret offered to this session, the same until it is taken, and its QR code."""
    offer = api.app_offer(person=person, secret=request.session.get(OFFERED, ""))
    request.session[OFFERED] = offer.secret
    drawn = segno.make(offer.address, micro=False).svg_inline(scale=5, border=3, light="#fff", dark="#000")
    words = " ".join(offer.secret[at : at + 4] for at in range(0, len(offer.secret), 4))
    return {"drawn": mark_safe(drawn), "secret": words, "address": offer.address}  # noqa: S308 - drawn by segno, of digits and paths


def _codes(request: HttpRequest, codes: list[str]) -> HttpResponse:
    response = render(request, "web/ways/codes.html", {"title": _("Recovery codes"), "codes": codes})
    response["Cache-Control"] = "no-store"
    return response


def demanded(scope: Scope) -> bool:
    """Whether the house demands a second step of somebody with these duties (``WAYSTATION_SECOND_STEP``)."""
    wanted = set(settings.SECOND_STEP)
    return bool(wanted) and scope.actor is not None and ("all" in wanted or bool(wanted & scope.duties))


def proven(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: who must use a second step and came in without one first sets it up; nothing else is open until then."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and settings.SECOND_STEP and not request.path.startswith(OPEN_TO_ALL):
            done = set(request.session.get("steps", [])) & {*SECOND, "persona"}
            if not done and demanded(scopes.current()):
                return redirect("app")
        return get_response(request)

    return middleware
