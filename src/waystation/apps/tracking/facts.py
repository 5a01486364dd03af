"""What tracking tells others."""

from waystation.kernel.facts import fact

ObservationsReceived = fact("tracking.observations_received", round=int, version=int)
RoundPublished = fact("tracking.round_published", round=int, version=int)
RoundWithdrawn = fact("tracking.round_withdrawn", round=int)
