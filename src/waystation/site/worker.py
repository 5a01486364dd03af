"""The worker: does jobs and tells facts, one at a time, and gives a sign of life while it does."""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from contextlib import suppress

from django.db import Error, close_old_connections, connection

from waystation.kernel import facts, work
from waystation.kernel.models import Mark
from waystation.kernel.values import now

log = logging.getLogger(__name__)
PULSE = 20  # seconds between two signs of life; a lease outlasts several
GRACE = 20  # seconds that what is at hand is given to finish, before it is given back


class Worker(threading.Thread):
    """A thread that does background work: beside the server on a laptop, or alone in a process of its own."""

    def __init__(self, pause: float = 0.5) -> None:
        super().__init__(name="waystation-worker", daemon=True)
        self.pause, self.ended, self.leaving = pause, threading.Event(), threading.Event()

    def run(self) -> None:
        pulse = threading.Thread(target=self._beat, name="waystation-pulse", daemon=True)
        pulse.start()
        while not self.ended.is_set():
            close_old_connections()
            try:
                busy = bool(facts.deliver()) | work.run_next(self.leaving)
            except Exception:  # the worker outlives a database that is away for a while
                log.exception("the worker stumbled; it goes on")
                busy = False
            if not busy:
                self.ended.wait(self.pause)
        connection.close()
        pulse.join(5)

    def _beat(self) -> None:
        """Say every few seconds that this worker lives and holds what it has at hand, until it ends."""
        name = f"worker {socket.gethostname()[:80]} {os.getpid()}"
        while not (self.ended.is_set() and not work.at_hand):
            with suppress(Error):  # away for a while; a lease outlasts several beats
                close_old_connections()
                Mark.objects.update_or_create(name=name, defaults={"at": now()})
                for one in list(work.at_hand):
                    one.hold()
            if self.ended.wait(PULSE):
                time.sleep(1)
        with suppress(Error):
            Mark.objects.filter(name=name).delete()
        connection.close()

    def end(self, grace: float = GRACE) -> None:
        """Take up nothing more; finish what is at hand, or give it back when ``grace`` seconds did not suffice."""
        self.ended.set()
        self.join(grace)
        self.leaving.set()
        self.join(grace)
