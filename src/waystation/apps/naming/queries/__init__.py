"""Names beside names: spellings, likeness, rows, and what the house holds of places."""
