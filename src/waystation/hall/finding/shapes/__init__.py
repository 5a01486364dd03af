"""What crosses the door: folded text."""

from waystation.hall.finding.shapes.folding import fold, tokens

__all__ = ["fold", "tokens"]
