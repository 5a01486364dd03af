"""Figures and releases: numbers with their two dates, opened down to rows and verified; what has left the house."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from waystation.kernel import figures
from waystation.kernel import scope as scopes
from waystation.kernel.models import FrozenFigure, Release
from waystation.kernel.refusals import Problem, Refused, require
from waystation.kernel.values import plain
from waystation.surfaces.rest.door import holds, told
from waystation.surfaces.rest.lists import LIMIT, MOST, strict
from waystation.surfaces.rest.problems import wrong
from waystation.surfaces.rest.shapes import Reading, Schema, refuse
from waystation.surfaces.web import released

EARLIEST, LATEST = date(1900, 1, 1), date(2200, 1, 1)
DAY: Schema = {"type": "string", "format": "date"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
WORDS: Schema = {"type": "string", "maxLength": 300}
PAGE: Schema = {"type": "integer", "minimum": 1, "maximum": 1_000_000, "default": 1}


def figure_list(request: HttpRequest) -> HttpResponse:
    """``GET /api/v1/figures``."""
    strict(request.GET, {})
    return told({"items": [_about(one) for _name, one in sorted(figures.figures.items())]})


def _about(one: figures.Figure) -> dict[str, Any]:
    return {
        "name": one.name, "title": str(one.label), "unit": one.unit, "additivity": one.kind.word,
        "dimensions": [dim.name for dim in one.dims], "never_across": list(one.never_across), "means": one.sentence,
        "definition": one.definition, "url": reverse("api-figure", args=[one.name]),
    }  # fmt: skip


def parameters(figure: figures.Figure) -> dict[str, Schema]:
    """What a figure may be asked. ``by`` may be said several times; ``across.DIM`` says why it may be added over."""
    dims = [dim.name for dim in figure.dims]
    labels = {dim.name: str(dim.label) for dim in figure.dims}
    found: dict[str, Schema] = {
        "as_of": {**DAY, "description": _("the day it is asked of; today when unsaid")},
        "known_at": {**MOMENT, "description": _("as it was known at a moment; now when unsaid")},
    }
    found |= {f"where.{n}": {**WORDS, "description": _("only of this {dim}").format(dim=labels[n])} for n in dims}
    if dims:
        found["by"] = {"type": "string", "enum": dims, "description": _("split by these")}
        why = _("why it may be added over {dim}")
        found |= {f"across.{n}": {**WORDS, "minLength": 1, "description": why.format(dim=labels[n])} for n in dims}
    return found


def figure(request: HttpRequest, name: str) -> HttpResponse:
    """``GET /api/v1/figures/<name>``. Raises Refused, as ``kernel.figures.value`` does."""
    return told(figures.value(name, **_asked(request, figures.find(name))).as_dict())


def _asked(request: HttpRequest, figure: figures.Figure, **more: Schema) -> dict[str, Any]:
    known = parameters(figure) | more
    strict(request.GET, known)
    problems: list[Problem] = []
    for one in request.GET.getlist("by"):
        Reading(problems).read(str, one, "/by", known.get("by", {}))
    query = request.GET
    day = Reading(problems).read(date, query["as_of"], "/as_of", DAY) if "as_of" in query else None
    known_at = Reading(problems).read(datetime, query["known_at"], "/known_at", MOMENT) if "known_at" in query else None
    if day is not None and not EARLIEST <= day <= LATEST:
        problems.append(wrong("rest.wrong_value", "/as_of", name="as_of", wanted=f"{EARLIEST} … {LATEST}"))
    refuse(problems)
    dims = [dim.name for dim in figure.dims]
    return {
        "as_of": day, "known_at": known_at.astimezone(UTC) if known_at else None, "by": tuple(query.getlist("by")),
        "where": {dim: query[f"where.{dim}"] for dim in dims if f"where.{dim}" in query},
        "across": {dim: query[f"across.{dim}"] for dim in dims if f"across.{dim}" in query},
    }  # fmt: skip


def lineage(request: HttpRequest, name: str) -> HttpResponse:
    """``GET /api/v1/figures/<name>/lineage``: the rows behind it, as far as you may see them. Raises Refused."""
    found = figures.find(name)
    asked = _asked(request, found, page=PAGE, limit=LIMIT)
    page, limit = (int(request.GET.get(one, usual)) for one, usual in (("page", 1), ("limit", 50)))
    some = {key: asked[key] for key in ("as_of", "known_at", "where")}
    return told(figures.lineage(name, page=page, size=min(limit, MOST), **some).as_dict())


def verify(request: HttpRequest, name: str) -> HttpResponse:
    """``GET /api/v1/figures/<name>/verify?release=REF``: computed again as it was frozen there, and as of now."""
    found = figures.find(name)
    strict(request.GET, {"release": WORDS})
    frozen = FrozenFigure.objects.filter(name=found.name, release__in=Release.objects.all())
    if "release" in request.GET:
        frozen = frozen.filter(release__ref=request.GET["release"])
    some = frozen.select_related("release").order_by("-known_at", "pk")[:20]
    return told({"items": [figures.verify(one).as_dict() for one in some]})


def _reader() -> scopes.Scope:
    """Releases are for anyone: a key that may not read the register is shown what the public is shown."""
    scope = scopes.current()
    return scope if holds(scope, "read", "house.releases") else scopes.PUBLIC


def release_list(request: HttpRequest) -> HttpResponse:
    """``GET /api/v1/releases``: the last ones, newest first."""
    asked = strict(request.GET, {"limit": LIMIT})
    with scopes.enter(_reader()):
        found = list(Release.objects.order_by("-released_at", "-pk")[: asked.get("limit", 100)])
    return told({"items": [_release(one) for one in found]})


def release(request: HttpRequest, ref: str) -> HttpResponse:
    """``GET /api/v1/releases/<ref>``: with its files and the figures frozen in it. Raises Refused."""
    strict(request.GET, {})
    with scopes.enter(_reader()):
        found = _seen(ref)
    files = [
        {
            "name": one.name,
            "url": reverse("api-release-file", args=[ref, one.name]),
            "bytes": one.size,
            "sha256": one.digest,
        }
        for one in released.files_of(found)
    ]
    frozen = [
        {"name": one.name, "unit": one.unit, "value": one.value, "as_of": plain(one.as_of), "known_at": plain(one.known_at),
         "question": one.question, "rows": one.rows, "fingerprint": one.fingerprint}
        for one in released.quoted_in(found)
    ]  # fmt: skip
    return told({**_release(found), "files": files, "figures": frozen})


def release_file(request: HttpRequest, ref: str, name: str) -> HttpResponseBase:
    """``GET /api/v1/releases/<ref>/files/<file>``; 409 once the release is withdrawn. Raises Refused."""
    strict(request.GET, {})
    with scopes.enter(_reader()):
        found = _seen(ref)
        require(found.state == "released", "kernel.wrong_state", act="read", state=found.state, states="released")
        return released.release_file(request, ref, name)


def _seen(ref: str) -> Release:
    found: Release | None = Release.objects.filter(ref=ref).first()
    if found is None:
        raise Refused("kernel.not_found", ref=ref)
    return found


def _release(one: Release) -> dict[str, Any]:
    return {
        "ref": one.ref, "title": one.title, "product": one.product, "audience": one.audience, "licence": one.licence,
        "attribution": one.attribution, "released_at": plain(one.released_at), "state": one.state,
        "withdrawn_why": one.withdrawn_why, "manifest_sha256": one.manifest_digest,
        "url": reverse("api-release", args=[one.ref]),
    }  # fmt: skip
