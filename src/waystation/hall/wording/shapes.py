"""A message as every part of this package speaks of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

LANGUAGES = {
    "ar": "ar",
    "zh-hans": "zh_Hans",
    "fr": "fr",
    "ru": "ru",
    "es": "es",
}  # ours and the folders of their catalogues
# How many forms a counted text has, and which one a number takes. Stated here, for tools disagree: makemessages writes two
# for Arabic, and Babel numbers its last two the other way round than everybody else.
PLURALS = {
    "ar": (6, "n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5"),
    "zh-hans": (1, "0"),
    "fr": (2, "n > 1"),
    "ru": (3, "n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2"),
    "es": (2, "n != 1"),
}
TO_REVIEW = "to-be-reviewed"  # the flag of a translation that a machine made and nobody has looked at


@dataclass(frozen=True)
class Message:
    """A text of the code: ``many`` only where it counts something; ``context`` tells words apart that English does not."""

    one: str
    many: str = ""
    context: str = ""
    places: frozenset[str] = field(default=frozenset(), compare=False)

    @property
    def forms(self) -> tuple[str, ...]:
        """The English text, or both of them."""
        return (self.one, self.many) if self.many else (self.one,)

    @property
    def key(self) -> str:
        """What gettext finds it by."""
        return f"{self.context}\x04{self.one}" if self.context else self.one

    @property
    def digest(self) -> str:
        """A short name for addresses and columns."""
        return digest_of(self.key)


def digest_of(key: str) -> str:
    """A short name for a message, from what gettext finds it by."""
    return hashlib.sha256(key.encode()).hexdigest()[:16]
