"""What wording refuses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from waystation.kernel.refusals import refusal, refusals

refusals(
    "wording",
    no_language=refusal(_("There is no catalogue of “{language}”. It can be: {known}."), "missing"),
    no_message=refusal(_("There is no message “{message}” in the house now. Look it up in the list of messages."), "missing"),
    does_not_fit=refusal(_("The translation of “{message}” cannot be used: {why}. Correct it, then send it again.")),
    not_a_list=refusal(_("{file} is not what “languages missing --json” prints, with translations filled in ({detail}).")),
)  # fmt: skip
