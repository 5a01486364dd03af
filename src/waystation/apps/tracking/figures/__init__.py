"""What tracking's numbers mean. Only rounds in force are counted; unknown counts are said, never added as zero."""

from waystation.apps.tracking.figures import changes, counts

__all__ = ["changes", "counts"]
