"""Which systems of the catalogue tracking answers, and how far."""

from django.utils.translation import gettext_lazy as _

from waystation.kernel.systems import answers

answers(
    "S01",
    where="tracking",
    works=_(
        "operations, rounds, imports with quality findings and names of places matched to codes, "
        "screens with map and trend, change between rounds told apart, "
        "publishing, the DTM API"
    ),
    try_it="waystation tracking publish FILE --as USER --audience public --licence 'CC BY 4.0' --may-republish",
    witness="tests/contracts/test_dtmapi.py (the official client)",
)
answers(
    "S45",
    where="tracking",
    works=_("quality rules declared with their explanation; findings explained, corrected or accepted with a reason"),
    try_it="waystation explain tracking.findings",
    witness="apps/sources/tests/test_quality.py, test_taking_in_real_files.py",
)
