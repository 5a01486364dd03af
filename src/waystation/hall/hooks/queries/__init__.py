"""Hard questions of the hooks."""
