"""Every setting, declared once: its name, what it means, its default. ``settings`` reads them here and nowhere else.

A setting comes from the environment; one that is secret also from a file that ``NAME_FILE`` names (and that not everybody on
the machine may read); else its default holds. ``waystation settings`` prints what is in force and where it comes from.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured


@dataclass(frozen=True)
class Setting:
    """``choices``: the only values it takes, if any; ``form``: what a value looks like (an expression and its words);
    ``secret``: never shown, may be a file."""

    name: str
    meaning: str
    default: str = ""
    choices: tuple[str, ...] = ()
    form: tuple[str, str] | None = None
    secret: bool = False

    def read(self, environment: Mapping[str, str]) -> tuple[str, str]:
        """(value, where it comes from). Raises ImproperlyConfigured, saying what to do."""
        path = environment.get(f"{self.name}_FILE", "") if self.secret else ""
        value, source = environment.get(self.name, ""), "environment"
        if value and path:
            raise ImproperlyConfigured(f"{self.name} and {self.name}_FILE are both set. Keep one of them.")
        if path:
            value, source = secret_in(Path(path), f"{self.name}_FILE"), f"file {path}"
        if not value:
            return self.default, "default"
        if self.choices and value not in self.choices:
            raise ImproperlyConfigured(f"{self.name} cannot be “{value}”. It can be: {', '.join(self.choices)}.")
        if self.form and not re.fullmatch(self.form[0], value):
            raise ImproperlyConfigured(f"{self.name} must be {self.form[1]}, not “{value}”.")
        return value, source

    def shown(self, value: str) -> str:
        """The value as anybody may see it: a secret only as being there, an address without its password."""
        if not self.secret or not value:
            return value
        password = urlsplit(value).password if "://" in value else None
        return value.replace(f":{password}@", ":(hidden)@") if password else "(hidden)" if "://" not in value else value


def secret_in(path: Path, named_by: str) -> str:
    """The secret that a file holds. Raises ImproperlyConfigured when everybody may read it, or it cannot be read."""
    try:
        mode = path.stat().st_mode
        value = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as trouble:
        raise ImproperlyConfigured(f"{named_by}: {path} cannot be read ({trouble}).") from trouble
    if mode & stat.S_IROTH:
        raise ImproperlyConfigured(f"{named_by}: everybody on this machine may read {path}. Run chmod o-rwx {path}.")
    return value


WHOLE = (r"\d+", "a whole number")
SCHEDULE = (
    r"(\d+ )?(minute|hour)s?|(day|(mon|tues|wednes|thurs|fri|satur|sun)day) at ([01]\d|2[0-3]):[0-5]\d",
    "like “6 hours”, “day at 02:00” or “monday at 02:00”",
)
SETTINGS = (
    Setting("WAYSTATION_HOME", "the data folder: database (on a laptop), datasets, files, releases, keys", ".waystation"),
    Setting("DATABASE_URL", "postgresql://user:password@host:port/name; unset: SQLite in the data folder", secret=True),
    Setting("WAYSTATION_ENGINE", "what computes datasets: duckdb, spark on this machine, or spark://HOST:PORT", "duckdb"),
    Setting("WAYSTATION_ORGANISATION", "the organisation's name, on every page", "Waystation"),
    Setting("WAYSTATION_HOSTS", "host names the server answers to, separated by commas, beside this machine's own"),
    Setting("WAYSTATION_HTTPS", "1: behind a proxy that ends TLS and sets X-Forwarded-Proto; cookies then travel only over "
            "https", "0", choices=("0", "1")),
    Setting("WAYSTATION_HSTS_SUBDOMAINS", "1: browsers are to use https for all names below this one too", "0", choices=("0", "1")),
    Setting("WAYSTATION_ADDRESS", "where people reach the house: links in what is sent out begin with it",
            "http://127.0.0.1:8000"),
    Setting("WAYSTATION_SESSION_HOURS", "a session ends so many hours after signing in", "12", form=WHOLE),
    Setting("WAYSTATION_IDLE_MINUTES", "and after so many minutes in which nothing was asked", "120", form=WHOLE),
    Setting("WAYSTATION_INVITATION_HOURS", "how long the link of an invitation opens the door", "168", form=WHOLE),
    Setting("WAYSTATION_TRIES_DAYS", "how long “waystation purge” leaves addresses and names of tries to sign in", "90", form=WHOLE),
    Setting("WAYSTATION_SECOND_STEP", "duties, separated by commas (or all), whose holders must use an authenticator app or a "
            "passkey"),
    Setting("WAYSTATION_PROVIDER", "the issuer of an OpenID Connect provider; unset: there is none"),
    Setting("WAYSTATION_PROVIDER_CLIENT", "what the provider knows this house by"),
    Setting("WAYSTATION_PROVIDER_SECRET", "what this house shows the provider; may stand in keys/provider.secret of the data "
            "folder instead", secret=True),
    Setting("WAYSTATION_PROVIDER_NAME", "what people call the provider (unset: its host name)"),
    Setting("WAYSTATION_PROVIDER_NEW_AT", "an office's code: whoever the provider vouches for gets an account there; unset: nobody "
            "does"),
    Setting("WAYSTATION_API_RATE", "requests a minute to the API for each key or person", "600", form=WHOLE),
    Setting("WAYSTATION_API_RATE_PUBLIC", "requests a minute to the API for each address without a key", "120", form=WHOLE),
    Setting("WAYSTATION_API_IF_MATCH", "1: a program that changes a record must say which version it saw (If-Match), else 428", "0",
            choices=("0", "1")),
    Setting("WAYSTATION_WEBHOOKS_LOCAL", "1: webhooks may be told over http and on this machine: for trying things out only", "0",
            choices=("0", "1")),
    Setting("WAYSTATION_SMTP", "smtp://user:password@host:587 (smtps:// for TLS from the start) sends e-mails; unset: they are put into "
            "the folder outbox of the data folder, one file each", secret=True),
    Setting("WAYSTATION_SENDER", "the address that e-mails come from", "waystation@localhost"),
    Setting("WAYSTATION_ATTACHMENT_MB", "how large a file put to a record may be, in megabytes", "25", form=WHOLE),
    Setting("WAYSTATION_DEMO", "1: the demonstration, whose people anybody may sign in as", "0", choices=("0", "1")),
    Setting("WAYSTATION_LOG", "how the log is written: plain for people, json for programs (one object a line)", "plain",
            choices=("plain", "json")),
    Setting("WAYSTATION_LOG_LEVEL", "the least that is logged; INFO has a line for every request (unset: WARNING with plain, "
            "INFO with json)", choices=("DEBUG", "INFO", "WARNING", "ERROR")),
    Setting("WAYSTATION_METRICS_TOKEN", "what /metrics asks for (Authorization: Bearer ...); unset: it answers this machine "
            "alone", secret=True),
    Setting("WAYSTATION_DISK_ROOM", "megabytes that must be free for the house to be ready", "200", form=WHOLE),
    Setting("WAYSTATION_BACKUP_EVERY", "when the worker backs up by itself: “day at 02:00”, “6 hours” (UTC); unset: never",
            form=SCHEDULE),
    Setting("WAYSTATION_BACKUP_FOLDER", "where those backups go; best another disk (unset: backups in the data folder)"),
    Setting("WAYSTATION_BACKUP_KEEP", "how many of them are kept", "14", form=WHOLE),
    Setting("WAYSTATION_BACKUP_PASSPHRASE", "the passphrase that seals them; keep a copy away from this machine", secret=True),
)  # fmt: skip
OURS = {"WAYSTATION_WORKER"}  # what one process of ours tells another
TRIALS = {"WAYSTATION_SHARED_DATA", "WAYSTATION_CHECK_STARTED"}  # what the tests read
_by_name = {one.name: one for one in SETTINGS}


def value(name: str) -> str:
    """The value in force. Raises KeyError for a setting nobody declared, ImproperlyConfigured."""
    return _by_name[name].read(os.environ)[0]


def unknown() -> Iterator[str]:
    """A sentence for each variable that looks like a setting of ours and is none."""
    known = {*_by_name, *(f"{one.name}_FILE" for one in SETTINGS if one.secret)}
    for name in sorted(set(os.environ) - known - OURS - TRIALS):
        if name.startswith("WAYSTATION_"):
            near = get_close_matches(name, known, 1)
            hint = f" Did you mean {near[0]}?" if near else ""
            yield f"There is no setting {name}; it changes nothing.{hint} “waystation settings” lists them."
