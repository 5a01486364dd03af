"""Links of invitations, and one's own password."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import authenticate, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from waystation.hall.entry import acts, api
from waystation.kernel.acts import Secret, do
from waystation.kernel.models import Actor
from waystation.kernel.refusals import Problem, Refused
from waystation.surfaces.web.ways.sitting import proceed

NEW = {"autocomplete": "new-password"}
RULES = gettext_lazy("At least twelve characters, not a common password, not like your name. A sentence is good.")


class PasswordForm(forms.Form):
    """A new password, twice."""

    password = forms.CharField(
        label=gettext_lazy("New password"),
        strip=False,
        max_length=200,
        help_text=RULES,
        widget=forms.PasswordInput(attrs=NEW),
    )
    again = forms.CharField(
        label=gettext_lazy("The same again"), strip=False, max_length=200, widget=forms.PasswordInput(attrs=NEW)
    )

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if said.get("password") != said.get("again"):
            self.add_error("again", _("The two are not the same. Write it again."))
        return said


class ChangeForm(PasswordForm):
    """The present password before the new one."""

    current = forms.CharField(
        label=gettext_lazy("Your password now"), strip=False, max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )  # fmt: skip
    field_order = ("current", "password", "again")


@never_cache
def invitation_page(request: HttpRequest, token: str) -> HttpResponse:
    """``/invitation/<token>/``: set a password with a link, once, and go in. Raises Refused when the link opens nothing."""
    invited = api.invited(token=token)
    form = PasswordForm(request.POST or None)
    problems: list[Problem] = []
    if request.method == "POST" and form.is_valid():
        try:
            person = api.accept(token=token, password=form.cleaned_data["password"])
            return proceed(request, person, ["password"], "/")
        except Refused as refused:
            problems = refused.problems
    context = {"title": _("Welcome") if invited.first else _("New password"), "invited": invited, "form": form,
               "problems": problems, "button": _("Set the password and go in")}  # fmt: skip
    return render(request, "web/ways/invitation.html", context, status=422 if problems or form.errors else 200)


@login_required
@never_cache
def password_page(request: HttpRequest) -> HttpResponse:
    """``/me/password/``: change one's own password. All other sessions end; keys of programs go on."""
    person = Actor.everything.get(pk=str(request.user.pk))
    form = ChangeForm(request.POST or None)
    problems: list[Problem] = []
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            # Asked at the door as well, so that its lock counts what is tried here.
            if authenticate(request, username=person.username, password=said["current"]) is None:
                raise Refused("entry.wrong_password")
            changed = do(
                acts.change_password, person, current=Secret(said["current"]), password=Secret(said["password"])
            )
            update_session_auth_hash(request, changed.record)
            api.sign_out(person=person, but=request.session.session_key or "")
            messages.success(request, _("Your password is changed. Everywhere else you are signed out."))
            return redirect("me")
        except Refused as refused:
            problems = refused.problems
    context = {"title": _("Change my password"), "form": form, "problems": problems, "button": _("Change it")}
    return render(request, "web/ways/password.html", context, status=422 if problems or form.errors else 200)
