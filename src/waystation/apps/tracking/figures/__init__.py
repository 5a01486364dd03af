"""What tracking's numbers mean. Only rounds in force are counted; unknown counts are said, never added as zero."""

from waystation.apps.tracking.figures import arrivals, changes, counts, groups, rounds

__all__ = ["arrivals", "changes", "counts", "groups", "rounds"]
