"""What hooks do when something was done: note whom to tell, and tell them."""

from waystation.hall.hooks.reactions.telling import errand
from waystation.kernel import facts

facts.errands.append(errand)
