"""What neighbours may ask of counting: functions over published rounds (``OutRound``) and over rows of observations.

Tables are Arrow with the columns of ``queries.levels.LEVELS``, and ``id`` and ``hidden``; expressions are Ibis, and run on every engine.
"""

from waystation.apps.counting.queries.between import change_of, may_be_told
from waystation.apps.counting.queries.changes import change_rows
from waystation.apps.counting.queries.confidence import sure_of, with_confidence
from waystation.apps.counting.queries.guarding import area_of, spots_of, watches_of
from waystation.apps.counting.queries.published import all_rows, fingerprint, released_rows, rows_at

__all__ = [
    "all_rows", "area_of", "change_of", "change_rows", "fingerprint", "may_be_told", "released_rows", "rows_at", "spots_of",
    "sure_of", "watches_of", "with_confidence",
]  # fmt: skip
