"""Forms on pages: the questions made ready for their template, what a browser sent, and what was typed kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.http import HttpRequest

from waystation.kernel.pages import Upload
from waystation.kernel.screens import Form, Question
from waystation.surfaces import wording

OWN = ("csrfmiddlewaretoken",)
LONG = 8  # questions from which a form is read like a table: label, then answer
BOX = {"text": "text", "number": "number", "date": "date"}


@dataclass(frozen=True)
class Field:
    """A question with its ids; ``value`` as an input holds it, whatever the reader's language."""

    question: Question
    id: str
    value: str
    options: list[tuple[str, Any]]

    @property
    def box(self) -> str:
        """The type of a one-line input, else an empty string."""
        return BOX.get(self.question.kind, "")

    @property
    def checked(self) -> bool:
        """Whether a yes-or-no question is answered with yes."""
        return self.value == "yes"

    @property
    def way(self) -> str:
        """Which way its answer is written: as its language is, else as its first letter says."""
        return wording.direction(self.question.language) if self.question.language else "auto"

    @property
    def hint_id(self) -> str:
        """The id of the hint; files always have one, for it says how large they may be."""
        return f"{self.id}-hint" if self.question.hint or self.question.kind == "file" else ""


def asked(form: Form, name: str) -> dict[str, Any]:
    """What the template of a form shows; ``name`` keeps the ids of several forms on one page apart."""
    fields = [
        Field(one, f"{name}-{place}", _text(one.value), _options(one)) for place, one in enumerate(form.questions)
    ]
    return {
        "id": name, "fields": fields, "hidden": list(form.hidden.items()), "long": len(fields) > LONG,
        "most": settings.UPLOAD_LIMIT_BYTES, "megabytes": settings.UPLOAD_LIMIT_BYTES // (1024 * 1024),
    }  # fmt: skip


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        value = value.date()
    return value.isoformat() if isinstance(value, date) else "" if value is None else str(value)


def _options(question: Question) -> list[tuple[str, Any]]:
    """A choice that is not made yet begins with an empty option, so that no answer is given unread."""
    options = [(str(value), label) for value, label in question.options]
    values = {value for value, _label in options}
    return options if "" in values or _text(question.value) in values else [("", ""), *options]


def sent(request: HttpRequest) -> dict[str, str]:
    """What a form sent, by question; of a question sent twice the last answer."""
    return {name: str(value) for name, value in request.POST.items() if name not in OWN}


def uploads(request: HttpRequest) -> tuple[Upload, ...]:
    """The files a form sent. They lie in the temporary folder until the request has been answered."""
    found = [(question, one) for question, files in request.FILES.lists() for one in files]
    return tuple(
        Upload(question, one.name or "", Path(one.temporary_file_path()), one.size or 0)
        for question, one in found
        if isinstance(one, TemporaryUploadedFile)
    )


def kept(form: Form, answers: Mapping[str, str]) -> Form:
    """The form with what was typed into it; files cannot be kept. A form that did not send this is left as it is."""
    own = {one.name for one in form.questions} | set(form.hidden)
    same = all(answers.get(name) == value for name, value in form.hidden.items())
    if not (same and set(answers) <= own):
        return form
    return replace(form, questions=[_answered(one, answers) for one in form.questions])


def _answered(question: Question, answers: Mapping[str, str]) -> Question:
    if question.kind == "file":
        return question
    unsaid = "no" if question.kind == "yesno" and not question.required else question.value
    return replace(question, value=answers.get(question.name, unsaid))
