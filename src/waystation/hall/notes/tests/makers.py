"""How the derived tests write in margins: on what not everyone sees."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings

from tests.derived.making import World, says
from waystation.hall.notes.queries.kinds import checked


@says("house.comments", "comment")
def comment(world: World, _record: Any) -> dict[str, Any]:
    return {"about": world.one("house.duties"), "text": "The dates do not agree."}


@says("house.attachments", "attach")
def attach(world: World, _record: Any) -> dict[str, Any]:
    path = Path(settings.WAYSTATION_HOME) / f"list-{world.count()}.csv"
    path.write_text(f"name,count\nriver,{path.name}\n", encoding="utf-8")
    return {"about": world.one("house.duties"), "file": checked(path, path.name)}
