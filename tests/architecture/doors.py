"""The import-linter contract for doors: an app is entered from another app by its open rooms only.

Layers say which app may know which; they cannot say *where* it may come in. Here every import between two
apps must name one of the doors, whoever stands higher on the street.
"""

from __future__ import annotations

from typing import Any

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class DoorsContract(Contract):
    """Options: ``street``, the package whose children are the apps; ``doors``, the rooms others may import."""

    type_name = "doors"
    # import-linter puts the configured value in the field's place.
    street: Any = fields.StringField()
    doors: Any = fields.SetField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Kept when no module of one app imports a closed room of another."""
        trespasses = []
        for importer in sorted(graph.find_descendants(self.street)):
            for imported in sorted(graph.find_modules_directly_imported_by(importer)):
                if self._is_trespass(importer, imported):
                    trespasses += graph.get_import_details(importer=importer, imported=imported)
        return ContractCheck(kept=not trespasses, metadata={"trespasses": trespasses})

    def _is_trespass(self, importer: str, imported: str) -> bool:
        """``imported`` is in another app than ``importer`` and behind none of its doors."""
        if not imported.startswith(f"{self.street}."):
            return False
        own_app, *_ = importer.removeprefix(f"{self.street}.").split(".")
        app, *rooms = imported.removeprefix(f"{self.street}.").split(".")
        return app != own_app and (not rooms or rooms[0] not in self.doors)

    def render_broken_contract(self, check: ContractCheck) -> None:
        """One line for each trespass, with the line of source it stands on."""
        doors = ", ".join(sorted(self.doors))
        for at in check.metadata["trespasses"]:
            output.print_error(f"{at['importer']}, line {at['line_number']}: {at['line_contents']}", bold=False)
        output.print_error(f"Come in by a door instead ({doors}), or talk through a fact.", bold=True)
