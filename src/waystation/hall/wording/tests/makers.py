"""How derived tests correct translations: each time another message, for a message is corrected once."""

from __future__ import annotations

from typing import Any

from tests.derived.making import World, says
from waystation.hall.wording.queries.looking import Looked, looked_at
from waystation.kernel import scope


def untouched(language: str = "fr") -> Looked:
    """A message that nobody has looked at and that counts nothing."""
    with scope.enter(scope.house("tests")):
        return next(one for one in looked_at(language) if one.record is None and not one.message.many)


@says("house.translations", "confirm")
def confirm(world: World, _record: Any) -> dict[str, Any]:
    return {"language": "fr", "message": untouched().message.digest}


@says("house.translations", "correct")
def correct(world: World, _record: Any) -> dict[str, Any]:
    one = untouched()
    return {"language": "fr", "message": one.message.digest, "forms": list(one.forms)}


@says("house.translations", "correct_again")
def correct_again(world: World, record: Any) -> dict[str, Any]:
    return {"forms": list(record.forms)}
