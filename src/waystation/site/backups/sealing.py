"""A sealed stream: AES-256-GCM in chunks under a key made of a passphrase by scrypt.

The file is a first line that names the format, a line of JSON (salt, cost, a check of the passphrase), then chunks, each
preceded by its length in four bytes. A chunk's nonce is its number and whether it is the last, and the first two lines are
authenticated with every chunk: what is cut off, swapped, repeated or edited does not open.
"""

from __future__ import annotations

import hmac
import json
import os
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from waystation.kernel.refusals import Refused, require

FORMAT = b"waystation backup 1\n"
CHUNK = 1024 * 1024  # bytes before sealing
TAG = 16
COST = 2**15  # scrypt's n, with r=8: 32 MB and about a tenth of a second
LEAST = 12  # characters of a passphrase


def _keys(passphrase: str, salt: bytes, cost: int) -> tuple[bytes, bytes]:
    """(the key that seals, the check that goes into the header)."""
    made = Scrypt(salt=salt, length=64, n=cost, r=8, p=1).derive(passphrase.encode())
    return made[:32], made[32:]


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


class Sealer:
    """A file that is only written to: what is written is sealed into ``stream``. ``close`` seals the last chunk."""

    def __init__(self, stream: BinaryIO, passphrase: str) -> None:
        require(len(passphrase) >= LEAST, "site.weak_passphrase", least=LEAST)
        salt = os.urandom(16)
        key, check = _keys(passphrase, salt, COST)
        about = {"kdf": "scrypt", "n": COST, "salt": salt.hex(), "check": check.hex(), "cipher": "AES-256-GCM"}
        self._header = FORMAT + json.dumps(about).encode() + b"\n"
        self._stream, self._cipher, self._held, self._number = stream, AESGCM(key), bytearray(), 0
        stream.write(self._header)

    def write(self, content: bytes) -> int:
        """Seal every whole chunk; the rest waits."""
        self._held += content
        while len(self._held) > CHUNK:
            self._put(bytes(self._held[:CHUNK]), last=False)
            del self._held[:CHUNK]
        return len(content)

    def close(self) -> None:
        """Seal what is left as the last chunk."""
        self._put(bytes(self._held), last=True)

    def _put(self, content: bytes, *, last: bool) -> None:
        sealed = self._cipher.encrypt(_nonce(self._number, last), content, self._header)
        self._stream.write(len(sealed).to_bytes(4, "big") + sealed)
        self._number += 1


class Opener:
    """A file that is only read from, forward: what ``stream`` holds, opened and proved chunk by chunk."""

    def __init__(self, stream: BinaryIO, passphrase: str, path: Path) -> None:
        first, second = stream.readline(100), stream.readline(1000)
        require(first == FORMAT, "site.no_backup", path=path)
        try:
            about = json.loads(second)
            salt, cost, wanted = bytes.fromhex(about["salt"]), int(about["n"]), bytes.fromhex(about["check"])
            require(2**10 <= cost <= 2**20, "site.no_backup", path=path)
            key, check = _keys(passphrase, salt, cost)
        except (ValueError, KeyError, TypeError) as broken:
            raise Refused("site.no_backup", path=path) from broken
        require(hmac.compare_digest(check, wanted), "site.wrong_passphrase", path=path)
        self._header, self._stream, self._path = first + second, stream, path
        self._cipher, self._held, self._number, self._ended = AESGCM(key), bytearray(), 0, False

    def read(self, size: int = -1) -> bytes:
        """The next bytes. Raises Refused ``site.backup_altered``, ``site.backup_cut``."""
        while not self._ended and (size < 0 or len(self._held) < size):
            self._next()
        size = len(self._held) if size < 0 else size
        given = bytes(self._held[:size])
        del self._held[:size]
        return given

    def drain(self) -> None:
        """Read to the end, so that a file cut after what was wanted shows as well."""
        while self.read(CHUNK):
            pass

    def _next(self) -> None:
        told = self._stream.read(4)
        length = int.from_bytes(told, "big")
        if len(told) == 4 and not TAG <= length <= CHUNK + TAG:
            raise Refused("site.backup_altered", path=self._path, part=self._number + 1)
        sealed = self._stream.read(length)
        require(len(told) == 4 and len(sealed) == length, "site.backup_cut", path=self._path)
        for last in (False, True):
            try:
                self._held += self._cipher.decrypt(_nonce(self._number, last), sealed, self._header)
            except InvalidTag:
                continue
            self._ended, self._number = last, self._number + 1
            require(not (last and self._stream.read(1)), "site.backup_altered", path=self._path, part=self._number + 1)
            return
        raise Refused("site.backup_altered", path=self._path, part=self._number + 1)
