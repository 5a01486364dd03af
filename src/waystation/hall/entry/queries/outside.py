"""What packages from outside keep about people in tables of their own, and for how long."""

from __future__ import annotations

from datetime import datetime

from axes.models import AccessAttempt, AccessFailureLog, AccessLog

AXES = (AccessAttempt, AccessFailureLog, AccessLog)


def purge_axes(before: datetime) -> int:
    """Remove tries to sign in from before a moment. Returns how many rows there were."""
    return sum(model.objects.filter(attempt_time__lt=before).delete()[0] for model in AXES)
