"""The log, for people (plain) or for programs (one JSON object a line), without anything personal in it.

What our own code says is said in references, ids and names of declarations, and is written as it is. What other people's code
says may quote what a person typed: of it only the template is written, never the values filled in. Of an error its kinds and
the lines of code it came through are written, neither its message nor any variable: messages quote values.
"""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

request_id: ContextVar[str] = ContextVar("request_id", default="")
LEFT_OUT = "(what it says may quote a person, and is left out)"


def said(record: logging.LogRecord) -> str:
    """What a log record says, as far as it may be written."""
    if record.name == "django.request":
        return "unhandled error"  # its own words hold the address that was asked for
    if record.name.partition(".")[0] in ("waystation", "_granian"):
        return record.getMessage()
    template = str(record.msg) if record.args else LEFT_OUT
    return f"{template} [{record.module}:{record.lineno}]"


def errors(trouble: BaseException | None) -> Iterator[tuple[str, list[str]]]:
    """(kind, lines of code from the outermost) of an error, then of what it came from."""
    seen = set[int]()
    while trouble is not None and id(trouble) not in seen:
        seen.add(id(trouble))
        frames = traceback.extract_tb(trouble.__traceback__)
        kind = type(trouble)
        yield f"{kind.__module__}.{kind.__qualname__}", [f"{f.filename}:{f.lineno} {f.name}: {f.line}" for f in frames]
        trouble = trouble.__cause__ or (None if trouble.__suppress_context__ else trouble.__context__)


def told(record: logging.LogRecord) -> dict[str, Any]:
    """A log record as a program reads it: at, level, logger, message, request, what was told beside, errors."""
    found: dict[str, Any] = {
        "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname, "logger": record.name, "message": said(record),
    }  # fmt: skip
    if request_id.get():
        found["request"] = request_id.get()
    found |= getattr(record, "told", {})
    if record.exc_info and record.exc_info[1] is not None:
        found["errors"] = [{"kind": kind, "through": lines} for kind, lines in errors(record.exc_info[1])]
    return found


class Json(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(told(record), ensure_ascii=False, default=str)


class Plain(logging.Formatter):
    """A line for people, and below it the way an error came."""

    def format(self, record: logging.LogRecord) -> str:
        one = told(record)
        beside = f" [request {one['request']}]" if "request" in one else ""
        lines = [f"{one['at']} {one['level']} {one['logger']}: {one['message']}{beside}"]
        for error in one.get("errors", ()):
            lines += [f"  {error['kind']}, through", *(f"    {line}" for line in error["through"])]
        return "\n".join(lines)


def logging_of(form: str, level: str) -> dict[str, Any]:
    """Django's LOGGING: everything to standard error. ``form``: plain or json; ``level``: the least of ours, "" for the usual."""
    ours = level or ("INFO" if form == "json" else "WARNING")
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"plain": {"()": f"{__name__}.Plain"}, "json": {"()": f"{__name__}.Json"}},
        "handlers": {"out": {"class": "logging.StreamHandler", "formatter": form}},
        "root": {"handlers": ["out"], "level": "WARNING"},
        "loggers": {
            "waystation": {"level": ours},
            "_granian": {"level": "INFO"},  # the server: where it listens, and how it ends
            "django": {"handlers": [], "level": "WARNING"},
            "django.request": {"level": "ERROR"},  # what was refused has its line among the requests
        },
    }
