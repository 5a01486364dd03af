"""The addresses of the interface. Version 1 stands under ``/api/v1/``: what is added (fields, parameters, acts) does not
change it; what would break a reader gets ``/api/v2/`` beside it."""

from __future__ import annotations

from django.urls import URLPattern, path, re_path

from waystation.surfaces.rest import doing, evidence, following, lists, opened, sheets
from waystation.surfaces.rest.door import Way, door
from waystation.surfaces.rest.guide import guide

V1 = "api/v1"


def addresses() -> list[URLPattern]:
    """Every route. A part that hangs on any record (notes, attachments) is one line more under ``/<ref>/``."""
    reg = f"{V1}/<str:register>"
    one = f"{reg}/<path:ref>"
    return [
        path("api/", guide, name="api"),
        path(f"{V1}/me", door(GET=Way(following.me)), name="api-me"),
        path(f"{V1}/openapi.json", door(GET=Way(opened.openapi)), name="api-openapi"),
        path(f"{V1}/registers", door(GET=Way(lists.list_registers, "any")), name="api-registers"),
        path(f"{V1}/changes", door(GET=Way(following.changes, "feed:read")), name="api-changes"),
        path(f"{V1}/figures", door(GET=Way(evidence.figure_list, "figures:read")), name="api-figures"),
        path(f"{V1}/figures/<str:name>", door(GET=Way(evidence.figure, "figures:read")), name="api-figure"),
        path(f"{V1}/figures/<str:name>/lineage", door(GET=Way(evidence.lineage, "figures:read"))),
        path(f"{V1}/figures/<str:name>/verify", door(GET=Way(evidence.verify, "figures:read"))),
        path(f"{V1}/releases", door(GET=Way(evidence.release_list)), name="api-releases"),
        path(f"{V1}/releases/<str:ref>", door(GET=Way(evidence.release)), name="api-release"),
        path(
            f"{V1}/releases/<str:ref>/files/<str:name>", door(GET=Way(evidence.release_file)), name="api-release-file"
        ),
        path(reg, door(GET=Way(lists.list_records, "read"), POST=Way(doing.create, "act")), name="api-list"),
        path(f"{reg}/acts", door(GET=Way(sheets.creating, "read"))),
        path(f"{reg}/acts/<str:verb>", door(POST=Way(doing.create_by, "act")), name="api-create"),
        path(f"{one}/history", door(GET=Way(sheets.history, "read"))),
        path(f"{one}/related", door(GET=Way(sheets.related, "read"))),
        path(f"{one}/acts", door(GET=Way(sheets.acts, "read"))),
        path(f"{one}/acts/<str:verb>", door(POST=Way(doing.act, "act")), name="api-act"),
        path(one, door(GET=Way(sheets.one, "read"), PATCH=Way(doing.amend, "act")), name="api-record"),
        re_path(
            r"^api/v[0-9]+(?:/|$)", door(GET=Way(lists.unknown), POST=Way(lists.unknown), PATCH=Way(lists.unknown))
        ),
    ]
