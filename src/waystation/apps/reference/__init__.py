"""Reference: other organisations' statistics, edition by edition, cited and kept apart from our own counts."""
