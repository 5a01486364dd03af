"""What the rest of the house asks of finding."""

from waystation.hall.finding.shapes import fold, tokens

__all__ = ["fold", "tokens"]
