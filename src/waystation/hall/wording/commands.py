"""languages: the catalogues brought up to date, what is missing in them, and translations taken in and out."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from waystation.hall.wording.models import Correction
from waystation.hall.wording.queries.catalogues import entries, forms_of, message_of, put, read, updated, write
from waystation.hall.wording.queries.checking import wrong_with
from waystation.hall.wording.queries.extracting import messages
from waystation.hall.wording.shapes import LANGUAGES, TO_REVIEW, Message
from waystation.kernel.commands import Answer, command
from waystation.kernel.refusals import Problem, Refused


@command("languages update", about=_("bring the catalogues up to date with the messages of the code"),
         examples=["waystation languages update"])  # fmt: skip
def languages_update(args: Namespace) -> Answer:
    """New messages come in untranslated, those that are gone go, all others stay as they are."""
    told = messages()
    for language in LANGUAGES:
        write(language, updated(language, told))
    return _state(LANGUAGES)


def _state(languages: Iterable[str]) -> Answer:
    data = []
    for language in languages:
        held = entries(read(language))
        missing = sum(not all(forms_of(one)) for one in held)
        waits = sum(TO_REVIEW in one.flags for one in held)
        data.append({"language": language, "messages": len(held), "missing": missing, "to_review": waits})
    lines = (f"{one['language']}: {one['messages']:,} messages, {one['missing']:,} missing, {one['to_review']:,} to be reviewed"
             for one in data)  # fmt: skip
    return Answer(data, "\n".join(lines))


@command("languages missing", about=_("what is not translated yet, as a list to fill in"),
         examples=["waystation languages missing ar --json > ar.json"])  # fmt: skip
def languages_missing(args: Namespace) -> Answer:
    """With --json: objects with ``source`` (and ``plural``, ``context``), and empty ``forms`` to fill in for ``import``."""
    data = []
    for entry in entries(read(args.language)):
        if not all(forms_of(entry)):
            one = message_of(entry)
            more = {"plural": one.many} if one.many else {}
            more |= {"context": one.context} if one.context else {}
            data.append({"source": one.one, **more, "where": sorted(one.places), "forms": list(forms_of(entry))})
    return Answer(data, "\n".join(str(one["source"]) for one in data) or f"Nothing is missing in {args.language}.")


@languages_missing.arguments
def _missing(parser: ArgumentParser) -> None:
    parser.add_argument("language", choices=LANGUAGES)


@command("languages import", about=_("take translations in, marked to be reviewed"),
         examples=["waystation languages import ar ar.json", "waystation languages import ar ar.json --reviewed"])  # fmt: skip
def languages_import(args: Namespace) -> Answer:
    """Take in what ``missing`` printed, filled in. All are checked first; with one that does not fit, nothing is taken in."""
    catalog, problems, count = read(args.language), [], 0
    known = {message_of(one).key: one for one in entries(catalog)}
    for message, forms in _given(Path(args.file)):
        entry = known.get(message.key)
        if entry is None:
            problems.append(Problem("wording.no_message", {"message": message.one}, file=args.file))
        elif any(forms):
            wrong = wrong_with(args.language, message_of(entry), forms)
            if wrong:
                problems.append(Problem("wording.does_not_fit", {"message": message.one, "why": wrong}, file=args.file))
            else:
                flags = () if args.reviewed else (TO_REVIEW,)
                put(catalog, message_of(entry), forms, flags, entry.locations)
                count += 1
    if problems:
        raise Refused(problems=problems)
    write(args.language, catalog)
    return Answer({"taken_in": count} | _state([args.language]).data[0], f"{count:,} translations were taken in.")


@languages_import.arguments
def _import(parser: ArgumentParser) -> None:
    parser.add_argument("language", choices=LANGUAGES)
    parser.add_argument("file", metavar="FILE.json")
    parser.add_argument("--reviewed", action="store_true", help="a person who speaks the language made or read them")


def _given(path: Path) -> list[tuple[Message, list[str]]]:
    try:
        rows: Any = json.loads(path.read_text(encoding="utf-8"))
        return [
            (Message(row["source"], row.get("plural", ""), row.get("context", "")), list(row["forms"])) for row in rows
        ]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as broken:
        raise Refused("wording.not_a_list", file=str(path), detail=f"{type(broken).__name__}: {broken}") from broken


@command("languages export", about=_("write what reviewers confirmed and corrected into the catalogues, for the next release"),
         examples=["waystation languages export"])  # fmt: skip
def languages_export(args: Namespace) -> Answer:
    """Reviewed translations lose their mark, corrected ones take the reviewers' words."""
    count = 0
    for language in LANGUAGES:
        catalog = read(language)
        known = {message_of(one).digest: one for one in entries(catalog)}
        for held in Correction.everything.filter(language=language):
            entry = known.get(held.digest)
            if entry is not None and not wrong_with(language, message_of(entry), held.forms):
                put(catalog, message_of(entry), held.forms, (), entry.locations)
                count += 1
        write(language, catalog)
    return Answer({"written": count}, f"{count:,} reviewed translations were written.")


@command("languages check", about=_("whether every message is translated and every translation fits"),
         examples=["waystation languages check", "waystation languages check --json"])  # fmt: skip
def languages_check(args: Namespace) -> Answer:
    """What is missing, superfluous or does not fit, language by language; exits with 1 when there is anything."""
    told = {one.key: one for one in messages()}
    data = []
    for language in LANGUAGES:
        held = {message_of(one).key: one for one in entries(read(language))}
        data += [
            {"language": language, "source": told[key].one, "wrong": "is not in the catalogue"}
            for key in told.keys() - held
        ]
        for key, entry in held.items():
            wrong = (
                wrong_with(language, message_of(entry), forms_of(entry)) if key in told else "is said nowhere any more"
            )
            if wrong:
                data.append({"language": language, "source": message_of(entry).one, "wrong": wrong})
    lines = [f"{one['language']}: “{one['source']}” {one['wrong']}" for one in data]
    return Answer(data, "\n".join(lines) or "All messages are translated in all languages.", ok=not data)
