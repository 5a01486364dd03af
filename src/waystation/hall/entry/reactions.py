"""What the door does when others act: whoever left or has a new password is signed out."""

from __future__ import annotations

from typing import Any

from django.db import models

from waystation.hall.entry.models import Session
from waystation.kernel.acts import afterwards
from waystation.kernel.models import Actor

SIGNED_OUT = ("house.people.close", "house.people.sign_out", "entry.invitations.use")


def sign_out(entry: Any, left: list[models.Model]) -> None:
    """End every session of the people that the act changed."""
    if entry.act in SIGNED_OUT:
        Session.objects.filter(person__in=[one for one in left if isinstance(one, Actor)]).delete()


afterwards.append(sign_out)
