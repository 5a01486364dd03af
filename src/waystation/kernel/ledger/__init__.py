"""Ledgers: quantities that move between accounts, so that nothing appears, vanishes or goes below its floor.

    seats = Ledger("seats", unit="seat")
    WORLD = seats.account("world", by=("event",), floor=None)      # where they come from: no floor
    FREE = seats.account("free", by=("event", "room"))             # the floor is 0 unless said otherwise
    TAKEN = seats.account("taken", by=("event", "guest"))

An act returns moves in its outcome, and the runner books them in its transaction, whole or not at all::

    Outcome(moves=[(FREE(event=e, room=r) >> TAKEN(event=e, guest=g)).of(2)])
    Outcome(moves=[FREE(event=e, room=r).hold(2, on=booking, until=moment)])      # nobody else can take them
    Outcome(moves=[one.post(1, to=TAKEN(...)) for one in holds_of(booking)])       # the rest stays held
    Outcome(moves=[one.release() for one in holds_of(booking)])

Amounts are whole numbers of the smallest unit. A correction is another transfer. Every transfer has the moment it
happened and the moment it was booked, and balances can be asked as of either.
"""

from waystation.kernel.ledger.asof import balances, close_months, transfers
from waystation.kernel.ledger.declare import Kind, Ledger, Move, Spot, ledgers
from waystation.kernel.ledger.posting import Held, Posting, holds_of, prepare, release_expired

__all__ = [
    "Held", "Kind", "Ledger", "Move", "Posting", "Spot", "balances", "close_months", "holds_of", "ledgers", "prepare",
    "release_expired", "transfers",
]  # fmt: skip
