"""Taking files in as long work: by a worker, for the person who brought them, with progress, and to be stopped."""

from __future__ import annotations

from typing import Any

from waystation.apps.sources import acts
from waystation.apps.sources.datasets.taking import TakenIn, take_in
from waystation.apps.sources.models import Intake
from waystation.intake import Mapping
from waystation.kernel.acts import do
from waystation.kernel.datasets import Terms
from waystation.kernel.refusals import Refused
from waystation.kernel.work import Work, task


@task("sources.take_in")
def take_in_files(work: Work, *, intake: int) -> dict[str, Any]:
    """Take the files of an import in. Done twice, it does it once: the import is closed together with its rounds."""
    record = Intake.objects.get(pk=intake)
    if record.state == "taken_in":
        return dict(record.outcome)
    mapping = Mapping.from_json(record.mapping, record.file_name) if record.mapping else None
    terms = Terms(record.source, record.licence, record.attribution, record.may_republish)

    def closed(taken: TakenIn) -> None:
        do(acts.take_in, record, outcome=taken.as_dict())

    try:
        taken = take_in(
            list(record.files.order_by("pk")), office=record.office, terms=terms, mapping=mapping,
            constants=record.constants, progress=work.progress, closed=closed,
        )  # fmt: skip
    except Refused as refused:
        do(acts.give_up, record, outcome=refused.as_dict())
        raise
    return taken.as_dict()
