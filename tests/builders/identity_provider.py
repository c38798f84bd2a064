"""An OpenID provider on loopback that says what a test tells it to: good tokens, and all the bad ones.

A code is the claims of its ID token and the PKCE challenge it was asked for with, so that the same
code gives the same token whenever it is sent. The real provider is in test_provider_sign_in.py.
"""

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

CLIENT_ID, SECRET, DOMAIN = "careloom-at-clinic", "s3cret &+:", "clinic.example"


@dataclass
class Provider:
    """What it answers with; `sign` makes a token of claims, `asked` are the paths that were called."""

    issuer: str = ""
    keys: dict[str, Any] = field(
        default_factory=lambda: {"k1": ec.generate_private_key(ec.SECP256R1())}
    )
    published: list[dict[str, Any]] | None = None
    sign: Callable[[dict[str, Any]], str] | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    answer: Callable[[str], tuple[int, bytes]] | None = None
    asked: list[str] = field(default_factory=list)

    def jwks(self) -> list[dict[str, Any]]:
        if self.published is not None:
            return self.published
        to_jwk = jwt.algorithms.ECAlgorithm.to_jwk
        return [
            {**to_jwk(key.public_key(), as_dict=True), "kid": kid, "alg": "ES256", "use": "sig"}
            for kid, key in self.keys.items()
        ]

    def signed(self, claims: dict[str, Any]) -> str:
        if self.sign is not None:
            return self.sign(claims)
        kid, key = list(self.keys.items())[-1]
        return jwt.encode(claims, key, algorithm="ES256", headers={"kid": kid})

    def served(self, path: str, form: dict[str, str], authorization: str) -> tuple[int, Any]:
        self.asked.append(path)
        if path == "/.well-known/openid-configuration":
            places = {
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
            }
            return 200, {"issuer": self.issuer, **places, **self.metadata}
        if path == "/keys":
            return 200, {"keys": self.jwks()}
        if path == "/token" and form["grant_type"] == "authorization_code":
            return self._exchanged(form, authorization)
        return 404, {"error": "not_found"}

    def _exchanged(self, form: dict[str, str], authorization: str) -> tuple[int, Any]:
        pair = base64.b64decode(authorization.removeprefix("Basic ")).decode()
        sent = (
            tuple(unquote(part) for part in pair.split(":", 1))
            if pair
            else ("", form.get("client_secret"))
        )
        if sent not in ((CLIENT_ID, SECRET), ("", SECRET)):
            return 401, {"error": "invalid_client"}
        try:
            told = json.loads(base64.urlsafe_b64decode(form["code"]))
        except ValueError:
            return 400, {"error": "invalid_grant"}
        challenge = base64.urlsafe_b64encode(sha256(form["code_verifier"].encode()).digest())
        if told["challenge"] != challenge.decode().rstrip("="):
            return 400, {"error": "invalid_grant"}
        return 200, {"token_type": "Bearer", "id_token": self.signed(told["claims"])}


def code_for(authorization_url: str, now: datetime, **over: Any) -> str:
    """What the provider sends back for Ada; `over` are other claims, None leaves one out."""
    asked = {
        name: values[0] for name, values in parse_qs(urlsplit(authorization_url).query).items()
    }
    at = int(now.timestamp())
    claims = {
        "iss": authorization_url.partition("/authorize")[0],
        "aud": asked["client_id"],
        "sub": "subject-of-ada",
        "nonce": asked["nonce"],
        "iat": at,
        "exp": at + 300,
        "auth_time": at - 30,
        "email": f"ada@{DOMAIN}",
        "email_verified": True,
        **over,
    }
    told = {
        "claims": {name: value for name, value in claims.items() if value is not None},
        "challenge": asked["code_challenge"],
    }
    return base64.urlsafe_b64encode(json.dumps(told).encode()).decode()


def state_in(authorization_url: str) -> str:
    return parse_qs(urlsplit(authorization_url).query)["state"][0]


@contextmanager
def running() -> Iterator[Provider]:
    """The provider, at its `issuer`, until the end."""
    provider = Provider()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(provider))
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _handler_of(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._answer({name: values[0] for name, values in parse_qs(sent).items()})

        def _answer(self, form: dict[str, str]) -> None:
            if provider.answer is not None:
                status, raw = provider.answer(self.path)
            else:
                status, said = provider.served(
                    self.path, form, self.headers.get("Authorization", "")
                )
                raw = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(raw)))
            self.send_header("Location", "/keys")
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, format: str, *_: Any) -> None:
            """It says nothing."""

    return Handler
