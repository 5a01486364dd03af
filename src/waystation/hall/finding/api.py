"""What the rest of the house asks of finding."""

from waystation.hall.finding.queries.answers import holding
from waystation.hall.finding.queries.asking import Wanted, wanted
from waystation.hall.finding.queries.seeking import Hit, Hits, seek, whole_reference
from waystation.hall.finding.queries.writing import fill_when_empty, problems, rebuild_all
from waystation.hall.finding.shapes import fold, tokens

__all__ = [
    "Hit", "Hits", "Wanted", "fill_when_empty", "fold", "holding", "problems", "rebuild_all", "seek", "tokens", "wanted",
    "whole_reference",
]  # fmt: skip
