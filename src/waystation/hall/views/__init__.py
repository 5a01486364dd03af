"""Saved views: a list's question under a name, for its author or for an office and those below it."""
