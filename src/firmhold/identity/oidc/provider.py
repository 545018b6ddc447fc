"""The other server: the only part that speaks to it.

It is not trusted further than it has to be. Its answers have a size and a time in which they must
come, redirects are not followed, and only so many requests are under way. While it is slow or away,
nobody signs in there, and nothing else notices.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote_plus, urlencode

import httpx
import msgspec
import structlog

from firmhold.identity.oidc.attempt import Attempt, NotSignedIn, ProviderAway
from firmhold.identity.oidc.configured import Configured, is_good, is_on_loopback
from firmhold.identity.oidc.id_token import (
    BadIdToken,
    Claims,
    Key,
    UnknownKey,
    keys_in,
    verified,
)
from firmhold.identity.oidc.kept import Kept

PATIENCE = 5.0
"""Seconds for one request, from the first byte to the last. People wait for it."""

AT_ONCE = 16
"""Browsers for whom a code is being exchanged, per process. Whoever comes on top is told to come
back: waiting would only make the line longer."""

LARGEST = 262_144
"""Bytes of an answer. Keys have a few thousand."""

DOCUMENT_SECONDS = 3600.0
KEYS_SECONDS = 3600.0
"""For how long what the provider publishes is kept. A key that it has withdrawn is good no longer
than that."""

KEYS_AGAIN = 30.0
"""Seconds between two looks for a key that nobody knows: anybody can name one."""

SCOPE = "openid email profile"

_log = structlog.get_logger(__name__)


class Discovery(msgspec.Struct):
    """What the provider says of itself (OpenID Connect Discovery 1.0), as far as it matters."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    token_endpoint_auth_methods_supported: list[str] = msgspec.field(
        default_factory=lambda: ["client_secret_basic"]
    )
    authorization_response_iss_parameter_supported: bool = False


class _Exchanged(msgspec.Struct):
    id_token: str


class Provider:
    """The server at which people sign in."""

    def __init__(self, configured: Configured) -> None:
        self.configured = configured
        self._loopback = is_on_loopback(configured.issuer)
        self._http = httpx.AsyncClient(
            timeout=PATIENCE,
            limits=httpx.Limits(max_connections=AT_ONCE + 2, max_keepalive_connections=2),
            follow_redirects=False,
            # Neither a proxy nor a password from the environment of whoever started the server.
            trust_env=False,
            # Of those who may vouch for servers, the environment may name others.
            verify=httpx.create_ssl_context(trust_env=True),
            headers={"accept": "application/json", "accept-encoding": "identity"},
        )
        self._document = Kept(self._discover, DOCUMENT_SECONDS)
        self._keys = Kept(self._ask_for_keys, KEYS_SECONDS)
        self._busy = 0

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.aclose()

    async def address(self, attempt: Attempt) -> str:
        """Where a browser signs in. Raises `ProviderAway`."""
        document = await self._document.get()
        asked = {
            "response_type": "code",
            "client_id": self.configured.client,
            "redirect_uri": self.configured.callback,
            "scope": SCOPE,
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": attempt.challenge,
            "code_challenge_method": "S256",
        }
        joint = "&" if "?" in document.authorization_endpoint else "?"
        return document.authorization_endpoint + joint + urlencode(asked)

    async def signed_in(self, attempt: Attempt, code: str, issuer: str | None) -> Claims:
        """Whom the provider has signed in, by the code that came back, and by whom it said that it
        came. Raises `ProviderAway`, `NotSignedIn`."""
        if self._busy >= AT_ONCE:
            raise ProviderAway("too many are signing in at this moment")
        self._busy += 1
        try:
            document = await self._document.get()
            asserted = document.authorization_response_iss_parameter_supported
            if (issuer is None and asserted) or issuer not in {None, self.configured.issuer}:
                # RFC 9207: a code of another server would be sent to this one.
                raise NotSignedIn("the answer is another server's")
            token = await self._exchange(document, code, attempt.verifier)
            return await self._claims(token, attempt.nonce)
        except BadIdToken as error:
            _log.warning("an ID token was refused", issuer=self.configured.issuer, why=str(error))
            raise NotSignedIn("what it has signed is not good") from None
        finally:
            self._busy -= 1

    async def _claims(self, token: str, nonce: str) -> Claims:
        def by(keys: Mapping[str | None, Key]) -> Claims:
            issuer, client = self.configured.issuer, self.configured.client
            return verified(token, keys, issuer=issuer, client=client, nonce=nonce, now=time.time())

        try:
            return by(await self._keys.get())
        except UnknownKey:
            # It may have begun to sign with another one.
            return by(await self._keys.newer(KEYS_AGAIN))

    async def _discover(self) -> Discovery:
        url = self.configured.issuer.rstrip("/") + "/.well-known/openid-configuration"
        document: Discovery = self._read(await self._ok("GET", url), Discovery)
        if document.issuer != self.configured.issuer:
            raise self._away("its document is another issuer's")
        for where in (document.authorization_endpoint, document.token_endpoint, document.jwks_uri):
            if not is_good(where, loopback=self._loopback):
                raise self._away("its document names an address without HTTPS")
        return document

    async def _ask_for_keys(self) -> dict[str | None, Key]:
        document = await self._document.get()
        keys = keys_in(self._read(await self._ok("GET", document.jwks_uri), dict[str, Any]))
        if not keys:
            raise self._away("it publishes no key that is good enough")
        return keys

    async def _exchange(self, document: Discovery, code: str, verifier: str) -> str:
        client, secret = self.configured.client, self.configured.secret
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.configured.callback,
            "code_verifier": verifier,
        }
        auth = None
        if secret is None:
            form["client_id"] = client
        elif "client_secret_basic" in document.token_endpoint_auth_methods_supported:
            # Encoded once more, as RFC 6749, section 2.3.1, has it.
            auth = httpx.BasicAuth(quote_plus(client), quote_plus(secret))
        else:
            form |= {"client_id": client, "client_secret": secret}
        status, content = await self._ask("POST", document.token_endpoint, form, auth)
        if status == 400:
            # Spent, over, or made up.
            raise NotSignedIn("it does not know the code, or not any more")
        if status != 200:
            raise self._away(f"it answers {status} to a code")
        exchanged: _Exchanged = self._read(content, _Exchanged)
        return exchanged.id_token

    async def _ok(self, method: str, url: str) -> bytes:
        status, content = await self._ask(method, url)
        if status != 200:
            raise self._away(f"it answers {status}")
        return content

    async def _ask(
        self,
        method: str,
        url: str,
        form: Mapping[str, str] | None = None,
        auth: httpx.BasicAuth | None = None,
    ) -> tuple[int, bytes]:
        """Status and content, as long as they come in time and are not too much."""
        content = bytearray()
        try:
            async with (
                asyncio.timeout(PATIENCE),
                self._http.stream(method, url, data=form, auth=auth) as response,
            ):
                # Undone as it comes: a few bytes could become a great many.
                if response.headers.get("content-encoding", "identity") != "identity":
                    raise self._away("its answer is packed")
                async for part in response.aiter_raw(65_536):
                    content += part
                    if len(content) > LARGEST:
                        raise self._away("its answer is too long")
                return response.status_code, bytes(content)
        except TimeoutError:
            raise self._away("it does not answer in time") from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise self._away(type(error).__name__) from None

    def _read(self, content: bytes, shape: Any) -> Any:
        try:
            return msgspec.json.decode(content, type=shape)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            raise self._away("its answer has another form") from None

    def _away(self, why: str) -> ProviderAway:
        _log.warning("the identity provider is of no use", issuer=self.configured.issuer, why=why)
        return ProviderAway(why)
