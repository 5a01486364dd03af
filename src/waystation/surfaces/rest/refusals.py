"""What the interface itself refuses, and the HTTP status of what the kernel's kinds of refusals do not tell."""

from django.utils.translation import gettext_lazy as _

from waystation.kernel.refusals import STATUS, catalogue, refusal, refusals

refusals(
    "rest",
    credentials_missing=refusal(_("Say who is asking: send “Authorization: Bearer KEY”, or sign in."), "forbidden"),
    scope_missing=refusal(
        _("This key does not hold “{grant}”. Make one that does: waystation token create --scope '{grant}'."),
        "forbidden",
    ),
    stale_form=refusal(
        _("A signed-in browser must send its X-CSRFToken with this. Send a key instead, or the token."), "forbidden"
    ),
    no_such_address=refusal(
        _("There is nothing at this address. See /api/v1/openapi.json for what there is."), "missing"
    ),
    wrong_method=refusal(_("This address does not take {method}. It takes {allowed}.")),
    too_many=refusal(_("Too many requests. Wait {seconds} seconds, then go on more slowly.")),
    body_too_large=refusal(_("What was sent is larger than {limit} bytes. Send less at once."), "too_large"),
    media_type=refusal(_("What was sent is “{given}”. Send application/json.")),
    not_acceptable=refusal(_("There is no format “{format}” here. It can be: {known}.")),
    body_unreadable=refusal(_("What was sent cannot be read as JSON: {why}.")),
    text_unusable=refusal(
        _("A text holds a character that cannot be kept (U+0000 or half a surrogate pair). Leave it out.")
    ),
    wrong_value=refusal(_("{name} must be {wanted}.")),
    unknown_reference=refusal(_("{name}: there is no record “{ref}” that you may see. Check the reference.")),
    unknown_parameter=refusal(_("There is no parameter “{name}” here. There are: {known}.")),
    cursor_wrong=refusal(
        _("The cursor belongs to another question or is not ours. Take “next” as it is, or begin anew.")
    ),
    value_unfit=refusal(_("A value is too long or too large for where it is kept. Nothing was done.")),
    version_unsaid=refusal(_("Say which version you saw: send its ETag as If-Match.")),
    version_unread=refusal(_("If-Match must be the ETag of the record, as it was given.")),
    amend_unclear=refusal(_("No single act changes just that: {known}. Name the act: POST .../acts/<act>.")),
    broken=refusal(_("Something broke on our side. What you asked for was not done. Try again later.")),
)

_STATUS = {
    "kernel.token_refused": 401,
    "rest.credentials_missing": 401,
    "rest.wrong_method": 405,
    "rest.not_acceptable": 406,
    "rest.too_many": 429,
    "rest.media_type": 415,
    "rest.body_unreadable": 400,
    "rest.unknown_parameter": 400,
    "rest.cursor_wrong": 400,
    "hooks.cursor_wrong": 400,
    "rest.version_unsaid": 428,
    "rest.version_unread": 400,
    "rest.broken": 500,
}


def status_of(code: str) -> int:
    """The HTTP status that a refusal is answered with."""
    return _STATUS.get(code) or STATUS[catalogue[code].kind]
