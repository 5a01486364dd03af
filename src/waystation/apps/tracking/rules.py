"""Who, in tracking."""

from django.utils.translation import gettext_lazy as _

from waystation.kernel.rules import declare_duties, duty, filled

declare_duties(
    "tracking",
    manage=_("runs displacement tracking: operations, rounds, imports, findings"),
    validate=_("validates rounds and accepts findings"),
    publish=_("publishes and withdraws rounds"),
)
manager = duty("tracking.manage")
validator = duty("tracking.validate")
publisher = duty("tracking.publish")
team = manager | validator | publisher
out_now = filled("published_version", words="a version of it is published")
