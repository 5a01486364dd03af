"""Exchange's registers: feeds on outside exchanges, and plans read for their use of tracking data."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from waystation.apps.exchange.acts import feeds as on_feeds
from waystation.apps.exchange.acts import plans as on_plans
from waystation.apps.exchange.models import Feed, Plan
from waystation.kernel.register import Lifecycle, Register, Section
from waystation.kernel.rules import anyone

feeds = Register(
    name="exchange.feeds",
    model=Feed,
    word=(_("feed on an exchange"), _("feeds on exchanges")),
    lifecycle=Lifecycle(
        {"active": _("active"), "retired": _("retired")},
        (on_feeds.announce, on_feeds.update, on_feeds.retire),
        final=frozenset({"retired"}),
    ),
    sight=anyone,
    columns=("title", "venue", "country", "updated_on", "downloads", "reported_on", "state"),
    filters=("state", "venue", "country", "updated_on"),
    search=("ref", "title", "address"),
    order="-updated_on",
    sections=(
        Section(_("Feed"), ("title", "venue", "country", "address", "office")),
        Section(_("What it holds"), ("release", "since", "updated_on", "retired_on")),
        Section(_("Downloads"), ("downloads", "reported_on")),
    ),
    personal=(),
    hxl={
        "title": "#meta+dataset",
        "venue": "#meta+exchange",
        "country": "#country+name",
        "updated_on": "#date+updated",
        "downloads": "#meta+downloads+num",
        "reported_on": "#date+reported",
    },
    systems=("S132",),
)

plans = Register(
    name="exchange.plans",
    model=Plan,
    word=(_("plan read for its sources"), _("plans read for their sources")),
    lifecycle=Lifecycle(
        {"read": _("read"), "set_aside": _("set aside")},
        (on_plans.read, on_plans.read_again, on_plans.set_aside),
        final=frozenset({"set_aside"}),
    ),
    sight=anyone,
    columns=("title", "kind", "country", "year", "use", "state"),
    filters=("state", "kind", "country", "year", "use"),
    search=("ref", "title", "evidence"),
    order="-year",
    sections=(
        Section(_("Document"), ("title", "kind", "country", "year", "address", "office")),
        Section(_("Use of tracking data"), ("use", "evidence")),
    ),
    personal=(),
    hxl={"title": "#meta+document", "kind": "#meta+type", "country": "#country+name", "year": "#date+year"},
    systems=("S132",),
)
