"""Every act tells those whom it concerns, in its own transaction; e-mails go when their time has come."""

from typing import Any

from waystation.hall.notices import api
from waystation.hall.notices.acts import tell
from waystation.kernel.acts import afterwards
from waystation.kernel.values import today
from waystation.kernel.work import Work, task

afterwards.append(tell)


@task("notices.at_once", every="5 minutes")
def at_once(work: Work) -> dict[str, Any]:
    """The e-mails of those who want them at once."""
    return vars(api.send_at_once())


@task("notices.digest", every="day at 06:00")
def digest(work: Work) -> dict[str, Any]:
    """What is late, and the e-mails of those who want one a day."""
    return vars(api.send_digests(today()))
