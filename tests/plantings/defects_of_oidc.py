"""Defects of signing in at an identity provider. See `defects`."""

from __future__ import annotations

from tests.plantings.defects import Defect

OIDC = ("tests/doors/test_oidc.py",)
DOOR = "doors/access/oidc.py"
TOKEN = "identity/oidc/id_token.py"
PROVIDER = "identity/oidc/provider.py"

DEFECTS_OF_OIDC = (
    Defect(
        "an answer to somebody else's attempt signs a browser in",
        DOOR,
        "    if attempt is None or not hmac.compare_digest("
        "attempt.state.encode(), query.state.encode()):\n",
        "    if attempt is None:\n",
        OIDC,
    ),
    Defect(
        "an attempt to sign in elsewhere is taken as it is written",
        "identity/oidc/attempt.py",
        "        if not hmac.compare_digest(_text(_signature(key, content)), signature):\n",
        "        if not signature:\n",
        OIDC,
    ),
    Defect(
        "an attempt to sign in elsewhere is never over",
        "identity/oidc/attempt.py",
        "        return attempt if abs(time.time() - attempt.began) <= LASTS else None\n",
        "        return attempt\n",
        OIDC,
    ),
    Defect(
        "an ID token that was made for another attempt is good",
        TOKEN,
        "    if not isinstance(told, str) or not hmac.compare_digest("
        "told.encode(), nonce.encode()):\n",
        "    if not isinstance(told, str):\n",
        OIDC,
    ),
    Defect(
        "an ID token that was made for several is good for each",
        TOKEN,
        "    if (isinstance(audience, list) and len(audience) > 1 and party is None) or (\n",
        "    if (\n",
        OIDC,
    ),
    Defect(
        "an ID token that is over is good",
        TOKEN,
        "    if not ends > now - LEEWAY:\n",
        "    if False:\n",
        OIDC,
    ),
    Defect(
        "a key is used for another algorithm than it is for",
        TOKEN,
        " or key.algorithm not in {None, algorithm}:\n",
        ":\n",
        OIDC,
    ),
    Defect(
        "a short key is good enough for an ID token",
        TOKEN,
        "        if isinstance(key, RSAPublicKey) and key.key_size < SHORTEST_RSA:\n",
        "        if False:\n",
        OIDC,
    ),
    Defect(
        "an address that the provider does not vouch for leads to an account",
        TOKEN,
        """    if claims.get("email_verified") is not True or not isinstance(email, str):\n""",
        "    if not isinstance(email, str):\n",
        OIDC,
    ),
    Defect(
        "whoever registered the address of somebody who signs in elsewhere stays in",
        "identity/oidc/people.py",
        "        await disown(connection, id)\n",
        "",
        OIDC,
    ),
    Defect(
        "whoever is given an address gets the account of whom it belonged to",
        "store/migrations/0007_oidc.sql",
        "UNIQUE (person_id, issuer)",
        "UNIQUE (person_id, issuer, subject)",
        OIDC,
    ),
    Defect(
        "an answer of another provider is taken for this one's",
        PROVIDER,
        "            if (issuer is None and asserted) or issuer not in "
        "{None, self.configured.issuer}:\n",
        "            if False:\n",
        OIDC,
    ),
    Defect(
        "a document of another issuer is believed",
        PROVIDER,
        "        if document.issuer != self.configured.issuer:\n",
        "        if False:\n",
        OIDC,
    ),
    Defect(
        "codes and secrets are sent wherever the provider says",
        PROVIDER,
        "            if not is_good(where, loopback=self._loopback):\n",
        "            if False:\n",
        OIDC,
    ),
    Defect(
        "the provider leads us anywhere",
        PROVIDER,
        "            follow_redirects=False,\n",
        "            follow_redirects=True,\n",
        OIDC,
    ),
    Defect(
        "the provider's answers may be of any size",
        PROVIDER,
        "                    if len(content) > LARGEST:\n",
        "                    if False:\n",
        OIDC,
    ),
    Defect(
        "a slow provider is waited for by any number",
        PROVIDER,
        "        if self._busy >= AT_ONCE:\n",
        "        if False:\n",
        OIDC,
    ),
    Defect(
        "whoever goes away while the provider is slow leaves no room for others",
        PROVIDER,
        "        finally:\n            self._busy -= 1\n",
        "        else:\n            self._busy -= 1\n",
        OIDC,
    ),
    Defect(
        "anybody has the provider's keys asked for each time",
        PROVIDER,
        "self._keys.newer(KEYS_AGAIN)",
        "self._keys.newer(0.0)",
        OIDC,
    ),
    Defect(
        "a provider that is away is asked by everyone in turn",
        "identity/oidc/kept.py",
        "            seconds = PAUSE\n",
        "            seconds = 0.0\n",
        OIDC,
    ),
)
