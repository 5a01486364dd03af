"""The house's keys: kept in files of the data folder (mode 0600), never in the database.

``secret.keys`` holds one Fernet key a line, newest first: the first encrypts, all decrypt, so a key is rotated by
putting a new one on top (``rotate``) and sealing what is stored again (``fields.reseal``). ``audit.key`` keys the audit chain;
``signing.key`` is the Ed25519 key that signs releases.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from functools import lru_cache
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from django.conf import settings

from waystation.kernel.files import put
from waystation.kernel.refusals import Refused


def _folder() -> Path:
    folder = Path(settings.WAYSTATION_HOME) / "keys"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _kept(name: str, make: bytes) -> bytes:
    """The bytes of a key file, made on first use; whole before it is in place, so two starts at once agree on one."""
    path = _folder() / name
    if not path.exists():
        put(path, [make], 0o600, anew=False)
    return path.read_bytes()


def _held() -> bytes:
    return _kept("secret.keys", Fernet.generate_key() + b"\n")


@lru_cache(maxsize=4)
def _fernet(home: str) -> MultiFernet:
    return MultiFernet([Fernet(line) for line in _held().split()])


def seal(text: str) -> str:
    """Encrypt with the newest key."""
    return _fernet(str(settings.WAYSTATION_HOME)).encrypt(text.encode()).decode()


def unseal(token: str) -> str:
    """Decrypt with any key the house still holds. Raises Refused ``kernel.key_missing``."""
    for _try in range(2):
        try:
            return _fernet(str(settings.WAYSTATION_HOME)).decrypt(token.encode()).decode()
        except InvalidToken:
            _fernet.cache_clear()  # another process may have rotated the keys since this one read them
    raise Refused("kernel.key_missing")


def newest(token: str) -> bool:
    """Whether a value is sealed with the newest key."""
    try:
        Fernet(_held().split()[0]).decrypt(token.encode())
        return True
    except InvalidToken:
        return False


def rotate() -> None:
    """Put a new encryption key on top; the old ones go on decrypting until they are removed by hand."""
    put(_folder() / "secret.keys", [Fernet.generate_key() + b"\n", _held()], 0o600)
    _fernet.cache_clear()


@lru_cache(maxsize=8)
def secret(name: str, home: str = "") -> bytes:
    """A 32-byte secret of the house by name (``audit``, ``django``, ``tokens``), made on first use."""
    return bytes.fromhex(_kept(f"{name}.key", os.urandom(32).hex().encode()).decode().strip())


def keyed_digest(name: str, content: bytes) -> str:
    """HMAC-SHA-256 of ``content`` under the named secret, hexadecimal."""
    return hmac.new(secret(name, str(settings.WAYSTATION_HOME)), content, hashlib.sha256).hexdigest()


@lru_cache(maxsize=4)
def _signer(home: str) -> Ed25519PrivateKey:
    fresh = Ed25519PrivateKey.generate().private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption()).hex()
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(_kept("signing.key", fresh.encode()).decode()))


def sign(content: bytes) -> str:
    """Ed25519 signature of ``content`` by the house, hexadecimal."""
    return _signer(str(settings.WAYSTATION_HOME)).sign(content).hex()


def public_key() -> str:
    """The house's Ed25519 public key (32 bytes, hexadecimal), printed in every manifest."""
    return _signer(str(settings.WAYSTATION_HOME)).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
