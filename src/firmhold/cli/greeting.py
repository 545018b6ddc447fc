"""What whoever starts a server is told once it is ready, beyond its address."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from firmhold.identity.roles import Role


class Greeting(Protocol):
    """Lines to print."""

    def text(self, address: str) -> str:
        """The lines, for a server at this address."""


class SignIn(NamedTuple):
    """With what somebody signs in to the demo."""

    role: Role
    email: str
    password: str
    token: str


@dataclass(frozen=True)
class Welcome:
    """What someone who starts the demo needs to know."""

    people: Sequence[SignIn]

    def text(self, address: str) -> str:
        passwords = "\n".join(
            f"    {it.role:<9} {it.email:<24} {it.password}" for it in self.people
        )
        tokens = "\n\n".join(f"    {it.role:<9} {it.token}" for it in self.people)
        return f"""
  A demo is open: a shop, a hospital and a relief network. Try it:

    The shop           {address}/
    For those who work {address}/console
    API reference      {address}/docs
    What is for sale   {address}/api/products
    What can be booked {address}/api/slots

  Who may sign in (POST {address}/api/auth/login), with passwords made for this start:

{passwords}

  Tokens, valid for a week (the demo's data is yours alone, and only on this machine):

{tokens}

  Reserve the flash sale as the customer:

    curl -X POST {address}/api/v1/inventory/reserve \\
      -H 'Authorization: Bearer CUSTOMER-TOKEN' -H 'Idempotency-Key: first-try' \\
      -H 'Content-Type: application/json' -d '{{"sku":"FLASH-SALE-001","quantity":2}}'

  Have everything as it was at first, as the admin:

    curl -X POST {address}/api/seed -H 'Authorization: Bearer ADMIN-TOKEN'

  Press Ctrl-C to stop."""


@dataclass(frozen=True)
class SetUp:
    """What someone who starts a server that nobody runs yet needs to know."""

    code: str

    def text(self, address: str) -> str:
        return f"""
  Nobody can sign in here yet. Become the administrator by this link, good once and for a day:

    {address}/console/set-up#code={self.code}

  or by a call with the code in it:

    curl -X POST {address}/api/auth/set-up -H 'Content-Type: application/json' \\
      -d '{{"code":"{self.code}","email":"you@example.org","password":"A-PASSWORD-OF-YOURS"}}'

  or on this machine: firmhold user create --email you@example.org --role admin"""
