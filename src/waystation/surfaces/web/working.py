"""The progress of a job as a fragment, and whether the house is well."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from waystation.kernel.work import jobs
from waystation.surfaces.web.beside import progress
from waystation.surfaces.web.sheets import find_record


@login_required
def job_progress(request: HttpRequest, ref: str) -> HttpResponse:
    """``/jobs/<ref>/progress/``: the part of a job's sheet that changes while it runs. Raises Refused ``kernel.not_found``."""
    response = render(request, "web/beside/job.html", {"beside": progress(find_record(jobs, ref))})
    response["Cache-Control"] = "no-store"
    return response


def health(request: HttpRequest) -> HttpResponse:
    """``/health/``: 200 while the database answers, else 503. Says nothing else to strangers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"ok": False}, status=503)
    return JsonResponse({"ok": True})
