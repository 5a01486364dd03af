"""Releases to be had: the public catalogue, a release's page, and its files."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from whitenoise.responders import StaticFile

from waystation.kernel import scope as scopes
from waystation.kernel.models import FrozenFigure, Release
from waystation.kernel.refusals import Refused
from waystation.kernel.release import verify_release
from waystation.kernel.release.folder import MEDIA, folder_of
from waystation.surfaces.web import errors

BESIDE = ("manifest.json", "manifest.sig")
MOST_SHOWN = 500


@dataclass(frozen=True)
class ReleaseFile:
    """A file of a release: its size in bytes and its SHA-256."""

    name: str
    url: str
    size: int
    digest: str
    title: str = ""


def listed(release: Release) -> dict[str, dict[str, Any]]:
    """The files the signed manifest names, by name, and the manifest itself; none when the folder is gone."""
    try:
        manifest = json.loads((folder_of(release.folder) / "manifest.json").read_bytes())
    except (OSError, ValueError):
        return {}
    named = {one["path"]: one for one in manifest.get("files", [])}
    return named | {name: {} for name in BESIDE}


def files_of(release: Release) -> list[ReleaseFile]:
    """What can be downloaded; nothing of a withdrawn release."""
    if release.state != "released":
        return []
    found = []
    for name, about in listed(release).items():
        path = folder_of(release.folder) / name
        size = path.stat().st_size if path.exists() else 0
        digest = str(about.get("hash", "")).removeprefix("sha256:")
        url = reverse("release-file", args=[release.ref, name])
        found.append(ReleaseFile(name, url, size, digest, str(about.get("title", ""))))
    return found


def quoted_in(release: Release) -> list[FrozenFigure]:
    """The figures frozen in a release."""
    return list(FrozenFigure.objects.filter(release=release).order_by("name")[:MOST_SHOWN])


def _seen(ref: str) -> Release:
    found: Release | None = Release.objects.filter(ref=ref).first()
    if found is None:
        raise Refused("kernel.not_found", ref=ref)
    return found


def release_file(request: HttpRequest, ref: str, name: str) -> HttpResponseBase:
    """``/releases/<ref>/<file>``: a file the manifest names, whole or in ranges; 410 once it is withdrawn.

    Raises Refused ``kernel.not_found`` for what the reader may not see or the manifest does not name.
    """
    release = _seen(ref)
    if release.state != "released":
        text = _("This release was withdrawn and is served no more. Reason: {why}").format(
            why=release.withdrawn_why or "—"
        )
        return errors.page(request, 410, _("Withdrawn"), text, "web.withdrawn")
    path = folder_of(release.folder) / name
    if name not in listed(release) or not path.is_file():
        raise Refused("kernel.not_found", ref=f"{ref}/{name}")
    kind = MEDIA.get(path.suffix[1:], "application/octet-stream")
    headers = [("Content-Type", kind), ("Content-Disposition", f'attachment; filename="{name}"'),
               ("Content-Encoding", "identity")]  # fmt: skip  # ranges are of these bytes: nothing compresses them on the way
    told = StaticFile(str(path), headers).get_response(request.method, request.META)
    response = FileResponse(told.file or iter(()), status=told.status)
    del response["Content-Type"]
    for key, value in told.headers:
        response[key] = value
    return response


def open_page(request: HttpRequest) -> HttpResponse:
    """``/open/``: what the house has published, for anyone."""
    with scopes.enter(scopes.PUBLIC):
        releases = list(Release.objects.order_by("-released_at", "-pk")[:MOST_SHOWN])
    return render(request, "web/open.html", {"title": _("Open data"), "releases": releases})


def open_release_page(request: HttpRequest, ref: str) -> HttpResponse:
    """``/open/<ref>/``: one public release with its files, figures and whether its signature holds. Raises Refused."""
    with scopes.enter(scopes.PUBLIC):
        release = _seen(ref)
    checked = verify_release(release.folder) if folder_of(release.folder).is_dir() else None
    context = {"title": release.title, "release": release, "checked": checked,
               "beside": {"files": files_of(release), "figures": quoted_in(release)}}  # fmt: skip
    return render(request, "web/open_release.html", context)
