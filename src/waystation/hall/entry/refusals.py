"""What is refused at the door."""

from django.utils.translation import gettext_lazy as _

from waystation.kernel.refusals import refusal, refusals

refusals(
    "entry",
    no_such_link=refusal(
        _("This link opens nothing: it was never given out, or a part of it is missing. Copy the whole link."),
        "missing",
    ),
    link_used=refusal(
        _("This link was used already; it works once. Sign in, or ask your steward for a new one."), "conflict"
    ),
    link_withdrawn=refusal(
        _("This link was withdrawn or a newer one was made. Use the newest, or ask your steward for one."), "conflict"
    ),
    link_expired=refusal(_("This link was valid until {until}. Ask your steward for a new one."), "conflict"),
    has_left=refusal(_("The account of {name} is closed. Open it again first."), "conflict"),
    wrong_password=refusal(
        _("That is not your password now, so nothing was changed. Check it; capital letters count.")
    ),
    too_many_tries=refusal(_("There were too many wrong passwords. Wait a quarter of an hour, then try again.")),
    wrong_code=refusal(
        _(
            "The code is not right, or was used before. Wait for the next one in your app and check the time of your phone."
        )
    ),
    one_app=refusal(_("You have an authenticator app already. Remove it first, then add the other."), "conflict"),
    no_app=refusal(_("There is no authenticator app to make recovery codes for. Add one first."), "conflict"),
    passkey_refused=refusal(
        _("The passkey was not accepted: it is not known here or the try took too long. Try again.")
    ),
    not_yours_to_lend=refusal(
        _("“{duty}” is not yours to lend: you do not hold it now, or it was lent to you. Leave it out."), "forbidden"
    ),
    nobody_known=refusal(
        _("{provider} knows you, but nobody here has that verified e-mail address. Ask your steward to invite you."),
        "missing",
    ),
    provider_refused=refusal(_("{provider} did not let you in, so you are not signed in: {why}. Try again.")),
)
