"""What a bucket is called where it is kept: a keyed digest.

Names are short and of one length, whatever was asked with. Nobody outside can choose a name that
collides with another's, and who reads the keeper's data learns no e-mail address from it.
"""

from hashlib import blake2b

from firmhold.limits.bucket import Ask

SECRET_BYTES = 32

REMEMBERED = 10_000
"""Names that need not be worked out again, of those who come again and again."""


class Names:
    """Names of buckets. Keepers that share buckets share the secret."""

    def __init__(self, secret: bytes, size: int) -> None:
        """`size`: bytes of a name, 8 to 64. `secret` may have any length."""
        key = blake2b(secret, digest_size=SECRET_BYTES, person=b"firmhold limits").digest()
        self._keyed = blake2b(key=key, digest_size=size)

        self._known: dict[str, bytes] = {}

    def of(self, ask: Ask) -> bytes:
        """The bucket's name. Lone surrogates, which JSON lets through, are bytes like any other."""
        # What comes before the subject has no NUL, so that no two buckets read the same.
        text = f"{ask.policy.name}\0{ask.organization}\0{ask.subject}"
        name = self._known.get(text)
        if name is None:
            digest = self._keyed.copy()  # half the cost of giving the key again
            digest.update(text.encode("utf-8", "surrogatepass"))
            name = digest.digest()
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            self._known[text] = name
        return name
