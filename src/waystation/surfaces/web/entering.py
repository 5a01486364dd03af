"""Signing in and out, and personas of the demonstration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from waystation.kernel import scope as scopes
from waystation.kernel.models import Actor, DutyGrant
from waystation.kernel.rules import duties
from waystation.surfaces.web import errors
from waystation.surfaces.web.ways.sitting import let_in, proceed

LOOPBACK = {"127.0.0.1", "::1"}
LOOPBACK_HOSTS = {"127.0.0.1", "localhost", "[::1]"}
PASSED_ON = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA")


def personas_open(request: HttpRequest) -> bool:
    """Whether one may sign in as a persona without a password: only in a demonstration, only from this very machine.

    A request that a proxy on this machine passed on comes from somewhere else and is not from this machine.
    """
    host = request.get_host()
    name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
    near = request.META.get("REMOTE_ADDR") in LOOPBACK and name in LOOPBACK_HOSTS
    return settings.WAYSTATION_DEMO and near and not any(request.META.get(key) for key in PASSED_ON)


@dataclass(frozen=True)
class Persona:
    """A person of the demonstration and what they do there."""

    username: str
    name: str
    office: str
    duties: list[str]


def personas() -> list[Persona]:
    """Everyone in the house with what they do there, as the list one signs in from."""
    with scopes.enter(scopes.house("personas of the demonstration")):
        held: dict[Actor, list[str]] = {
            one: [] for one in Actor.objects.filter(is_active=True).select_related("office").order_by("pk")
        }
        for grant in DutyGrant.objects.filter(state="held", holder__in=held).select_related("office").order_by("pk"):
            told = _("{duty} ({office})").format(duty=duties.get(grant.duty, grant.duty), office=grant.office)
            held[grant.holder].append(told)
    return [Persona(one.username, one.name, str(one.office), told) for one, told in held.items()]


class SignOut(LogoutView):
    """``/sign-out/``: the session ends, and the browser forgets the pages it kept."""

    next_page = "/sign-in/"

    def dispatch(self, request: HttpRequest, *args: Any, **more: Any) -> HttpResponse:
        answer = super().dispatch(request, *args, **more)
        answer["Clear-Site-Data"] = '"cache"'
        return answer


class SignIn(LoginView):
    """``/sign-in/``: user name and password; after too many wrong ones the door stays shut for a while."""

    template_name = "web/sign_in.html"
    redirect_authenticated_user = True

    def get_form(self, form_class: Any = None) -> AuthenticationForm:
        form: AuthenticationForm = super().get_form(form_class)
        form.error_messages["invalid_login"] = _(
            "User name and password do not go together. Check both; capital letters count. After five wrong tries this door "
            "stays shut for an hour."
        )
        return form

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        opened = personas_open(self.request)
        context = {
            "title": _("Sign in"),
            "personas": personas() if opened else [],
            "next": self.get_redirect_url(),
            "provider": settings.PROVIDER_NAME,
            **more,
        }
        found: dict[str, Any] = super().get_context_data(**context)
        return found

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        person: Any = form.get_user()
        return proceed(self.request, person, ["password"], self.get_success_url())


@require_POST
def sign_in_as(request: HttpRequest) -> HttpResponse:
    """``/sign-in/as/``: as a persona, in a demonstration on this machine; 404 anywhere else."""
    if not personas_open(request):
        raise Http404
    wanted = request.POST.get("username", "")
    if wanted not in {one.username for one in personas()}:
        raise Http404
    person = Actor.everything.get(username=wanted)
    return let_in(request, person, ["persona"], request.POST.get("next", ""))


def locked_out(request: HttpRequest, _response: Any = None, *_rest: Any, **_more: Any) -> HttpResponse:
    """What is shown when the door is shut after too many wrong passwords."""
    text = _(
        "There were too many wrong passwords for this user name from here. Wait an hour, then try again, or ask your steward."
    )
    return errors.page(request, 429, _("The door is shut for a while"), text, "web.locked_out")
