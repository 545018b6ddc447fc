"""Who may do what, as sentences."""

from __future__ import annotations

import pytest

from firmhold.identity.actors import (
    hold_token_identity,
    key_identity,
    user_identity,
)
from firmhold.identity.permissions import (
    OF_PUBLIC,
    OF_ROLE,
    SCOPES,
    Permission,
    grantable,
    of_scopes,
)
from firmhold.identity.roles import Role

P = Permission


def test_every_role_has_its_permissions() -> None:
    assert set(OF_ROLE) == set(Role)
    assert OF_ROLE[Role.ADMIN] == set(Permission)


@pytest.mark.parametrize(
    ("more", "less"),
    [
        (Role.ADMIN, Role.OWNER),
        (Role.OWNER, Role.OPERATOR),
        (Role.OWNER, Role.AUDITOR),
        (Role.OPERATOR, Role.CUSTOMER),
        (Role.AUDITOR, Role.CUSTOMER),
    ],
)
def test_a_higher_role_may_all_that_a_lower_one_may(more: Role, less: Role) -> None:
    assert OF_ROLE[more] > OF_ROLE[less]


def test_an_auditor_changes_nothing_but_what_is_its_own() -> None:
    writes = {it for it in OF_ROLE[Role.AUDITOR] if not it.endswith(":read")}
    assert writes == {P.RESERVATIONS_OWN, P.SESSIONS_OWN, P.NOTIFICATIONS_OWN}


def test_the_public_reads_what_is_for_sale() -> None:
    assert {P.CATALOGUE_READ} == OF_PUBLIC


@pytest.mark.parametrize("role", Role)
def test_an_operator_to_the_rules_is_whoever_may_act_for_all(role: Role) -> None:
    identity = user_identity("org_1", "usr_1", "a@example.org", role)
    assert identity.actor.operator == (role in {Role.OPERATOR, Role.OWNER, Role.ADMIN})
    assert identity.actor.customer == "usr_1"


def test_a_key_has_what_was_given_and_what_that_takes() -> None:
    assert of_scopes(frozenset()) == {P.CATALOGUE_READ}
    assert of_scopes(frozenset({P.STOCK_WRITE})) == {P.CATALOGUE_READ, P.STOCK_READ, P.STOCK_WRITE}
    desk = of_scopes(frozenset({P.RESERVATIONS_WRITE}))
    assert desk == {
        P.CATALOGUE_READ,
        P.RESERVATIONS_OWN,
        P.RESERVATIONS_READ,
        P.RESERVATIONS_WRITE,
    }
    assert key_identity("org_1", "key_1", frozenset({P.RESERVATIONS_WRITE})).actor.operator
    assert not key_identity("org_1", "key_1", frozenset({P.STOCK_WRITE})).actor.operator


@pytest.mark.parametrize("permission", sorted(set(Permission) - SCOPES))
def test_what_is_no_scope_does_nothing_for_a_key(permission: Permission) -> None:
    assert of_scopes(frozenset({permission})) == {P.CATALOGUE_READ}


@pytest.mark.parametrize("role", Role)
def test_nobody_gives_a_key_more_than_they_have(role: Role) -> None:
    assert grantable(OF_ROLE[role]) <= OF_ROLE[role] & SCOPES


def test_a_hold_token_does_not_sign_in() -> None:
    identity = hold_token_identity("org_1", "rsv_1")
    assert identity.permissions == {P.CATALOGUE_READ, P.RESERVATIONS_OWN}
    assert identity.actor.customer is None
