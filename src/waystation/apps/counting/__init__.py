"""Counting: how observations add up by level, change from round to round, how sure they are, and what of them may be shown."""
