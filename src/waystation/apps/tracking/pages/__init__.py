"""Tracking's pages: what registers cannot derive."""

from waystation.apps.tracking.pages import imports

__all__ = ["imports"]
