"""Who, at the door."""

from waystation.kernel.rules import duty, named

steward = duty("house.steward")
holder = named("holder", words="it is your own")
myself = named("pk", words="it is your own account")
