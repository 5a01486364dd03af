"""Which systems of the catalogue reference answers, and how far."""

from django.utils.translation import gettext_lazy as _

from waystation.kernel.systems import answers

answers(
    "S135",
    where="reference",
    works=_("other people's statistics, edition by edition, kept apart and cited; figures of one edition at a time"),
    try_it="waystation import reference.statistics FILE --source S --edition E --licence L --attribution A",
    witness="apps/reference/tests/test_taking_in_reference.py",
)
