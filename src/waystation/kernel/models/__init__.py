"""The kernel's stored things, by what they are for."""

from waystation.kernel.models.evidence import FrozenFigure, Partition, RawFile, Release
from waystation.kernel.models.house import AccessToken, Actor, DutyGrant, Office, Record
from waystation.kernel.models.ledger import Account, AccountPart, Closing, ClosingBalance, Hold, Transfer
from waystation.kernel.models.trail import AuditEntry, ChainHead, Delivery, IdempotencyKey, OutboxFact, Revision
from waystation.kernel.models.work import Job, Mark

__all__ = [
    "AccessToken", "Account", "AccountPart", "Actor", "AuditEntry", "ChainHead", "Closing", "ClosingBalance", "Delivery",
    "DutyGrant", "FrozenFigure", "Hold", "IdempotencyKey", "Job", "Mark", "Office", "OutboxFact", "Partition", "RawFile", "Record",
    "Release", "Revision", "Transfer",
]  # fmt: skip
