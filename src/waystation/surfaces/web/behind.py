"""The records behind a figure, page by page, as far as the reader may see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from waystation.kernel.datasets import find as find_dataset
from waystation.kernel.figures import Figure, Lineage, lineage
from waystation.kernel.refusals import Refused
from waystation.kernel.register import registers
from waystation.surfaces.web.cells import html

SIZE = 25
MOST_COLUMNS = 8
MEASURES = ("numerator", "denominator", "value")
ORIGIN = {"origin", "origin_row", "origin_file", "digest"}


@dataclass(frozen=True)
class Behind:
    """A page of contributing rows ready to be drawn."""

    lineage: Lineage
    heads: list[tuple[str, Any]]
    rows: list[tuple[list[tuple[str, SafeString]], SafeString, str]]
    next: str
    previous: str

    @property
    def last(self) -> int:
        """Which row is the last one shown."""
        return (self.lineage.page - 1) * self.lineage.size + len(self.rows)

    @property
    def first(self) -> int:
        """Which row is the first one shown."""
        return (self.lineage.page - 1) * self.lineage.size + 1


def behind(request: HttpRequest, figure: Figure, asked: Mapping[str, Any]) -> Behind | None:
    """The rows that a figure's answer was computed from; None when they cannot be opened."""
    number = request.GET.get("page", "1")
    page = int(number) if number.isdigit() and len(number) < 9 else 1
    try:
        told = lineage(figure.name, page=page, size=SIZE, **{k: asked[k] for k in ("as_of", "known_at", "where")})
    except Refused:
        return None
    heads = _heads(figure, told)
    rows = [([(_kind(name), html(row.get(name))) for name in heads], _origin(row), row["digest"]) for row in told.rows]
    onward = page * SIZE < told.total - told.hidden
    return Behind(
        told, [(_kind(name), _label(figure, told, name)) for name in heads], rows,
        _at(request, page + 1) if onward else "", _at(request, page - 1) if page > 1 else "",
    )  # fmt: skip


def _heads(figure: Figure, told: Lineage) -> list[str]:
    """The columns that tell a row: the names in it, then what it can be split by, at the end what it counts."""
    kept = ORIGIN | _personal(told)
    filled = dict.fromkeys(name for row in told.rows for name, one in row.items() if one not in (None, ""))
    said = [name for name in filled if not (name[0] == "_" or name == "id" or name.endswith("_id") or name in kept)]
    measures = [name for name in said if name in MEASURES]
    names = [name for name in said if name == "name" or name.endswith("_name")]
    splits = [dim.name for dim in figure.dims if dim.name in said and f"{dim.name}_name" not in names]
    rest = [name for name in said if name not in measures and not any(name.startswith(dim.name) for dim in figure.dims)]
    return [*dict.fromkeys([*names, *splits, *rest])][: MOST_COLUMNS - len(measures)] + measures


def _kind(name: str) -> str:
    return "number" if name in MEASURES else "text"


def _label(figure: Figure, told: Lineage, name: str) -> Any:
    labels = {col.name: col.label for one in told.at.partitions for col in find_dataset(one).cols}
    labels |= {dim.name: dim.label for dim in figure.dims}
    return labels.get(name) or _(figure.unit if name == "value" else name.replace("_", " "))


def _at(request: HttpRequest, page: int) -> str:
    kept = [(k, v) for k, values in request.GET.lists() for v in values if k not in ("page", "verify")]
    return "?" + urlencode([*kept, ("page", str(page))]) + "#behind"


def _personal(told: Lineage) -> set[str]:
    """Columns about people: they count, and are shown to nobody here."""
    datasets = [find_dataset(name) for name in told.at.partitions]
    return {col.name for one in datasets for col in one.cols if col.privacy in ("personal", "sensitive")}


def _origin(row: Mapping[str, Any]) -> SafeString:
    """Where the row came from: file and row, or record and version."""
    if row.get("origin"):
        text = _("{file}, row {row}").format(
            file=row.get("origin_file") or row["origin"][:12], row=row.get("origin_row")
        )
        return format_html('<span title="SHA-256 {}">{}</span>', row["origin"], text)
    register = registers.get(str(row.get("_model", "")))
    if register is not None and row.get("ref"):
        url = reverse("sheet", args=[register.name, row["ref"]])
        return format_html(
            '<a href="{}">{}</a>', url, _("{ref}, version {v}").format(ref=row["ref"], v=row.get("_version"))
        )
    return format_html("{} v{}", row.get("_key", ""), row.get("_version", ""))
