"""backup, backup verify, restore, upgrade."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.utils.translation import gettext_lazy as _

from waystation.kernel.commands import Answer, command
from waystation.kernel.refusals import Refused, refusal, refusals, require
from waystation.site import upgrading
from waystation.site.backups import making, restoring
from waystation.site.backups.nightly import backup_folder, fresh_name
from waystation.site.commands.evidence import check_all, figure_verify
from waystation.site.commands.running import require_code
from waystation.site.declared import secret_in

refusals(
    "site",
    no_output=refusal(_("Say where the backup goes: waystation backup -o FILE.")),
    passphrase_file=refusal(_("The passphrase cannot be read: {why}")),
    unsound=refusal(
        _("The house is up to date, but something in it is not whole: {what}. Run “waystation check all”."), "conflict"
    ),
)


def _passphrase(args: Namespace) -> str:
    """From the file that was named, else from the settings. Raises Refused ``site.no_passphrase``, ``site.passphrase_file``."""
    if not args.passphrase_file:
        require(settings.WAYSTATION_BACKUP_PASSPHRASE, "site.no_passphrase")
        return str(settings.WAYSTATION_BACKUP_PASSPHRASE)
    try:
        return secret_in(Path(args.passphrase_file), "--passphrase-file")
    except ImproperlyConfigured as wrong:
        raise Refused("site.passphrase_file", why=wrong) from wrong


def _takes_passphrase(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--passphrase-file", metavar="FILE", help="holds the passphrase (default: setting WAYSTATION_BACKUP_PASSPHRASE)"
    )


def _summed(manifest: dict[str, Any]) -> dict[str, Any]:
    return {
        "made_at": manifest["made_at"], "version": manifest["version"], "kind": manifest["kind"],
        "rows": sum(one["rows"] for one in manifest["tables"].values()),
        "tables": {name: one["rows"] for name, one in manifest["tables"].items() if one["rows"]},
        "files": len(manifest["files"]), "bytes": sum(manifest["files"].values()),
        "links": sum(head["length"] for head in manifest["heads"]),
    }  # fmt: skip


def _told(found: dict[str, Any]) -> str:
    return f"{found['rows']:,} rows, {found['files']:,} files, {found['links']:,} links of the trail, as of {found['made_at']}"


@command("backup", about=_("everything the house keeps, in one sealed file, while it runs"), examples=[
    "waystation backup -o /media/disk/house.waystation --passphrase-file /etc/waystation/passphrase",
    "waystation backup verify /media/disk/house.waystation --passphrase-file /etc/waystation/passphrase",
])  # fmt: skip
def backup(args: Namespace) -> Answer:
    """Rows as of one moment, datasets, files, releases and keys; restores to either kind of database."""
    require(args.output, "site.no_output")
    path = Path(args.output)
    found = _summed(making.make(path, _passphrase(args)))
    size = path.stat().st_size
    return Answer({"file": str(path), "size": size, **found}, f"{path}: {_told(found)}; {size / 1e6:,.1f} MB")


@backup.arguments
def _backup(parser: ArgumentParser) -> None:
    parser.add_argument("-o", "--output", metavar="FILE", help="the file to write; one that is there is replaced")
    _takes_passphrase(parser)


@command("backup verify", about=_("read a backup to its end and hold it against its own list"), examples=[
    "waystation backup verify house.waystation --passphrase-file passphrase --json",
])  # fmt: skip
def backup_verify(args: Namespace) -> Answer:
    """Changes nothing; needs no house."""
    found = _summed(restoring.verify(Path(args.file), _passphrase(args)))
    return Answer({"ok": True, **found}, f"{args.file} is whole: {_told(found)}")


@command("restore", about=_("put a backup into an empty house, on either kind of database"), examples=[
    "waystation restore house.waystation --home /srv/waystation --passphrase-file passphrase",
    "DATABASE_URL=postgresql://... waystation restore house.waystation --home /srv/waystation --passphrase-file passphrase",
])  # fmt: skip
def restore(args: Namespace) -> Answer:
    """Count rows, walk the trail, check stored data and releases, compute every released figure anew."""
    found = _summed(restoring.restore(Path(args.file), _passphrase(args)))
    sound, figures = check_all.run(args), figure_verify.run(Namespace(release=None))
    data = {**found, "checks": sound.data, "figures": len(figures.data), "ok": sound.ok and figures.ok}
    lines = [f"restored: {_told(found)}", sound.text, f"{len(figures.data)} released figures computed anew"]
    lines += [] if figures.ok else [figures.text]
    return Answer(data, "\n".join(lines), sound.ok and figures.ok)


for _one in (backup_verify, restore):

    @_one.arguments
    def _file(parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE")
        _takes_passphrase(parser)


@command("upgrade", about=_("bring the tables up to this code: back up, migrate, check"), examples=[
    "waystation upgrade --dry-run", "waystation upgrade --passphrase-file passphrase",
])  # fmt: skip
def upgrade(args: Namespace) -> Answer:
    """Stop the server and the workers first. Without --no-backup a backup is made before anything is changed."""
    require_code()
    steps = [".".join(one) for one in upgrading.pending()]
    if args.dry_run or not steps:
        says = "\n".join(["These would run:", *steps]) if steps else "The tables are those of this code."
        return Answer({"pending": steps, "done": False}, says)
    path = None if args.no_backup else Path(args.output or backup_folder() / f"before-{fresh_name()}")
    if path is not None:
        making.make(path, _passphrase(args))
    call_command("migrate", verbosity=0, interactive=False)
    sound = check_all.run(args)
    require(sound.ok, "site.unsound", what="; ".join(sound.text.splitlines()))
    kept = f"The backup made before is {path}." if path else "No backup was made."
    text = "\n".join([f"{len(steps)} migrations were run.", kept, sound.text])
    return Answer({"pending": [], "ran": steps, "done": True, "backup": str(path) if path else None}, text)


@upgrade.arguments
def _upgrade(parser: ArgumentParser) -> None:
    parser.add_argument("--dry-run", action="store_true", help="say what would be run, and change nothing")
    parser.add_argument("--no-backup", action="store_true", help="when you have just made one")
    parser.add_argument("-o", "--output", metavar="FILE", help="where the backup goes (default: the folder of backups)")
    _takes_passphrase(parser)
