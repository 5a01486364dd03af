"""Tables brought in: a CSV or XLSX file whose rows are told to one act of a register, each by the act's own rules.

``read`` says what each cell means to the act, ``tried`` does every row and takes it all back, ``brought`` does every row or none.
"""

from waystation.surfaces.bringing.doing import Trial, brought, tried
from waystation.surfaces.bringing.table import Line, Table, bringable, columns_of, read, rejected, template

__all__ = ["Line", "Table", "Trial", "bringable", "brought", "columns_of", "read", "rejected", "template", "tried"]
