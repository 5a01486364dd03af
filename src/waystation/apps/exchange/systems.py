"""Which systems of the catalogue exchange answers, and how far."""

from django.utils.translation import gettext_lazy as _

from waystation.kernel.systems import answers

answers(
    "S132",
    where="exchange",
    works=_(
        "releases as HXL CSV, XLSX, GeoJSON and Parquet with a data package, equal to what HDX publishes; a register of what "
        "outside exchanges hold of ours, with countries, update dates and downloads, and of the plans that use it"
    ),
    try_it="waystation figure value exchange.countries_shared --where venue=hdx",
    witness="tests/contracts/test_libhxl.py (libhxl, Frictionless)",
)
