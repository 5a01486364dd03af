"""Watching the house: its log, its counts, whether it is ready. None of them ever holds a personal value."""
