"""Questions to the index, and what is written in it."""
