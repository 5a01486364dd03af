"""What the kernel itself refuses."""

from django.utils.translation import gettext_lazy as _

from waystation.kernel.refusals import refusal, refusals

refusals(
    "kernel",
    wrong_state=refusal(
        _(
            "“{act}” is not possible now: this is {state}; it can be done when it is {states}. Reload to see where it stands."
        ),
        "conflict",
    ),
    not_allowed=refusal(
        _("You may not “{act}” here. One may when {rule}. Ask someone who holds that duty."), "forbidden"
    ),
    not_found=refusal(_("There is no record {ref} that you may see. Check the reference."), "missing"),
    changed_meanwhile=refusal(
        _(
            "{ref} was changed by someone else: you saw version {seen}, it is now version {version}. Look again, then repeat."
        ),
        "conflict",
    ),
    unknown_argument=refusal(_("“{act}” does not take “{name}”. Leave it out.")),
    argument_missing=refusal(_("“{act}” needs {name}. Fill it in.")),
    argument_wrong=refusal(_("{name} cannot be “{value}”: {why}.")),
    key_reused=refusal(_("The idempotency key “{key}” was used for another request. Use a new key."), "conflict"),
    already_exists=refusal(_("This already exists, so nothing was added ({what})."), "conflict"),
    key_missing=refusal(
        _(
            "A sealed value cannot be opened: the key it was sealed with is not in the data folder. Restore keys/secret.keys."
        ),
        "conflict",
    ),
    unknown_name=refusal(_("There is no {what} called “{name}”. Known: {known}."), "missing"),
    password_weak=refusal(_("The password is too weak: {why}")),
    token_refused=refusal(
        _("The key is not valid: it is unknown, expired or revoked. Ask for a new one."), "forbidden"
    ),
    no_file=refusal(_("There is no file {path}. Check the path."), "missing"),
    no_home=refusal(_("There is no Waystation in {home}. Run “waystation init” first."), "missing"),
)
refusals(
    "figures",
    wrong_roll_up=refusal(
        _("A {kind} figure cannot be added over {over}: the sum would mean nothing. Ask for it anew instead.")
    ),
    never_across=refusal(
        _(
            "{figure} is never added over {label}: there are {count} of them in what you ask. Split by {dim}, choose one of "
            "them, or say why they may be added (across {dim}=reason)."
        )
    ),
    say_why=refusal(_("Say why the figure may be added over {dim}: the reason is kept with the value.")),
    unknown_dim=refusal(_("{figure} cannot be split by “{name}”. It knows: {known}.")),
    not_known_yet=refusal(_("Nothing can be known at {moment}: it lies in the future. Ask for a moment until now.")),
)
refusals(
    "release",
    unknown_audience=refusal(_("There is no audience “{audience}”. It can be: {known}.")),
    no_licence=refusal(_("Say under which licence the data leave (for example CC BY 4.0).")),
    may_not_republish=refusal(
        _(
            "These data may not be republished: {source} gave them under “{licence}”. Release nothing of them, or import them "
            "again saying that you may republish them, when you hold that permission."
        ),
        "forbidden",
    ),
    personal_field=refusal(
        _("{sheet}: the column “{column}” is {privacy} and can never be in a release. Leave it out."), "forbidden"
    ),
    internal_field=refusal(
        _("{sheet}: the column “{column}” is internal; the audience {audience} may not have it."), "forbidden"
    ),
    unclassed_column=refusal(_("{sheet}: the column “{column}” has no declared class. Declare it before it leaves.")),
    guard_astray=refusal(
        _(
            "{sheet}: the disclosure check was told of {said} in row {row}, column “{column}”, and {found} is there. Nothing left."
        )
    ),
    disclosure_leak=refusal(
        _("{sheet}: after suppression {count} cells below {threshold} could still be derived. Nothing left.")
    ),
    nothing_to_release=refusal(_("There is nothing to release: no rows.")),
    no_folder=refusal(_("There is no release in {folder}: manifest.json is not there."), "missing"),
)
