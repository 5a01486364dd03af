"""Who, in hooks."""

from waystation.kernel.house import steward
from waystation.kernel.rules import author, through

owner = author
owner_or_steward = author | steward
of_its_webhook = through("webhook", author) | through("webhook", steward)
