"""A connection is used again for the name and the address that it was made for, and no other."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from firmhold.notify.webhooks import connections, posting
from firmhold.notify.webhooks.posting import Outcome, Poster
from tests.webhooks.receiver import OK, Receiver, answer, receiving

SECRET = [b"x" * 32]


async def post(poster: Poster, url: str, number: int = 1) -> Outcome:
    return await poster.post(url, SECRET, f"evt_{number}", b"{}", datetime.now(UTC))


@pytest.fixture
async def poster() -> AsyncIterator[Poster]:
    poster = Poster(private=True)
    yield poster
    await poster.close()


async def test_deliveries_one_after_another_share_a_connection(
    poster: Poster, receiver: Receiver
) -> None:
    receiver.keeping = 10
    for number in range(10):
        assert (await post(poster, receiver.url, number)).is_delivered
    assert (receiver.connections, len(receiver.received)) == (1, 10)


async def test_a_connection_that_the_receiver_has_closed_is_no_failure(
    poster: Poster, receiver: Receiver
) -> None:
    """It is closed as the next request arrives there, which nobody can know before."""
    receiver.keeping = 2
    for number in range(6):
        assert (await post(poster, receiver.url, number)).error is None
    assert receiver.connections == 3


async def test_what_a_new_connection_fails_at_is_not_tried_twice(
    poster: Poster, receiver: Receiver
) -> None:
    receiver.answers = [b""]
    failed = await post(poster, receiver.url)
    assert (failed.status, len(receiver.received)) == (None, 1)
    assert failed.error is not None
    assert "disconnected" in failed.error


async def test_an_answer_that_is_too_long_is_not_read_to_its_end(
    poster: Poster, receiver: Receiver
) -> None:
    receiver.keeping = 5
    length = 2 * posting.MOST_READ
    head = f"HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n".encode()
    receiver.answers = [head + b"x" * length, OK]
    for number in range(2):
        assert (await post(poster, receiver.url, number)).is_delivered
    assert receiver.connections == 2, "what is left of it is read by nobody"


async def test_nothing_of_an_answer_is_told_to_the_next_receiver(
    poster: Poster, receiver: Receiver
) -> None:
    receiver.keeping = 5
    receiver.answers = [answer(200, "Set-Cookie: who=somebody; Path=/"), OK]
    for number in range(2):
        await post(poster, receiver.url, number)
    assert [it for it in receiver.received if "cookie" in it.headers] == []


@pytest.mark.parametrize(("bound", "made"), [("IDLE", 2), ("OLDEST", 3)])
async def test_connections_are_not_kept_for_ever(
    poster: Poster, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, bound: str, made: int
) -> None:
    receiver.keeping = 10
    await post(poster, receiver.url)
    monkeypatch.setattr(connections, bound, -1.0)
    if bound == "IDLE":
        await poster.tidy()
        assert poster._connections._kept == {}
    await post(poster, receiver.url)
    if bound == "OLDEST":
        await post(poster, receiver.url)
        await poster.tidy()
        assert poster._connections._leaving == []
    assert receiver.connections == made


async def test_a_name_is_looked_up_each_time_and_only_what_it_has_then_is_gone_to(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver.keeping = 10
    poster, found = Poster(private=True), "127.0.0.1"

    async def resolve(*_: object, **__: object) -> str:
        return found

    monkeypatch.setattr(posting, "resolve", resolve)
    assert (await post(poster, receiver.url)).is_delivered
    found = "127.0.0.9"  # where nobody listens, while the connection to the other is still there
    assert not (await post(poster, receiver.url)).is_delivered
    assert len(receiver.received) == 1
    await poster.close()


async def test_a_name_that_is_private_by_now_is_refused_although_a_connection_is_there(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def found(*_: object, **__: object) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 443))]

    receiver.keeping = 10
    poster = Poster(private=True)
    url = receiver.url.replace("http:", "https:")
    await post(poster, receiver.url)
    poster._private = False
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", found)
    refused = await post(poster, url.replace("127.0.0.1", "example.org"))
    assert refused.error == "not allowed: the name is not of the public internet alone"
    assert len(receiver.received) == 1
    await poster.close()


@asynccontextmanager
async def known_as(name: str, folder: Path) -> AsyncIterator[tuple[Receiver, Path]]:
    """A receiver with a certificate for one name, and that certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    encoding = serialization.Encoding.PEM
    own, shown = folder / "key.pem", folder / "certificate.pem"
    own.write_bytes(
        key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    shown.write_bytes(certificate.public_bytes(encoding))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(shown, own)
    async with receiving(context) as receiver:
        yield receiver, shown


def at(name: str, receiver: Receiver) -> str:
    return receiver.url.replace("http://127.0.0.1", f"https://{name}")


async def test_another_name_at_the_same_address_gets_no_connection_that_was_made_for_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else its certificate would never be looked at."""

    async def resolve(*_: object, **__: object) -> str:
        return "127.0.0.1"

    monkeypatch.setattr(posting, "resolve", resolve)
    async with known_as("one.example", tmp_path) as (receiver, certificate):
        receiver.keeping = 10
        poster = Poster(private=True)
        poster._connections._tls.load_verify_locations(certificate)
        for number in range(2):
            assert (await post(poster, at("one.example", receiver), number)).error is None
        assert receiver.connections == 1
        refused = await post(poster, at("two.example", receiver))
        assert refused.error is not None
        assert "certificate" in refused.error.lower()
        assert len(receiver.received) == 2
        assert receiver.received[0].headers["host"].startswith("one.example:")
        await poster.close()
