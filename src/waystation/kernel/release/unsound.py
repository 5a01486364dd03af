"""What the disclosure check finds unsound, said as refusals (``disclosure.*``)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import gettext_lazy as _

from waystation.disclosure import Unsound
from waystation.kernel.refusals import Problem, Refused, refusal, refusals

refusals(
    "disclosure",
    threshold=refusal(_("The threshold {threshold} cannot be used. Declare a whole number of 1 or more.")),
    not_a_count=refusal(
        _("The value {value} of cell {key} is not a count. Small cells are found in whole numbers of 0 or more.")
    ),
    conflict=refusal(
        _("Cell {key} is given as {first} and as {second}. One cell has one value: correct the table that is wrong.")
    ),
    not_additive=refusal(
        _(
            "In {dim}, cell {key} says {total} but its parts add up to {parts}. Suppression relies on totals being "
            "the sum of their parts: correct the cells, or declare a structure that does not add them."
        )
    ),
    unknown_code=refusal(
        _("“{code}” is not a code of the dimension {dim}. Add it to the declared structure, or correct the cell.")
    ),
    no_code=refusal(
        _("There is no code for the dimension {dim}, and it has no single total to stand for it. Give the code.")
    ),
    no_value=refusal(_("The column “{value}” is not in the table. Name the column that holds the counts.")),
    two_parents=refusal(
        _("In the dimension {dim}, “{code}” has the parents {first} and {second}. A code has one parent.")
    ),
    cycle=refusal(_("In the dimension {dim}, “{code}” is its own ancestor. Correct the hierarchy.")),
    parts_missing=refusal(_("The dimension {dim} declares the total “{total}” and no parts. Declare its parts.")),
    same_dim=refusal(_("The dimension {dim} is declared twice. Give each dimension its own name.")),
    no_dims=refusal(_("The structure has no dimensions. Declare at least one.")),
    too_large=refusal(
        _("The dimensions have more combinations of codes than can be numbered. Release fewer dimensions together."),
        kind="too_large",
    ),
)


@contextmanager
def unsound_refused() -> Iterator[None]:
    """Inside the block, what cannot be protected is refused. Raises Refused (codes ``disclosure.*``)."""
    try:
        yield
    except Unsound as found:
        problems = [Problem(one.code, one.params, row=one.row, column=one.column) for one in found.flaws]
        raise Refused(problems=problems) from found
