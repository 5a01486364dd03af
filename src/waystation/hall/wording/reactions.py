"""After every act, here or in a worker, what was corrected is said; after a correction, at once."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import models, transaction

from waystation.hall.wording.models import Correction
from waystation.hall.wording.queries.speaking import keep_current
from waystation.kernel.acts import afterwards


def say(entry: Any, saved: list[models.Model]) -> None:
    """Once the act holds."""
    transaction.on_commit(partial(keep_current, at_once=any(isinstance(one, Correction) for one in saved)))


afterwards.append(say)
