"""What is said while the house runs: the catalogue of a language with the corrections of reviewers over it.

Django finds words through ``trans_real``; there is no setting for another source of them, so its class of translations
is replaced by one that asks here first and Django's own catalogues (of its form errors, say) after. A message of ours
that is not translated is said in English: never in another sense that Django has for the same English word.
"""

from __future__ import annotations

import time
from typing import Any

from django.db import DatabaseError, connection
from django.db.models import Count, Sum
from django.utils.translation import trans_real

from waystation.hall.wording.models import Correction
from waystation.hall.wording.queries.catalogues import Forms, entries, form_for, forms_of, message_of, read
from waystation.hall.wording.shapes import LANGUAGES, digest_of

FRESH_SECONDS = 3.0  # how long after a correction another process may still say the old words
Words = dict[str, Forms]
_catalogues: dict[str, Words] = {}  # as the files have it
_said: dict[str, Words] = {}  # with corrections over it
_asked = 0.0
_stamp: tuple[int, int] = (0, 0)


class Spoken(trans_real.DjangoTranslation):
    """A language: our words, then Django's."""

    def __init__(self, language: str, *more: Any) -> None:
        super().__init__(language, *more)
        self.ours = language if language in LANGUAGES else ""

    def gettext(self, message: str) -> str:
        forms = words(self.ours).get(message) if self.ours else None
        if forms is None:
            return super().gettext(message)
        return forms[0] or message

    def ngettext(self, one: str, many: str, n: int) -> str:
        forms = words(self.ours).get(one) if self.ours else None
        if forms is None:
            return super().ngettext(one, many, n)
        if len(forms) == 1:  # elsewhere it counts nothing
            return forms[0] or (one if n == 1 else many)
        return forms[form_for(self.ours)(n)] or (one if n == 1 else many)


def words(language: str) -> Words:
    """Every message of ours in a language; untranslated ones are there with empty texts."""
    if language not in _said:
        _said[language] = dict(catalogue(language))
    return _said[language]


def catalogue(language: str) -> Words:
    """The same without corrections; read once a process."""
    if language not in _catalogues:
        _catalogues[language] = {message_of(one).key: forms_of(one) for one in entries(read(language))}
    return _catalogues[language]


def keep_current(*, at_once: bool = False) -> None:
    """Take in what reviewers corrected, in this process or another; asks the database once in ``FRESH_SECONDS``,
    and never in the middle of a transaction."""
    global _asked, _stamp
    late = time.monotonic() - _asked >= FRESH_SECONDS and not connection.in_atomic_block
    if not (at_once or late):
        return
    _asked = time.monotonic()
    try:
        stamp = Correction.everything.aggregate(n=Count("pk"), version=Sum("version"))
        found = (stamp["n"], stamp["version"] or 0)
        if found == _stamp:
            return
        held = list(Correction.everything.filter(state="corrected").values_list("language", "digest", "forms"))
    except DatabaseError:  # the tables are not made yet, or the database is away: the catalogues speak
        return
    for language in LANGUAGES:
        over = {digest: tuple(forms) for spoken, digest, forms in held if spoken == language}
        known = catalogue(language)
        digests = {digest_of(key): key for key in known} if over else {}
        # A message may have begun to count since it was corrected: then the correction no longer fits it.
        fresh = {digests[one]: forms for one, forms in over.items() if one in digests}
        _said[language] = known | {key: forms for key, forms in fresh.items() if len(forms) == len(known[key])}
    _stamp = found


def speak() -> None:
    """Let Django find our words."""
    trans_real.DjangoTranslation = Spoken  # type: ignore[assignment, misc]  # by its heir: the one way in
