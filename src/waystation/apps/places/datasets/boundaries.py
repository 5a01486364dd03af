"""From a file of boundaries to outlines and, when asked, to the areas they name."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import shapely

from waystation.apps.places.queries.gazetteer import gazetteer_of
from waystation.apps.places.queries.soundness import countries_by_code
from waystation.apps.places.shapes import Outline
from waystation.intake import looks_damaged, outlines
from waystation.intake.adminlevels import Roles, area_in, code_said, day_of, plain_columns, roles_of, said
from waystation.intake.arealists import AreaRow
from waystation.intake.layer import Feature, open_layer
from waystation.intake.numbers import Unread
from waystation.kernel.refusals import Problem, Refused
from waystation.kernel.values import today


@dataclass(frozen=True)
class Reading:
    """How to read: the level, country (alpha-3), columns and layer where the file does not say them itself; ``repair``:
    outlines that are not sound are repaired and parts joined, each told; ``leave_out``: features that are not what they say
    are left out and told."""

    level: int | None = None
    country: str = ""
    code: str = ""
    name: str = ""
    layer: str = ""
    repair: bool = False
    leave_out: bool = False


@dataclass
class Boundaries:
    """What a file of boundaries holds: outlines, the areas it names, and what was noticed of each."""

    outlines: list[Outline] = field(default_factory=list)
    areas: list[AreaRow] = field(default_factory=list)
    findings: list[Problem] = field(default_factory=list)
    of_areas: list[Problem] = field(default_factory=list)


def read_boundaries(path: Path, how: Reading) -> Boundaries:
    """Read GeoJSON, TopoJSON, GeoPackage or Shapefile (also zipped). Raises Refused for a file that cannot be read, and for
    features that are not what they say, unless ``how`` says what to do with them."""
    layer = open_layer(path, name=path.name, layer=how.layer)
    reader = _Reader(how, path.name, layer.columns)
    found = Boundaries(findings=layer.findings)
    problems: list[Problem] = []
    for feature in layer.features:
        wrong = reader.take(feature, found)
        problems += [wrong] if wrong else []
    if problems and not how.leave_out:
        raise Refused(problems=problems)
    found.findings += problems
    if how.repair:
        found.outlines = reader.joined(found)
    reader.place_by_code(found)
    return found


class _Reader:
    """One pass over the features of a file."""

    def __init__(self, how: Reading, title: str, columns: list[str]) -> None:
        self.how, self.title = how, title
        self.roles: Roles = roles_of(columns)
        self.level = self.roles.deepest if how.level is None else how.level
        code, name, self.parent = plain_columns(columns)
        role = self.roles.codes.get(self.level, "") if self.level else self.roles.country
        self.code = how.code or role or (code if self.level else "")
        self.name = how.name or self.roles.names.get(self.level, "") or name
        for column in (self.code, self.name):
            if column not in columns:
                told = {"columns": ", ".join(columns[:30])}
                raise Refused(problems=[Problem("places.no_code_column", told, file=title)])
        self.countries = countries_by_code()

    def take(self, feature: Feature, found: Boundaries) -> Problem | None:
        """Add the outline and the area of a feature, or say why it cannot be."""
        name = said(feature.values.get(self.name))
        try:
            code = code_said(feature.values.get(self.code))
            area = area_in(self.roles, self.level, feature.values)
        except Unread as error:
            return self._problem(f"intake.{error.code}", feature, self.code, **error.params)
        if not code:
            return self._problem("places.code_missing", feature, self.code, name=name or f"#{feature.row}")
        called = f"{name} ({code})" if name else code
        if looks_damaged(name):
            found.findings.append(self._problem("intake.damaged_text", feature, self.name, value=name))
        if feature.retyped:
            kinds = {"said": feature.retyped[0], "nested": feature.retyped[1]}
            if not self.how.repair:
                return self._problem("intake.outline_mistyped", feature, "geometry", name=called, **kinds)
            found.findings.append(self._problem("intake.outline_retyped", feature, "geometry", name=called, **kinds))
        country = self._country(feature, code)
        shape = feature.shape if feature.shape is not None else shapely.MultiPolygon()
        if self.how.repair and shape.geom_type.endswith("Polygon") and not shape.is_valid:
            why = outlines.explained(shape)[0]
            shape, change = outlines.repaired(shape)
            told = {"name": called, "why": why, "change": f"{change:.2%}"}
            found.findings.append(self._problem("intake.outline_repaired", feature, "geometry", **told))
        stated = feature.values.get(self.roles.stated)
        size = float(stated) if isinstance(stated, int | float) and stated > 0 else None
        found.outlines.append(Outline(feature.row, country, self.level, code, name, shapely.to_wkb(shape), size))
        if self.level:
            parent = area["parent"] or said(feature.values.get(self.parent))
            area |= {"name": name, "parent": parent, "valid_until": day_of(feature.values.get(self.roles.until))}
            found.areas.append(AreaRow(row=feature.row, country=country, pcode=code, **area))
        return None

    def _problem(self, code: str, feature: Feature, column: str, **params: Any) -> Problem:
        return Problem(code, params, file=self.title, row=feature.row, column=column)

    def _country(self, feature: Feature, code: str) -> str:
        """As said, as the file says, else as the code begins."""
        given = self.how.country or said(feature.values.get(self.roles.country))
        for one in [given] if given else [code[:3], code[:2]]:
            if one.upper() in self.countries:
                return self.countries[one.upper()].iso3
        return given or code

    def place_by_code(self, found: Boundaries) -> None:
        """Where the file has no column for what areas lie in: the area held above whose code theirs begins with."""
        if self.level < 2 or self.roles.codes.get(self.level - 1, self.parent) or not found.areas:
            return
        above = {iso3: gazetteer_of(iso3).on(today(), self.level - 1) for iso3 in {row.country for row in found.areas}}
        codes = {iso3: {area.pcode for area in areas} for iso3, areas in above.items()}

        def parent(row: AreaRow) -> str:
            beginnings = (row.pcode[:length] for length in range(len(row.pcode) - 1, 1, -1))
            return next((one for one in beginnings if one in codes[row.country]), "")

        found.areas = [row._replace(parent=parent(row)) for row in found.areas]
        told = {"count": sum(bool(row.parent) for row in found.areas), "all": len(found.areas)}
        found.of_areas.append(Problem("places.parents_by_code", told, file=self.title))

    def joined(self, found: Boundaries) -> list[Outline]:
        """Features of one code as one outline."""
        by_code: dict[tuple[str, str], list[Outline]] = {}
        for one in found.outlines:
            by_code.setdefault((one.country, one.pcode), []).append(one)
        made = []
        for parts in by_code.values():
            first = parts[0]
            if len(parts) > 1:
                whole = shapely.union_all(shapely.from_wkb([part.wkb for part in parts]))
                first = first._replace(wkb=shapely.to_wkb(whole), stated_km2=None)
                called = f"{first.name} ({first.pcode})"
                told = {"name": called}
                found.findings.append(Problem("intake.outline_joined", told, file=self.title, row=first.row))
            made.append(first)
        kept = {one.row for one in made}
        found.areas = [area for area in found.areas if area.row in kept]
        return made
