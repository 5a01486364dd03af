"""What keepers of places do."""
