"""A person's page of notices: what they are told, what they have read, and how they want to be told."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from waystation.hall.notices import api as notices
from waystation.kernel import scope as scopes
from waystation.kernel.refusals import Refused

SHOWN = 50
LONGEST = 18  # digits of an id


@login_required
def notices_page(request: HttpRequest) -> HttpResponse:
    """``/notices/``: the newest notices, older ones by ``?before=``."""
    return _page(request)


def _page(request: HttpRequest, refused: Refused | None = None) -> HttpResponse:
    before = request.GET.get("before", "")
    lines, onward = notices.notices(SHOWN, int(before) if before.isdecimal() and len(before) <= LONGEST else None)
    person = scopes.current().actor
    context = {
        "title": _("Notices"), "lines": lines, "onward": onward, "ways": notices.ways(), "chosen": notices.chosen(),
        "reachable": bool(person and person.email), "problems": refused.problems if refused else [],
    }  # fmt: skip
    return render(request, "web/notices.html", context, status=refused.status if refused else 200)


@login_required
@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """Mark the notices that were sent as read, or all of them; ids that are not one's own are nobody's."""
    if request.POST.get("all") == "yes":
        count = notices.mark_read()
    else:
        count = notices.mark_read(
            int(one) for one in request.POST.getlist("id") if one.isdecimal() and len(one) <= LONGEST
        )
    messages.success(request, ngettext("{n} notice is read.", "{n} notices are read.", count).format(n=count))
    return HttpResponseRedirect(reverse("notices"), status=303)


@login_required
@require_POST
def how(request: HttpRequest) -> HttpResponse:
    """Choose how one is told. What there is no such way for is refused on the page."""
    try:
        notices.choose(request.POST.get("how", ""))
    except Refused as refused:
        return _page(request, refused)
    messages.success(request, _("From now on you are told that way."))
    return HttpResponseRedirect(reverse("notices"), status=303)
