"""Questions about margins: what is in them, whom a comment names, what a file is, where it lies."""
