"""Who may see what, on one page: of a record, and of a person."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from waystation.hall.entry.queries.access import admission, reach
from waystation.hall.entry.registers import people
from waystation.hall.entry.rules import myself
from waystation.kernel import scope as scopes
from waystation.kernel.acts import Act
from waystation.kernel.house import steward
from waystation.kernel.refusals import Refused
from waystation.kernel.register import find_register, registers
from waystation.kernel.rules import admits
from waystation.surfaces.web.acting import purpose, verb
from waystation.surfaces.web.cells import sheet_url
from waystation.surfaces.web.sheets import find_record


def _together(why: dict[str, list[str]], acts: dict[str, Act]) -> list[tuple[str, list[str]]]:
    """Acts in words that may be done for the same reasons, and these reasons."""
    found: dict[tuple[str, ...], list[str]] = {}
    for name, reasons in why.items():
        found.setdefault(tuple(reasons), []).append(verb(acts[name]))
    return [(", ".join(names), list(reasons)) for reasons, names in found.items()]


@login_required
def record_access_page(request: HttpRequest, register: str, ref: str) -> HttpResponse:
    """``/access/<register>/<ref>/``: who may see a record and do what, and why. Raises Refused."""
    found = find_register(register)
    record = find_record(found, ref)
    if not admits(steward, scopes.current(), record):
        raise Refused("kernel.not_allowed", act=_("see who has access"), rule=steward.sentence)
    told = admission(found, record)
    acts = {act.run.__name__: act for act in found.lifecycle.acts}
    context = {
        "title": _("Who may see it"), "register": found, "record": record, "told": told, "url": sheet_url(found, record),
        "people": [(one, _together(one.acts, acts)) for one in told.people],
        "acts": [(verb(acts[name]), purpose(acts[name]), rule) for name, rule in told.acts.items()],
    }  # fmt: skip
    return render(request, "web/ways/record_access.html", context)


@login_required
def person_access_page(request: HttpRequest, ref: str) -> HttpResponse:
    """``/access/<user name>/``: what a person may see and do, where and why. Raises Refused."""
    person = find_record(people, ref)
    if not admits(steward | myself, scopes.current(), person):
        raise Refused("kernel.not_allowed", act=_("see what somebody has access to"), rule=steward.sentence)
    told = []
    for one in reach(person):
        acts = {act.run.__name__: act for act in registers[one.register].lifecycle.acts}
        told.append((one, _together(one.acts, acts)))
    context = {
        "title": _("What {name} may see and do").format(name=person.name), "person": person, "own": person == request.user,
        "told": [pair for pair in told if pair[0].sees != "none" or pair[1]],
        "nothing": [one.word for one, acts in told if one.sees == "none" and not acts],
    }  # fmt: skip
    return render(request, "web/ways/person_access.html", context)
