"""A file on its way in, and the mapping that is remembered for the next one."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from waystation.apps.sources.models import Intake, SourceMapping
from waystation.apps.sources.rules import manager
from waystation.kernel.acts import Outcome, act
from waystation.kernel.datasets import Terms
from waystation.kernel.models import Office, RawFile


@act("new -> received", by=manager, said=_("brought the file"))
def bring(*, files: list[RawFile], terms: Terms, office: Office) -> Outcome:
    """Bring files in, kept as they came; nothing of them counts yet."""
    made = Intake(
        file_name=", ".join(one.name for one in files)[:255], office=office, source=terms.source, licence=terms.licence,
        attribution=terms.attribution, may_republish=terms.may_republish,
    )  # fmt: skip
    return Outcome(record=made, new=[one for one in files if one.pk is None], links=[(made, "files", files)])


@act("received | mapped | refused -> mapped", by=manager, said=_("mapped the columns"))
def map_columns(intake: Intake, *, mapping: dict[str, Any], constants: dict[str, Any], job: str = "") -> Outcome:
    """Say which column holds what, what the file does not say itself, and which job takes it in.

    Without a mapping each file is read as it is recognised.
    """
    intake.mapping, intake.constants, intake.job, intake.outcome = mapping, constants, job, {}
    return Outcome()


@act("mapped -> taken_in", by=manager, said=_("took the file in"))
def take_in(intake: Intake, *, outcome: dict[str, Any]) -> Outcome:
    """The rows are in their rounds."""
    intake.outcome = outcome
    return Outcome()


@act("received | mapped -> refused", by=manager, said=_("could not take the file in"))
def give_up(intake: Intake, *, outcome: dict[str, Any]) -> Outcome:
    """The file was refused with its problems; everything is as before."""
    intake.outcome = outcome
    return Outcome()


@act("received | mapped | refused -> dropped", by=manager, said=_("dropped the import"))
def drop(intake: Intake) -> Outcome:
    """Leave the file aside."""
    return Outcome()


@act("new -> kept", by=manager, said=_("remembered the mapping"))
def remember(*, name: str, signature: str, mapping: dict[str, Any], office: Office) -> Outcome:
    """Remember how this source's columns are read, for its next file."""
    return Outcome(record=SourceMapping(name=name, signature=signature, mapping=mapping, office=office))


@act("kept -> retired", by=manager, said=_("retired the mapping"))
def retire(mapping: SourceMapping) -> Outcome:
    """Use it no more."""
    return Outcome()
