"""The interface for programs, made from the declarations: see ``docs/api.md``."""
