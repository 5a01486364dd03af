"""What hooks refuse."""

from django.utils.translation import gettext_lazy as _

from waystation.kernel.refusals import refusal, refusals

refusals(
    "hooks",
    url_refused=refusal(_("Nothing can be told to {url}: {why}.")),
    unknown_event=refusal(
        _("There is nothing called “{name}” to listen to. Name a register, an act (register.act) or one of: {known}.")
    ),
    nothing_to_hear=refusal(_("Say what to listen to: at least one register, act or fact.")),
    grant_missing=refusal(
        _("A webhook tells what has changed, and this key does not hold “feed:read”. Sign in yourself."), "forbidden"
    ),
    cursor_wrong=refusal(
        _("The cursor is not one of ours. Take it from “next” as it is, or leave it out to begin anew.")
    ),
    cursor_ahead=refusal(
        _("The cursor is ahead of this house: its database was set back to an earlier day. Read the registers anew."),
        "conflict",
    ),
)
