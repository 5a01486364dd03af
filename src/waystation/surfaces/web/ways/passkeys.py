"""Passkeys: added on one's own page, used at the door. The ceremony is the browser's; our script only carries it into a form."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from fido2.server import Fido2Server
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from waystation.hall.entry import acts, api
from waystation.kernel.acts import Secret, do
from waystation.kernel.keys import keyed_digest
from waystation.kernel.models import Actor
from waystation.kernel.refusals import Problem, Refused
from waystation.surfaces.web.ways.second import without_password
from waystation.surfaces.web.ways.sitting import HALF, let_in, stepped

CHALLENGE = "passkey challenge"
VERIFIED = UserVerificationRequirement.REQUIRED  # a finger, a face or a number: so it is two steps in one
MALFORMED = (
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
)  # what the library raises for what no browser of ours would send


class PasskeyForm(forms.Form):
    """What adding a passkey asks for; the script fills in the credential."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=80,
        help_text=gettext_lazy("To tell it from others: my phone, the blue key."),
    )
    password = forms.CharField(
        label=gettext_lazy("Your password"), required=False, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )  # fmt: skip
    credential = forms.CharField(widget=forms.HiddenInput, required=False, max_length=20_000)


def _server(request: HttpRequest) -> Fido2Server:
    host = request.get_host()
    name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
    ours = f"{request.scheme}://{host}"
    return Fido2Server(
        PublicKeyCredentialRpEntity(id=name, name=name), verify_origin=lambda origin: bool(origin == ours)
    )


@login_required
@never_cache
def passkeys_page(request: HttpRequest) -> HttpResponse:
    """``/me/passkeys/``: add a passkey."""
    person: Any = request.user
    form = PasskeyForm(request.POST or None)
    problems: list[Problem] = []
    without_password(form, person)
    if request.method == "POST" and form.is_valid():
        try:
            _add(request, form.cleaned_data)
            messages.success(request, _("The passkey opens the door from now on."))
            return redirect("me")
        except Refused as refused:
            problems = refused.problems
    known = [AttestedCredentialData(websafe_decode(one)) for one in api.passkeys(person=person)]
    user = PublicKeyCredentialUserEntity(
        id=bytes.fromhex(keyed_digest("ways", f"user:{person.pk}".encode())),
        name=person.username,
        display_name=person.name,
    )
    options, state = _server(request).register_begin(
        user, known, resident_key_requirement=ResidentKeyRequirement.REQUIRED, user_verification=VERIFIED
    )
    request.session[CHALLENGE] = state
    context = {"title": _("Add a passkey"), "form": form, "problems": problems, "options": _told(options)}
    return render(request, "web/ways/passkey.html", context, status=422 if problems or form.errors else 200)


def _add(request: HttpRequest, said: dict[str, Any]) -> None:
    state = request.session.pop(CHALLENGE, None)
    try:
        found = _server(request).register_complete(state, json.loads(said["credential"])).credential_data
    except MALFORMED as wrong:
        raise Refused("entry.passkey_refused") from wrong
    if found is None:
        raise Refused("entry.passkey_refused")
    handle = api.handle_of("passkey", found.credential_id)
    kept = Secret(websafe_encode(bytes(found)))
    do(
        acts.add_passkey,
        name=said["name"],
        credential=kept,
        handle=Secret(handle),
        password=Secret(said.get("password", "")),
    )
    request.session.cycle_key()
    stepped(request, "passkey")


@never_cache
def sign_in_page(request: HttpRequest) -> HttpResponse:
    """``/sign-in/passkey/``: come in with a passkey, alone or as the second step."""
    problems: list[Problem] = []
    half = request.session.get(HALF) or {}
    after = request.POST.get("next", "") or request.GET.get("next", "") or half.get("next", "/")
    if request.method == "POST":
        try:
            return let_in(request, _proven(request), ["passkey"], after)
        except Refused as refused:
            problems = refused.problems
    options, state = _server(request).authenticate_begin(user_verification=VERIFIED)
    request.session[CHALLENGE] = state
    context = {"title": _("Sign in with a passkey"), "problems": problems, "options": _told(options), "next": after}
    return render(request, "web/ways/passkey_in.html", context, status=422 if problems else 200)


def _proven(request: HttpRequest) -> Actor:
    state = request.session.pop(CHALLENGE, None)
    try:
        sent = json.loads(request.POST.get("credential", "")[:20_000])
        answer = AuthenticationResponse.from_dict(sent)
        known = api.passkey(handle=answer.raw_id)
        if known is None or state is None:
            raise Refused("entry.passkey_refused")
        credential = AttestedCredentialData(websafe_decode(known.credential))
        _server(request).authenticate_complete(state, [credential], sent)
    except MALFORMED as wrong:
        raise Refused("entry.passkey_refused") from wrong
    return api.came_in(ref=known.ref, count=answer.response.authenticator_data.counter)


def _told(options: Any) -> str:
    """What the browser is asked, as JSON; the script reads it from the form."""
    return json.dumps(dict(options)["publicKey"])
