"""Figures: declared measures, computed as of a date and as known at a moment, opened down to their rows."""

from waystation.kernel.figures.additivity import Additive, Distinct, Latest, Maximum, Share, Stock
from waystation.kernel.figures.compute import Coverage, Value, roll_up, value
from waystation.kernel.figures.declare import At, Dim, Figure, figure, figures, find
from waystation.kernel.figures.lineage import Lineage, lineage
from waystation.kernel.figures.verify import Verdict, freeze, verify

__all__ = [
    "Additive", "At", "Coverage", "Dim", "Distinct", "Figure", "Latest", "Lineage", "Maximum", "Share", "Stock",
    "Value", "Verdict", "figure", "figures", "find", "freeze", "lineage", "roll_up", "value", "verify",
]  # fmt: skip
