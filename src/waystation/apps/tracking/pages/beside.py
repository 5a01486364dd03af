"""What belongs to a round on its operation's page: findings and versions for its team, files and addresses for all."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote, urlencode

from django.db.models import Count
from django.utils.translation import gettext as _

from waystation.apps.counting.shapes import DISPLACED
from waystation.apps.tracking.models import Finding
from waystation.apps.tracking.pages import telling
from waystation.apps.tracking.pages.reading import Reading
from waystation.apps.tracking.queries.series import versions_of
from waystation.kernel.codelists import codelist
from waystation.kernel.models import Release
from waystation.kernel.release.folder import folder_of
from waystation.kernel.screens import Block, Column, Link, Sentence, Table

STATES = ("found", "explained", "accepted", "corrected")  # of a finding, in the order of its life
DATA = {"csv": "CSV", "xlsx": "XLSX", "geojson": "GeoJSON", "parquet": "Parquet"}


def findings(reading: Reading) -> list[Block]:
    """What the quality rules found in the round, by rule and by what was made of it."""
    if not reading.mine:
        return []
    found: dict[str, dict[str, int]] = {}
    counted = Finding.objects.filter(round=reading.round).values_list("rule", "state").annotate(n=Count("pk"))
    for rule, state, n in counted.order_by("rule"):
        found.setdefault(rule, {})[state] = n
    rules, ref = codelist("tracking.finding_rule"), reading.round.ref
    rows = [
        {
            "rule": Link(rules.label(rule), "/r/tracking.findings/?" + urlencode({"round": ref, "rule": rule})),
            "blocking": _("yes") if rules.codes[rule].more["severity"] == "blocking" else _("no"),
            **{state: states.get(state, 0) for state in STATES},
        }
        for rule, states in found.items()
    ]
    words = (_("Open"), _("Explained"), _("Accepted"), _("Corrected"))
    columns = [Column("rule", _("Rule"), "link"), Column("blocking", _("Blocking"))]
    columns += [Column(state, word, "number") for state, word in zip(STATES, words, strict=True)]
    empty = _("The quality rules found nothing in this round.")
    return [Table(columns, rows, _("Findings of this round"), empty=empty, printed=False)]


def versions(reading: Reading) -> list[Block]:
    """The versions of the round's rows, for its team: each stays readable."""
    held = versions_of(reading.round) if reading.mine else []
    if len(held) < 2:
        return []
    said = {**reading.query, "round": reading.round.number}
    rows = [
        {
            "version": Link(str(one.version), telling.address(reading.operation, **said, version=one.version)),
            "rows": one.rows,
            **{
                name: moment.date() if moment else None
                for name, moment in (
                    ("written", one.written_at),
                    ("from", one.in_force_from),
                    ("until", one.in_force_until),
                )
            },
        }
        for one in held
    ]
    days = {"written": _("Taken in"), "from": _("Published from"), "until": _("Until")}
    columns = [Column("version", _("Version"), "link"), *(Column(key, word, "date") for key, word in days.items())]
    columns.append(Column("rows", _("Rows"), "number"))
    return [Table(columns, rows, _("Versions of this round"), printed=False)]


def downloads(reading: Reading) -> list[Block]:
    """The files of the releases that hold the round, and where programs read it."""
    if not reading.published or reading.shown is None:
        return []
    held = Release.objects.filter(partitions=reading.shown.observations, state="released").order_by("-released_at")
    rows: list[dict[str, Any]] = []
    for place, one in enumerate(held):
        page = Link(one.ref, f"/open/{one.ref}/" if one.audience == "public" else f"/r/house.releases/{one.ref}/")
        day = one.released_at.date() if one.released_at else None
        about = {"release": page, "released": day, "licence": one.licence}
        # of the newest release every file; older ones are read on their own pages
        sheets = (_files(one) if place == 0 else {}) or {_("all files"): {}}
        rows += [about | {"sheet": name, **links} for name, links in sheets.items()]
    columns = [Column("sheet", _("Table")), *(Column(kind, word, "link") for kind, word in DATA.items())]
    columns += [Column("release", _("Release"), "link"), Column("released", _("Released"), "date")]
    columns.append(Column("licence", _("Licence")))
    empty = _("No release holds this round yet. Whoever signs releases makes one.")
    programs = _programs(reading)
    return [Table(columns, rows, _("Files"), programs, empty=f"{empty} {programs}", printed=False)]


def _files(release: Release) -> dict[str, dict[str, Any]]:
    """Links to the data files that a release's manifest names, by table and format; none when its folder is gone."""
    try:
        manifest = json.loads((folder_of(release.folder) / "manifest.json").read_bytes())
    except (OSError, ValueError):
        return {}
    found: dict[str, dict[str, Any]] = {}
    for one in manifest.get("files", []):
        name, _dot, kind = one["path"].rpartition(".")
        if kind in DATA:
            held = found.setdefault(name, dict.fromkeys(DATA, ""))
            held[kind] = Link(DATA[kind], f"/releases/{release.ref}/{quote(one['path'])}")
    return found


def _programs(reading: Reading) -> Any:
    """Where programs read the round."""
    if reading.group != DISPLACED:
        return ""
    here, number = reading.operation, reading.round.number
    asked = urlencode({"Operation": here.name, "Admin0Pcode": here.country_id, "FromRoundNumber": number,
                       "ToRoundNumber": number}, quote_via=quote)  # fmt: skip
    text = _("Programs read it at {address}, with a key of yours in the header {header}.")
    address = f"/v3/displacement/admin{reading.level}?{asked}"
    return Sentence(text, {"address": address, "header": "Ocp-Apim-Subscription-Key"})
