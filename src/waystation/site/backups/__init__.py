"""Backups: everything the house keeps, in one sealed file that restores to either kind of database."""

from django.utils.translation import gettext_lazy as _

from waystation.kernel.refusals import refusal, refusals

refusals(
    "site",
    no_passphrase=refusal(
        _(
            "A backup is sealed with a passphrase, and none was given. Name a file that holds it with --passphrase-file, or set "
            "WAYSTATION_BACKUP_PASSPHRASE_FILE. Keep a copy away from this machine: without it nobody can restore."
        )
    ),
    weak_passphrase=refusal(_("The passphrase is shorter than {least} characters. Choose a longer one.")),
    no_backup=refusal(_("{path} is no backup of Waystation, or only the beginning of one. Check the file.")),
    wrong_passphrase=refusal(_("The passphrase does not open {path}. Check which one it was sealed with.")),
    backup_altered=refusal(
        _("{path} was altered or damaged after it was made: part {part} does not hold. Restore from another backup."),
    ),
    backup_cut=refusal(
        _("{path} ends too early: it was not copied whole. Copy it again, or restore from another backup.")
    ),
    backup_unwritten=refusal(
        _(
            "The backup could not be written to {path}: {why}. Nothing was left there. Make room, or choose another disk."
        ),
        "conflict",
    ),
    backup_incomplete=refusal(_("{path} does not hold what its own list says: {what}. Restore from another backup.")),
    backup_newer=refusal(
        _("{path} was made by a newer Waystation ({migration}). Install that version, then restore."), "conflict"
    ),
    not_empty=refusal(
        _(
            "There is something in {place} already, and a restore writes over nothing. Choose an empty folder and database."
        ),
        "conflict",
    ),
)
