"""An OpenID Connect provider for tests: a real server in a thread, whose tokens an outside library signs."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey


@dataclass
class Provider:
    """What it says, and what it was asked; ``lies`` change single claims, ``signer`` signs instead of the announced key."""

    address: str = ""
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}))
    signer: RSAKey | None = None
    claims: dict[str, Any] = field(default_factory=dict)
    lies: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    secret: str = "between us"
    calls_itself: str = ""
    algorithms: tuple[str, ...] = ("RS256",)
    forge: Callable[[dict[str, Any]], str] | None = None

    def authorise(self, address: str) -> str:
        """As the person's browser: the provider lets them in and sends them back."""
        asked = {name: one[0] for name, one in parse_qs(urlsplit(address).query).items()}
        assert address.startswith(f"{self.address}/authorise?")
        assert asked["code_challenge_method"] == "S256"
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        return f"{urlsplit(asked['redirect_uri']).path}?code={code}&state={asked['state']}"

    def token(self, sent: dict[str, str], header: str) -> dict[str, Any] | None:
        """The tokens for a code, once, to the one who asked for it."""
        asked = self.codes.pop(sent.get("code", ""), None)
        if asked is None:
            return None
        proof = base64.urlsafe_b64encode(hashlib.sha256(sent["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        client = base64.b64decode(header.removeprefix("Basic ")).decode()
        if proof != asked["code_challenge"] or client != f"{asked['client_id']}:{self.secret}":
            return None
        moment = int(time.time())
        said = {
            "iss": self.address,
            "aud": asked["client_id"],
            "iat": moment,
            "exp": moment + 60,
            "nonce": asked["nonce"],
        }
        said |= self.claims | self.lies
        signed = (
            self.forge(said)
            if self.forge
            else jwt.encode({"alg": "RS256", "kid": "one"}, said, self.signer or self.key)
        )
        return {"access_token": "a", "token_type": "Bearer", "expires_in": 60, "id_token": signed}

    def document(self, path: str) -> dict[str, Any]:
        """What it publishes about itself."""
        if path == "/keys":
            return {"keys": [self.key.as_dict(private=False)]}
        return {
            "issuer": self.calls_itself or self.address, "authorization_endpoint": f"{self.address}/authorise",
            "token_endpoint": f"{self.address}/token", "jwks_uri": f"{self.address}/keys",
            "id_token_signing_alg_values_supported": list(self.algorithms), "response_types_supported": ["code"],
        }  # fmt: skip


def _part(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def unsigned(said: dict[str, Any]) -> str:
    """A token that nobody signed."""
    return f"{_part(json.dumps({'alg': 'none', 'kid': 'one'}).encode())}.{_part(json.dumps(said).encode())}."


def signed_with(secret: bytes) -> Callable[[dict[str, Any]], str]:
    """Tokens signed with what others know as well: the client's secret, or the public key taken for a secret."""

    def forge(said: dict[str, Any]) -> str:
        body = f"{_part(json.dumps({'alg': 'HS256', 'kid': 'one'}).encode())}.{_part(json.dumps(said).encode())}"
        return f"{body}.{_part(hmac.new(secret, body.encode(), hashlib.sha256).digest())}"

    return forge


@contextmanager
def running() -> Iterator[Provider]:
    """A provider that answers on a port of its own."""
    provider = Provider()

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._say(200, provider.document(self.path))

        def do_POST(self) -> None:
            sent = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            told = provider.token({name: one[0] for name, one in sent.items()}, self.headers.get("Authorization", ""))
            self._say(200 if told else 400, told or {"error": "invalid_grant"})

        def _say(self, status: int, told: dict[str, Any]) -> None:
            body = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_said: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    provider.address = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield provider
    server.shutdown()
    server.server_close()
    thread.join()
