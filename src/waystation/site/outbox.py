"""Where e-mails go unless an SMTP server is named: the folder ``outbox`` of the data folder, one whole file each."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from waystation.kernel.files import put


class Outbox(BaseEmailBackend):
    """Puts each message into a file that a mail program opens. The same message sent twice is there once."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = Path(settings.WAYSTATION_HOME) / "outbox"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for one in email_messages:
            written = one.message()
            name = hashlib.sha256(str(written["Message-ID"]).encode()).hexdigest()[:32]
            put(folder / f"{name}.eml", [written.as_bytes()], 0o600)
        return len(email_messages)
