"""The demonstration organisation: made by the project through its own acts, the same from the same seed.

Its countries are invented (their codes are ones ISO 3166 keeps for users), and so is everyone in it.
"""

from waystation.site.demo.large import enlarge
from waystation.site.demo.making import make, personas

__all__ = ["enlarge", "make", "personas"]
