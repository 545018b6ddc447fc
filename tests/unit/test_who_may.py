"""Who may call an operation, in words: what the document says and what a refusal says."""

from __future__ import annotations

import pytest

from firmhold.app import OPERATIONS
from firmhold.doors.shared.operation import Operation, who_may
from firmhold.identity.actors import key_identity
from firmhold.identity.permissions import SCOPES

BY_NAME = {operation.name: operation for operation in OPERATIONS}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("who_am_i", "every user; every API key"),
        ("list_sessions", "every user"),
        ("create_organization", "admins of the server's own organization"),
        ("list_keys", "owners and admins; API keys with the scope `keys:write`"),
        (
            "list_users",
            "auditors, owners and admins; API keys with the scope `users:read` or `users:write`",
        ),
        ("login", "anyone"),
    ],
)
def test_who_may_is_said_in_words(name: str, words: str) -> None:
    assert who_may(BY_NAME[name]) == words


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda it: it.name)
def test_a_scope_is_named_if_and_only_if_a_key_with_it_may(operation: Operation) -> None:
    if operation.permission is None:
        return
    words = who_may(operation)
    for scope in SCOPES:
        may = key_identity("org", "key", frozenset({scope})).may(operation.permission)
        assert may == (f"`{scope}`" in words or "every API key" in words)
