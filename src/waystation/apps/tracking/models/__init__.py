"""What tracking stores: operations, rounds, findings, and mappings remembered from one import to the next."""

from waystation.apps.tracking.models.imports import Intake, ReferenceEdition, SourceMapping
from waystation.apps.tracking.models.rounds import Finding, Operation, Round

__all__ = ["Finding", "Intake", "Operation", "ReferenceEdition", "Round", "SourceMapping"]
