"""Who, at the door, and with which passwords."""

import re

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from waystation.kernel.rules import duty, named, not_by

steward = duty("house.steward")
holder = named("holder", words="it is your own")
myself = named("pk", words="it is your own account")
another = not_by("pk", words="it is not your own account")


HOUSE_WORDS = (
    "waystation",
    "displacement",
    "tracking",
    "humanitarian",
    "migration",
    "refugee",
    "emergency",
    "password",
    "welcome",
)


class NoHouseWords:
    """A password check of Django's kind: nothing that is only words of the house, with a year or a mark behind them."""

    def validate(self, password: str, user: object = None) -> None:
        """Raises ValidationError when too little is left without these words, numbers and marks."""
        words = {*HOUSE_WORDS, *re.findall(r"\w{4,}", settings.ORGANISATION.lower())}
        left = re.sub("|".join(sorted(map(re.escape, words), key=len, reverse=True)), "", password.lower())
        if len(re.sub(r"[\W\d_]", "", left)) < 6 and left != password.lower():
            raise ValidationError(self.get_help_text(), code="house_words")

    def get_help_text(self) -> str:
        """What is asked of a password."""
        return _("Do not build it from words everyone here would guess, such as the name of the organisation.")
