"""Hooks for programs: the feed of what has changed, and webhooks that push it."""
