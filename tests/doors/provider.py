"""A little identity provider on a loopback port, with real keys, that can be made to misbehave."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

CLIENT = "firmhold"
SECRET = "a secret between the two: %&="

Json = Any
Answer = tuple[int, dict[str, str], bytes]


def new_rsa(bits: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


RSA, OTHER_RSA = new_rsa(), new_rsa()
EC = ec.generate_private_key(ec.SECP256R1())
ED = ed25519.Ed25519PrivateKey.generate()


def jwk(key: Any, kid: str | None, **more: Any) -> Json:
    """The public half of a key, as it is published."""
    kinds: tuple[tuple[type, Any], ...] = (
        (rsa.RSAPrivateKey, RSAAlgorithm),
        (ec.EllipticCurvePrivateKey, ECAlgorithm),
        (ed25519.Ed25519PrivateKey, OKPAlgorithm),
    )
    kind = next(algorithm for type_, algorithm in kinds if isinstance(key, type_))
    entry = json.loads(kind.to_jwk(key.public_key()))
    return {**entry, **({} if kid is None else {"kid": kid}), **more}


def as_json(value: Json, status: int = 200) -> Answer:
    return status, {"content-type": "application/json"}, json.dumps(value).encode()


class Provider:
    """What it says and does, each of which a test may change."""

    def __init__(self) -> None:
        self.issuer = ""
        self.people: Json = {"sub": "248289761001", "email": "ada@provider.example"}
        self.people |= {"email_verified": True, "name": "Ada Lovelace"}
        self.signing: tuple[Any, str, str | None] = (RSA, "RS256", "one")
        self.keys = [jwk(RSA, "one", use="sig", alg="RS256")]
        self.secret: str | None = SECRET
        self.change: Callable[[Json], Json] = lambda claims: claims
        """What is done to the claims before they are signed."""
        self.token: Callable[[Json], str] = self._signed
        self.document: Callable[[Json], Json] = lambda document: document
        self.answers: dict[str, Callable[[], Answer]] = {}
        """Instead of what would be answered at a path."""
        self.slow: dict[str, asyncio.Event] = {}
        """What a path waits for before it answers."""
        self.asked: list[str] = []
        self.open = 0
        self.most_open = 0
        self._codes: dict[str, Json] = {}

    # --- the browser's side ---

    def sign_in(self, address: str, **more: Any) -> str:
        """What the browser is sent back to by the login page at this address. `more`: members of
        the answer that are others than they should be."""
        asked = {name: value[0] for name, value in parse_qs(urlsplit(address).query).items()}
        assert address.startswith(f"{self.issuer}/authorize?")
        assert asked["response_type"] == "code" and asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256" and "openid" in asked["scope"].split()
        code = f"code-{len(self._codes)}"
        self._codes[code] = asked
        given = {"state": asked["state"], "code": code, **more}
        query = "&".join(f"{k}={v}" for k, v in given.items() if v is not None)
        return f"{urlsplit(asked['redirect_uri']).path}?{query}"

    # --- the server's side ---

    def _answer(self, path: str, headers: dict[str, str], body: bytes) -> Answer:
        if path in self.answers:
            return self.answers[path]()
        if path == "/.well-known/openid-configuration":
            return as_json(
                self.document(
                    {
                        "issuer": self.issuer,
                        "authorization_endpoint": f"{self.issuer}/authorize",
                        "token_endpoint": f"{self.issuer}/token",
                        "jwks_uri": f"{self.issuer}/keys",
                        "response_types_supported": ["code"],
                    }
                )
            )
        if path == "/keys":
            return as_json({"keys": self.keys})
        if path == "/token":
            return self._exchange(headers, dict(parse_qsl(body.decode())))
        return as_json({}, 404)

    def _exchange(self, headers: dict[str, str], form: Json) -> Answer:
        if self.secret is None:
            known = form.get("client_id") == CLIENT and "authorization" not in headers
        else:
            given = base64.b64decode(headers.get("authorization", " ").split()[-1]).decode()
            known = parse_qs(f"x={given}")["x"][0] == f"{CLIENT}:{self.secret}"
        if not known:
            return as_json({"error": "invalid_client"}, 401)
        asked = self._codes.pop(form["code"], None)  # a code is good once
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if (
            asked is None
            or challenge != asked["code_challenge"]
            or form["redirect_uri"] != asked["redirect_uri"]
            or form["grant_type"] != "authorization_code"
        ):
            return as_json({"error": "invalid_grant"}, 400)
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            **self.people,
        }
        claims = {k: v for k, v in self.change(claims).items() if v is not None}
        return as_json(
            {"access_token": "x", "token_type": "Bearer", "id_token": self.token(claims)}
        )

    def _signed(self, claims: Json) -> str:
        key, algorithm, kid = self.signing
        headers = {} if kid is None else {"kid": kid}
        return jwt.encode(claims, key, algorithm, headers=headers)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            path = head[0].split()[1]
            headers = {
                name.lower(): value.strip()
                for name, _, value in (line.partition(":") for line in head[1:] if line)
            }
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            self.asked.append(path)
            if path in self.slow:
                await self.slow[path].wait()
            status, more, content = self._answer(path, headers, body)
            more = {"content-length": str(len(content)), "connection": "close", **more}
            lines = "".join(f"{name}: {value}\r\n" for name, value in more.items())
            writer.write(f"HTTP/1.1 {status} X\r\n{lines}\r\n".encode() + content)
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # whoever asked has hung up
        finally:
            self.open -= 1
            writer.close()


@asynccontextmanager
async def provider() -> AsyncIterator[Provider]:
    """One that listens."""
    here = Provider()
    server = await asyncio.start_server(here._serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    here.issuer = f"http://127.0.0.1:{port}"
    try:
        yield here
    finally:
        for waiting in here.slow.values():
            waiting.set()
        server.close()
        await server.wait_closed()
