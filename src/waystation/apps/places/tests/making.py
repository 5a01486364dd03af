"""Files of areas and boundaries for tests, written as people send them, and taken in as the command line does."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import shapely

from waystation.apps.places.models import Area, Boundary, Country, Edition, Site, SiteStatus, Succession
from waystation.kernel.datasets import Terms
from waystation.kernel.imports import importers
from waystation.kernel.models import AuditEntry, Partition, RawFile
from waystation.kernel.refusals import Problem, Refused

TERMS = Terms("Test office", "CC BY 4.0", "Test office", may_republish=True)
HEAD = "Location,Admin Level,P-Code,Name,Parent P-Code,Valid from date,Valid until date"
SAID = ("--source", "Test office", "--licence", "CC BY 4.0", "--may-republish")
Shape = Any


def box(west: float, south: float, size: float = 1.0) -> Shape:
    """A square in degrees."""
    return shapely.box(west, south, west + size, south + size)


def feature(code: str, name: str, shape: Shape, level: int = 1, country: str = "NAM", **more: Any) -> dict[str, Any]:
    """A feature with the columns of a common operational dataset; ``shape`` may be a GeoJSON geometry too."""
    geometry = shapely.geometry.mapping(shape) if hasattr(shape, "geom_type") else shape
    said = {f"ADM{level}_PCODE": code, f"ADM{level}_EN": name, "ADM0_PCODE": country, **more}
    return {"type": "Feature", "properties": said, "geometry": geometry}


@dataclass
class Desk:
    """Where files are written and taken in."""

    folder: Path

    def csv(self, *lines: str, name: str = "areas.csv", head: str = HEAD) -> Path:
        """A list as a CSV file."""
        path = self.folder / name
        path.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
        return path

    def geojson(self, *features: Mapping[str, Any], name: str = "areas.geojson", **more: Any) -> Path:
        """Features as a GeoJSON file."""
        path = self.folder / name
        path.write_text(json.dumps({"type": "FeatureCollection", **more, "features": features}), encoding="utf-8")
        return path

    def take(self, what: str, path: Path, *options: str) -> dict[str, Any]:
        """Take a file in; what changed and was found in it. Raises Refused."""
        parser = ArgumentParser()
        importers[f"places.{what}"].takes(parser)
        said = SAID if what != "sites" else ()
        answer = importers[f"places.{what}"].run([path], parser.parse_args([*said, *options]))
        found: dict[str, Any] = answer.data[path.name]
        return found

    def refused(self, what: str, path: Path, *options: str) -> list[Problem]:
        """The problems a file is refused for; everything is as it was before."""
        before = everything()
        with pytest.raises(Refused) as refusal:
            self.take(what, path, *options)
        assert everything() == before
        for one in refusal.value.problems:
            assert one.file == path.name
            assert "{" not in one.message
        return refusal.value.problems

    def found(self, what: str, path: Path, *options: str) -> list[str]:
        """The codes of what was found in a file that was taken in."""
        return [one["code"] for one in self.take(what, path, *options)["findings"]]

    def namibia(self) -> None:
        """Two regions of Namibia: Zambezi with a constituency, and Erongo."""
        self.take("areas", self.csv("NAM,1,NA01,Zambezi,NAM,2020-01-09,", "NAM,1,NA02,Erongo,NAM,2020-01-09,",
                                    "NAM,2,NA0101,Kongola,NA01,2020-01-09,"))  # fmt: skip


def everything() -> dict[str, Sequence[Any]]:
    """What is held, to see that a refusal leaves it as it was."""
    held = (Country, Edition, Area, Succession, Boundary, Site, Partition, RawFile, AuditEntry, SiteStatus)
    return {model.__name__: list(model._base_manager.order_by("pk").values_list()) for model in held}
