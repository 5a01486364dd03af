"""Which systems of the catalogue tracking answers, and how far."""

from django.utils.translation import gettext_lazy as _

from waystation.kernel.systems import answers

answers(
    "S01",
    where="tracking",
    works=_("operations, rounds, imports with quality findings, publishing, the DTM API"),
    try_it="waystation tracking publish FILE --as USER --audience public --licence 'CC BY 4.0' --may-republish",
    witness="tests/contracts/test_dtmapi.py (the official client)",
)
answers(
    "S132",
    where="tracking",
    works=_("releases as HXL CSV, XLSX, GeoJSON and Parquet with a data package, equal to what HDX publishes"),
    try_it="waystation release list",
    witness="tests/contracts/test_libhxl.py (libhxl, Frictionless)",
)
answers(
    "S135",
    where="tracking",
    works=_("other people's statistics, edition by edition, kept apart and cited"),
    try_it="waystation import tracking.reference FILE --source S --edition E --licence L --attribution A",
    witness="apps/tracking/tests/test_taking_in_reference.py",
)
answers(
    "S45",
    where="tracking",
    works=_("quality rules declared with their explanation; findings explained, corrected or accepted with a reason"),
    try_it="waystation explain tracking.findings",
    witness="apps/tracking/tests",
)
answers(
    "S118",
    where="kernel",
    works=_("the personal-data map is printed from the declarations"),
    try_it="waystation explain personal",
    witness="start-up checks",
)
