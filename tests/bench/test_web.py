"""Rivals and ceilings run on the web server that Firmhold runs on, set up as it is."""

from __future__ import annotations

import gc
import signal
import socket
from typing import Any

import pytest
import uvicorn

from bench.web import config_of, rarely_look_for_garbage
from firmhold.cli import worker
from firmhold.identity.keyring import Keyring
from firmhold.settings import Settings
from tests.processes import AUDIT_KEY

SAME = (
    "loop",
    "http",
    "ws",
    "access_log",
    "log_level",
    "server_header",
    "date_header",
    "timeout_keep_alive",
    "proxy_headers",
)


class Far(Exception):
    """The worker has got as far as it is to get."""


@pytest.fixture
def garbage(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What the collector of garbage is told, instead of telling it."""
    told: list[tuple[Any, ...]] = []
    for name in ("collect", "freeze", "set_threshold"):
        monkeypatch.setattr(gc, name, lambda *words, name=name: told.append((name, *words)))
    return told


def test_the_web_server_of_rivals_is_set_up_as_the_workers(
    monkeypatch: pytest.MonkeyPatch, garbage: list[tuple[Any, ...]]
) -> None:
    found: list[uvicorn.Config] = []

    def server(config: uvicorn.Config, _: Any) -> None:
        found.append(config)
        raise Far

    monkeypatch.setattr(worker, "_Server", server)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    settings, keys = Settings(audit_key=AUDIT_KEY), Keyring([b"k" * 32])
    with socket.socket() as listener, pytest.raises(Far):
        worker.run_worker(settings, "postgresql://", keys, listener, lambda: None)
    ours, of_worker = config_of("bench.ceiling_app:asgi_app", 1), found[0]
    of_rivals = {name: getattr(ours, name) for name in SAME}
    assert of_rivals == {name: getattr(of_worker, name) for name in SAME}
    told = list(garbage)
    garbage.clear()
    rarely_look_for_garbage()
    assert garbage == told
