"""One act on many records: ticked, or all that a list shows. Each is done by itself, by its own rule, with its own refusal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from waystation.kernel import scope as scopes
from waystation.kernel import work
from waystation.kernel.acts import Act, do
from waystation.kernel.models import Record
from waystation.kernel.refusals import Refused, require
from waystation.kernel.register import Register, find_register
from waystation.kernel.rules import nothing
from waystation.kernel.scope import Scope
from waystation.kernel.values import fresh_id
from waystation.surfaces.asked import Question
from waystation.surfaces.web import refusals as refusals  # declared before they are raised
from waystation.surfaces.web.acting import arguments, askable, form_for, purpose, verb
from waystation.surfaces.web.beside import progress

AT_ONCE = 50  # records that are done while their reader waits; more are done by the worker
MOST = 1_000
TASK = "web.many"


@dataclass(frozen=True)
class Fate:
    """What became of one record: done, now or before, or refused and why."""

    ref: str
    done: bool
    why: str = ""
    code: str = ""


def offered_acts(register: Register, scope: Scope) -> list[tuple[str, str]]:
    """Acts that may be done to many (name, verb): those a form can ask for and whose rule can hold for this scope."""
    return [
        (act.run.__name__, capfirst(verb(act)))
        for act in register.lifecycle.acts
        if not act.creates and askable(act) and not nothing(act.by.q(scope))
    ]


@require_POST
@login_required
def many_page(request: HttpRequest, register: str) -> HttpResponse:
    """``/r/<register>/many/``: first the act's form for all of them, then what became of each. Raises Refused."""
    found, scope, said = find_register(register), scopes.current(), request.POST
    asked = found.act(said.get("act", ""))
    offered = dict(offered_acts(found, scope))
    known = ", ".join(offered.values())
    require(asked.run.__name__ in offered, "kernel.unknown_name", what=_("act"), name=asked.verb, known=known)
    refs, more = _meant(request, found, scope)
    require(refs, "web.nothing_ticked")
    if said.get("step") != "do":
        return _ask(request, found, asked, refs, more, form_for(asked, None, scope))
    form = form_for(asked, None, scope, said)
    if not form.is_valid() or (asked.danger and said.get("sure") != "yes"):
        return _ask(request, found, asked, refs, more, form, status=422)
    key = said.get("key", "")[:60] or fresh_id()
    if len(refs) > AT_ONCE:
        return HttpResponseRedirect(
            reverse("many-done", args=[found.name, _later(found, asked, refs, said, key)]), status=303
        )
    fates = do_many(found, asked, refs, lambda: arguments(asked, form), key)
    return _told(request, found, asked, fates, said.get("query", ""))


def _meant(request: HttpRequest, register: Register, scope: Scope) -> tuple[list[str], bool]:
    """The references meant, in their order, and whether there were more than are done at a time."""
    said = request.POST
    if said.get("refs"):
        return list(dict.fromkeys(said["refs"].splitlines()))[:MOST], False
    which = said.get("which", "ticked")
    if which == "all":
        question = Question(register, scope, QueryDict(said.get("query", "")))
        found = list(question.ordered().values_list("ref", flat=True)[: MOST + 1])
        return found[:MOST], len(found) > MOST
    return (said.get("page", "").splitlines() if which == "page" else said.getlist("ref"))[:MOST], False


def _ask(
    request: HttpRequest,
    register: Register,
    asked: Act,
    refs: list[str],
    more: bool,
    form: forms.Form,
    status: int = 200,
) -> HttpResponse:
    query = request.POST.get("query", "")
    context = {
        "register": register, "act": asked, "name": asked.run.__name__, "form": form, "title": capfirst(verb(asked)), "purpose": purpose(asked),
        "refs": refs, "more": more, "most": MOST, "background": len(refs) > AT_ONCE, "query": query,
        "key": request.POST.get("key") or fresh_id(), "missing": status != 200,
        "back": f"{reverse('list', args=[register.name])}?{query}",
    }  # fmt: skip
    return render(request, "web/many.html", context, status=status)


