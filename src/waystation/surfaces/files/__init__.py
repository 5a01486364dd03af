"""Files out of lists: what is shown, in the columns that are shown, as CSV, XLSX, HXL, GeoJSON or Parquet.

    leaving = leaving_of(question)                          # or Leaving(register, ("ref", "name"), rows in order)
    offered(register)                                       # the formats there are: {"csv": "CSV", ...}
    write(leaving, "parquet", path)                         # how many rows it holds; memory stays flat
    answer(leaving, "csv")                                  # a download, for at most AT_ONCE rows
    later(register, query, "csv", key=...)                  # a job that makes the file, for any number of them

Formulas are disarmed. Personal and sensitive columns never leave in a file of a list (``leaving.kept_in``).
"""

from waystation.surfaces.files.keeping import fetched, later, leaving_of
from waystation.surfaces.files.leaving import AT_ONCE, FORMATS, Leaving, as_typed, offered, write
from waystation.surfaces.files.sending import answer, sent

__all__ = [
    "AT_ONCE",
    "FORMATS",
    "Leaving",
    "answer",
    "as_typed",
    "fetched",
    "later",
    "leaving_of",
    "offered",
    "sent",
    "write",
]
