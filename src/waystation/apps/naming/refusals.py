"""What is refused of names and their codes."""

from django.utils.translation import gettext_lazy as _

from waystation.kernel.refusals import refusal, refusals

refusals(
    "naming",
    no_such_place=refusal(
        _(
            "{country} has no place with the code {code} at level {level}. Choose one of the candidates, or write a code of "
            "the gazetteer."
        )
    ),
    no_name=refusal(_("There is no letter or digit in the name “{text}”. Write the name as the source writes it.")),
    already_decided=refusal(
        _("“{text}” of this source was already decided as {decided}. Withdraw that decision first."), "conflict"
    ),
    no_such_column=refusal(_("The file has no column “{column}”. Its columns are: {columns}."), "missing"),
    no_name_column=refusal(
        _(
            "No column of the file was recognised as names of places. Say which it is, for example --admin1 Province. "
            "Its columns are: {columns}."
        )
    ),
    no_places=refusal(
        _("No places of {country} are held. Load a list first: waystation import places.areas FILE."), "missing"
    ),
    too_many=refusal(_("{count} names cannot be decided at once. Decide at most {most}."), "too_large"),
)
