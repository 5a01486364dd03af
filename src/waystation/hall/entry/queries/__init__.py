"""Hard questions about the way in."""
