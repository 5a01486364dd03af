"""Sending one message to an address outside, so that nobody can make this house call into its own network.

The name is resolved once and the connection is made to that very address, so a name that changes its mind between check and
call gains nothing; redirects are not followed; what is answered is read to a limit, within a time.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import socket
import ssl
import threading
import time

from waystation.hall.hooks.queries.addresses import checked, port_of, resolved
from waystation.kernel.refusals import Refused

SECONDS = 10.0  # for all of it
MOST_READ = 4096  # bytes of the answer


class Untold(Exception):
    """The message did not arrive; the text says why."""


def signed(secret: str, message: str, moment: int, body: bytes) -> dict[str, str]:
    """The three headers of Standard Webhooks: HMAC-SHA-256 over id, time and body, keyed with the decoded secret."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    taken = hmac.new(key, f"{message}.{moment}.".encode() + body, hashlib.sha256).digest()
    return {
        "webhook-id": message,
        "webhook-timestamp": str(moment),
        "webhook-signature": f"v1,{base64.b64encode(taken).decode()}",
    }


def post(url: str, body: bytes, headers: dict[str, str], seconds: float = SECONDS) -> int:
    """Send, and return the status that was answered (any). Raises Untold."""
    began = time.monotonic()
    try:
        parts = checked(url)
        host, port = str(parts.hostname), port_of(parts)
        line = socket.create_connection((resolved(host, port), port), timeout=seconds / 2)
    except Refused as refused:
        raise Untold(str(refused)) from refused
    except OSError as trouble:
        raise Untold(f"no connection: {trouble}") from trouble
    # Time-outs of a socket are for each of its reads: one who answers a byte at a time is cut off by this one.
    cut = threading.Timer(max(0.1, seconds - (time.monotonic() - began)), _cut, [line])
    cut.start()
    try:
        if parts.scheme == "https":
            line = ssl.create_default_context().wrap_socket(line, server_hostname=host)
        talk = http.client.HTTPConnection(host, port, timeout=seconds / 2)
        talk.sock = line
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        talk.request("POST", path, body, {"Host": parts.netloc, "Connection": "close", **headers})
        answer = talk.getresponse()
        answer.read(MOST_READ)
        if time.monotonic() - began >= seconds:  # what was read is what had come when it was cut off
            raise TimeoutError
        return answer.status
    except (OSError, http.client.HTTPException, ValueError) as trouble:
        late = time.monotonic() - began >= seconds
        raise Untold("no answer in time" if late else f"{type(trouble).__name__}: {trouble}") from trouble
    finally:
        cut.cancel()
        line.close()


def _cut(line: socket.socket) -> None:
    try:
        line.shutdown(socket.SHUT_RDWR)
    except OSError:  # it had ended just then
        pass