def do_many(
    register: Register, asked: Act, refs: Sequence[str], say: Callable[[], dict[str, Any]], key: str,
    told: Callable[[int], None] = lambda done: None,
) -> list[Fate]:  # fmt: skip
    """Do the act to each; what is refused for one keeps no other from being done. ``say`` gives the arguments, anew for
    each, so that records among them are as the last act left them; the same ``key`` does each once."""
    fates = []
    for number, ref in enumerate(refs, start=1):
        record = register.model.objects.filter(ref=ref).first()
        try:
            if record is None:
                raise Refused("kernel.not_found", ref=ref)
            do(asked, record, key=f"{key}-{record.pk}", **{name: _fresh(value) for name, value in say().items()})
            fates.append(Fate(ref, True))
        except Refused as refused:
            fates.append(Fate(ref, False, str(refused), refused.code))
        told(number)
    return fates


def _fresh(value: Any) -> Any:
    return type(value)._base_manager.get(pk=value.pk) if isinstance(value, Record) else value


def _later(register: Register, asked: Act, refs: list[str], said: QueryDict, key: str) -> str:
    """Have the worker do it. Raises Refused where what is said may not be kept, not even until the worker has done it."""
    secret = any(param.unsaid for param in asked.params)
    require(not secret, "web.too_many_with_secrets", most=AT_ONCE)
    names = {param.name for param in asked.params}
    form = {name: values for name, values in said.lists() if name in names}
    office = getattr(scopes.current().actor, "office", None)
    told = {"register": register.name, "act": asked.run.__name__, "refs": refs, "said": form, "key": key}
    if office is None:
        raise Refused("kernel.not_allowed", act=asked.verb, rule=asked.by.sentence)
    return str(do(work.ask, key=key, task=TASK, office=office, arguments=told).record.ref)


@work.task(TASK)
def many(
    job: work.Work, *, register: str, act: str, refs: list[str], said: dict[str, list[str]], key: str
) -> dict[str, Any]:
    """Do it in the background, saying how far it is; done again after a broken start, it goes on where it was."""
    found, scope = find_register(register), scopes.current()
    asked, sent = found.act(act), QueryDict(mutable=True)
    for name, values in said.items():
        sent.setlist(name, values)
    with translation.override(getattr(scope.actor, "language", None) or "en"):
        form = form_for(asked, None, scope, sent)
        require(form.is_valid(), "web.no_longer_valid")
        fates = do_many(
            found, asked, refs, lambda: arguments(asked, form), key, lambda done: job.progress(done, len(refs))
        )
    return {"register": register, "act": act, "fates": [asdict(one) for one in fates]}


@login_required
def many_done(request: HttpRequest, register: str, ref: str) -> HttpResponse:
    """``/r/<register>/many/<job>/``: how far it is, then what became of each. Raises Refused."""
    found = find_register(register)
    job = work.jobs.model.objects.filter(ref=ref, task=TASK).first()
    if job is None or job.arguments.get("register") != register:
        raise Refused("kernel.not_found", ref=ref)
    asked = found.act(job.arguments["act"])
    fates = [Fate(**one) for one in job.result.get("fates", [])]
    return _told(request, found, asked, fates, "", beside=progress(job))


def _told(
    request: HttpRequest,
    register: Register,
    asked: Act,
    fates: list[Fate],
    query: str,
    beside: dict[str, Any] | None = None,
) -> HttpResponse:
    done, refused = [one for one in fates if one.done], [one for one in fates if not one.done]
    context = {
        "register": register, "title": capfirst(verb(asked)), "beside": beside,
        "done": [(one, reverse("sheet", args=[register.name, one.ref])) for one in done],
        "refused": [(one, reverse("sheet", args=[register.name, one.ref])) for one in refused],
        "back": f"{reverse('list', args=[register.name])}?{query}",
    }  # fmt: skip
    return render(request, "web/many_done.html", context)
