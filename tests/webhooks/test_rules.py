"""Signatures are as the standard has them, and what fails is tried for days, and not for ever."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from firmhold.notify.webhooks.rules import (
    JITTER,
    LONGEST_PAUSE,
    PAUSES,
    pause_after,
    signature,
    written,
)

SECRETS = st.binary(min_size=24, max_size=64)


@given(SECRETS, SECRETS, st.text(max_size=100).map(str.encode))
def test_what_is_signed_with_two_secrets_is_good_by_either(
    new: bytes, old: bytes, body: bytes
) -> None:
    timestamp = int(datetime.now(UTC).timestamp())
    headers = {
        "webhook-id": "evt_1",
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature([new, old], "evt_1", timestamp, body),
    }
    for secret in (new, old):
        Webhook(written(secret)).verify(body, headers, json_parse=False)
    for wrong in (
        {"webhook-id": "evt_2"},
        {"webhook-timestamp": str(timestamp + 1)},
        {"webhook-signature": signature([b"x" * 24], "evt_1", timestamp, body)},
    ):
        with pytest.raises(WebhookVerificationError):
            Webhook(written(new)).verify(body, {**headers, **wrong}, json_parse=False)
    with pytest.raises(WebhookVerificationError):
        Webhook(written(new)).verify(body + b" ", headers, json_parse=False)


def test_it_is_tried_for_three_days_and_given_up_then() -> None:
    pauses = [pause_after(attempts, 0.5) for attempts in range(1, len(PAUSES) + 2)]
    assert pauses == [*PAUSES, None]
    assert timedelta(days=3) < sum(PAUSES, timedelta()) < timedelta(days=5)


@given(st.integers(1, len(PAUSES)), st.floats(0, 1))
def test_pauses_differ_a_little(attempts: int, chance: float) -> None:
    pause = pause_after(attempts, chance)
    assert pause is not None
    usual = PAUSES[attempts - 1]
    assert usual * (1 - JITTER) * 0.99 <= pause <= usual * (1 + JITTER) * 1.01


def test_a_receiver_may_ask_for_more_time_and_not_for_less_nor_for_ever() -> None:
    assert pause_after(1, 0.5, timedelta(hours=2)) == timedelta(hours=2)
    assert pause_after(1, 0.5, timedelta()) == PAUSES[0]
    assert pause_after(1, 0.5, timedelta(days=400)) == LONGEST_PAUSE
