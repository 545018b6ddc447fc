"""Bytes that no honest client sends, against a real server: what two readers could read differently
is refused, what has no end is ended, and after either nothing more is read from that connection."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest
import pytest_asyncio

from firmhold.cli.protocol import LONGEST_ADDRESS, LONGEST_HEAD, MOST_HEADERS
from firmhold.doors.shared.guarding import ALWAYS
from tests.databases import Server
from tests.processes import serving

pytestmark = pytest.mark.asyncio(loop_scope="module")

LOGIN = b"POST /api/auth/login HTTP/1.1\r\n"
GET = b"GET /healthz HTTP/1.1\r\n"
HERE = b"Host: here\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"

HIDDEN = b"GET /metrics HTTP/1.1\r\nHost: here\r\n\r\n"
"""What would be answered if a body were taken for the next request."""

SECONDS = 20.0
"""Only bounds a test that fails."""


class Wire(NamedTuple):
    """Where the server listens."""

    host: str
    port: int

    async def answers(self, sent: bytes) -> list[bytes]:
        """What comes back, answer by answer, until the server ends the connection or, if it does
        not, until a last request of ours has been answered. Fails if neither happens."""
        reader, writer = await asyncio.open_connection(self.host, self.port)
        try:
            writer.write(sent)
            async with asyncio.timeout(SECONDS):
                whole = await reader.read()
        finally:
            writer.close()
        assert whole.count(b"HTTP/1.1 ") >= 1, whole
        return [b"HTTP/1.1 " + part for part in whole.split(b"HTTP/1.1 ")[1:]]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def wire(server: Server) -> AsyncIterator[Wire]:
    address = await server.clone()
    with serving(address) as running:
        parts = urlsplit(running.url)
        assert parts.hostname is not None
        assert parts.port is not None
        yield Wire(parts.hostname, parts.port)
    await server.drop(address)


def refused(answer: bytes, status: int = 400, field: str | None = None) -> None:
    """Fails unless this is a complete problem document, as guarded as any, and the last answer."""
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d " % status), answer
    headers = dict(line.split(b": ", 1) for line in head.split(b"\r\n")[1:])
    assert headers[b"content-type"] == b"application/problem+json"
    assert headers[b"connection"] == b"close"
    assert headers[b"x-content-type-options"] == b"nosniff"
    assert headers[b"content-security-policy"].startswith(b"default-src 'none'")
    assert headers[b"cache-control"] == b"no-store"
    assert int(headers[b"content-length"]) == len(body)
    found = json.loads(body)
    assert (found["status"], found["code"]) == (status, "malformed_request")
    assert field is None or found["field"] == field


TWO_LENGTHS = {
    "a length and chunks": b"Content-Length: 4\r\n" + CHUNKED,
    "chunks and a length": CHUNKED + b"Content-Length: 4\r\n",
    "two lengths": b"Content-Length: 0\r\nContent-Length: 40\r\n",
    "the same length twice": b"Content-Length: 0\r\nContent-Length: 0\r\n",
    "a list of lengths": b"Content-Length: 0, 0\r\n",
    "a length with a sign": b"Content-Length: +0\r\n",
    "a length below nothing": b"Content-Length: -1\r\n",
    "a length in another base": b"Content-Length: 0x0\r\n",
    "a length that is not one": b"Content-Length: zero\r\n",
    "a length without end": b"Content-Length: 99999999999999999999999\r\n",
    "chunks, but not as the last coding": b"Transfer-Encoding: chunked, gzip\r\n",
    "chunks, and a coding without a name": b"Transfer-Encoding: chunked, \r\n",
    "two codings": CHUNKED + b"Transfer-Encoding: identity\r\n",
    "a coding behind a tab": b"Transfer-Encoding:\x0bchunked\r\n",
    "a space before the colon": b"Transfer-Encoding : chunked\r\n",
    "a space before the colon of a length": b"Content-Length : 0\r\n",
}


@pytest.mark.parametrize("headers", TWO_LENGTHS.values(), ids=TWO_LENGTHS)
async def test_a_body_whose_end_is_in_doubt_is_not_read(wire: Wire, headers: bytes) -> None:
    (answer,) = await wire.answers(LOGIN + HERE + headers + b"\r\n0\r\n\r\n" + HIDDEN)
    refused(answer)


@pytest.mark.parametrize("coding", [b"gzip, chunked", b"identity", b"xchunked"])
async def test_a_body_that_is_coded_as_nobody_decodes_it_is_refused(
    wire: Wire, coding: bytes
) -> None:
    sent = LOGIN + HERE + b"Transfer-Encoding: " + coding + b"\r\n\r\n0\r\n\r\n" + HIDDEN
    (answer,) = await wire.answers(sent)
    refused(answer, 501, "Transfer-Encoding")


async def test_chunks_of_a_client_that_does_not_know_them_are_refused(wire: Wire) -> None:
    old = LOGIN.replace(b"1.1", b"1.0")
    (answer,) = await wire.answers(old + HERE + CHUNKED + b"\r\n0\r\n\r\n" + HIDDEN)
    refused(answer, 501, "Transfer-Encoding")


CHUNKS = {
    "below nothing": b"-1\r\n\r\n0\r\n\r\n",
    "in another base": b"0x2\r\n{}\r\n0\r\n\r\n",
    "ended by a line feed alone": b"2\n{}\n0\n\n",
    "larger than any number": b"fffffffffffffffff\r\n{}",
    "longer than it says": b"2\r\n{}X0\r\n\r\n",
    "without a size": b"\r\n{}\r\n0\r\n\r\n",
}


@pytest.mark.parametrize("chunks", CHUNKS.values(), ids=CHUNKS)
async def test_a_chunk_that_is_not_exactly_one_ends_the_connection(
    wire: Wire, chunks: bytes
) -> None:
    *_, answer = await wire.answers(LOGIN + HERE + CHUNKED + b"\r\n" + chunks + HIDDEN)
    refused(answer)


HEADS = {
    "a folded header": GET + HERE + b"X: a\r\n b\r\n\r\n",
    "a header that begins with a space": GET + b" Host: here\r\n\r\n",
    "lines ended by a line feed alone": b"GET /healthz HTTP/1.1\nHost: here\n\n",
    "one line ended by a line feed alone": GET + b"Host: here\nX: a\r\n\r\n",
    "a carriage return alone": GET + b"Host: here\rX: a\r\n\r\n",
    "NUL in a value": GET + HERE + b"X: a\x00b\r\n\r\n",
    "NUL in a name": GET + HERE + b"X\x00: a\r\n\r\n",
    "NUL in the address": b"GET /health\x00z HTTP/1.1\r\n" + HERE + b"\r\n",
    "a control character in a value": GET + HERE + b"X: a\x01b\r\n\r\n",
    "a line without a colon": GET + HERE + b"X\r\n\r\n",
    "a header without a name": GET + HERE + b": a\r\n\r\n",
    "a space in the address": b"GET /a b HTTP/1.1\r\n" + HERE + b"\r\n",
    "bytes that are no ASCII in the address": b"GET /\xff HTTP/1.1\r\n" + HERE + b"\r\n",
    "a method in small letters": b"get /healthz HTTP/1.1\r\n" + HERE + b"\r\n",
    "a method nobody knows": b"MEASURE /healthz HTTP/1.1\r\n" + HERE + b"\r\n",
    "a tunnel": b"CONNECT evil.example:80 HTTP/1.1\r\n" + HERE + b"\r\n",
    "a version nobody speaks": b"GET /healthz HTTP/3.3\r\n" + HERE + b"\r\n",
    "HTTP/2 without being asked": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "TLS": bytes.fromhex("16030100a5010000a10303") + bytes(160),
}


@pytest.mark.parametrize("sent", HEADS.values(), ids=HEADS)
async def test_a_head_that_is_not_http_is_refused(wire: Wire, sent: bytes) -> None:
    (answer,) = await wire.answers(sent + HIDDEN)
    refused(answer)


@pytest.mark.parametrize("hosts", [b"", b"Host: here\r\nHost: there\r\n", HERE + HERE])
async def test_a_request_says_once_for_whom_it_is(wire: Wire, hosts: bytes) -> None:
    (answer,) = await wire.answers(GET + hosts + b"\r\n" + HIDDEN)
    refused(answer, 400, "Host")


async def test_only_http_1_0_need_not_say_for_whom_it_is(wire: Wire) -> None:
    (answer,) = await wire.answers(b"GET /healthz HTTP/1.0\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200 ")


async def test_a_body_where_none_belongs_is_not_the_next_request(wire: Wire) -> None:
    length = b"Content-Length: %d\r\nConnection: close\r\n\r\n" % len(HIDDEN)
    (answer,) = await wire.answers(GET + HERE + length + HIDDEN)
    assert answer.startswith(b"HTTP/1.1 200 ")


async def test_requests_in_a_row_are_answered_one_by_one(wire: Wire) -> None:
    last = GET + HERE + b"Connection: close\r\n\r\n"
    found = await wire.answers((GET + HERE + b"\r\n") * 50 + last)
    assert [answer[:13] for answer in found] == [b"HTTP/1.1 200 "] * 51


async def test_what_is_sent_after_the_chunks_changes_nothing(wire: Wire) -> None:
    body = b'{"email":"a@b","password":"a wrong one"}'
    chunk = b"%x\r\n%s\r\n" % (len(body), body)
    trailer = b"0\r\nHost: there\r\nAuthorization: Bearer forged\r\n\r\n"
    (answer,) = await wire.answers(
        LOGIN + HERE + CHUNKED + b"Connection: close\r\n\r\n" + chunk + trailer
    )
    assert answer.startswith(b"HTTP/1.1 401 ")
    assert b"e-mail address and password" in answer or b"password" in answer


# --- what is larger than it needs to be ---


@pytest.mark.parametrize(
    ("sent", "status", "field"),
    [
        (b"GET /" + b"a" * LONGEST_ADDRESS + b" HTTP/1.1\r\n" + HERE + b"\r\n", 414, "address"),
        (b"GET /?" + b"a" * LONGEST_ADDRESS + b" HTTP/1.1\r\n" + HERE + b"\r\n", 414, "address"),
        (GET + HERE + b"X: " + b"a" * LONGEST_HEAD + b"\r\n\r\n", 431, "headers"),
        (GET + HERE + (b"X: " + b"a" * 400 + b"\r\n") * 90 + b"\r\n", 431, "headers"),
        (GET + HERE + b"X: a\r\n" * MOST_HEADERS + b"\r\n", 431, "headers"),
    ],
)
async def test_a_head_beyond_bounds_is_refused(
    wire: Wire, sent: bytes, status: int, field: str
) -> None:
    (answer,) = await wire.answers(sent + HIDDEN)
    refused(answer, status, field)


async def test_a_head_within_bounds_is_read_whole_or_in_pieces(wire: Wire) -> None:
    address = b"GET /healthz?" + b"a" * (LONGEST_ADDRESS - 10) + b" HTTP/1.1\r\n"
    more = (b"X: " + b"a" * 200 + b"\r\n") * (MOST_HEADERS - 2)
    sent = address + HERE + more + b"Connection: close\r\n\r\n"
    assert len(sent) < LONGEST_HEAD
    (answer,) = await wire.answers(sent)
    assert answer.startswith(b"HTTP/1.1 200 ")
    reader, writer = await asyncio.open_connection(wire.host, wire.port)
    for start in range(0, len(sent), 1500):
        writer.write(sent[start : start + 1500])
        await writer.drain()
    async with asyncio.timeout(SECONDS):
        assert (await reader.read()).startswith(b"HTTP/1.1 200 ")
    writer.close()


async def test_a_body_in_chunks_of_one_byte_is_read(wire: Wire) -> None:
    body = b'{"email":"a@b","password":"a wrong one"' + b" " * 60_000 + b"}"
    chunks = b"".join(b"1\r\n%c\r\n" % byte for byte in body) + b"0\r\n\r\n"
    (answer,) = await wire.answers(LOGIN + HERE + CHUNKED + b"Connection: close\r\n\r\n" + chunks)
    assert answer.startswith(b"HTTP/1.1 401 ")


ENDLESS = {
    "an address": (b"GET /", b"a" * 4096),
    "a header": (GET + HERE + b"X: ", b"a" * 4096),
    "headers": (GET + HERE, b"X: a\r\n" * 700),
    "what follows a body": (LOGIN + HERE + CHUNKED + b"\r\n0\r\n", b"X: " + b"a" * 4090 + b"\r\n"),
    "a line after a body": (LOGIN + HERE + CHUNKED + b"\r\n0\r\nX: ", b"a" * 4096),
    "what is said of a chunk": (LOGIN + HERE + CHUNKED + b"\r\n2;", b"a" * 4096),
    "what is said of chunks": (
        LOGIN + HERE + CHUNKED + b"\r\n",
        b"1;" + b"a" * 4089 + b"\r\n \r\n",
    ),
}


@pytest.mark.parametrize(("beginning", "more"), ENDLESS.values(), ids=ENDLESS)
async def test_what_has_no_end_is_ended(wire: Wire, beginning: bytes, more: bytes) -> None:
    """Long before the server's patience with slow clients is: by the number of bytes."""
    reader, writer = await asyncio.open_connection(wire.host, wire.port)
    writer.write(beginning)
    ended = False
    try:
        async with asyncio.timeout(SECONDS):
            for _ in range(5000):  # twenty megabytes
                writer.write(more)
                await writer.drain()
                if reader.at_eof():
                    ended = True
                    break
                await asyncio.sleep(0)
    except ConnectionError:
        ended = True
    finally:
        writer.transport.abort()
    assert ended
    (answer,) = await wire.answers(GET + HERE + b"Connection: close\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200 "), "and the others are served"


async def test_an_upgrade_where_there_is_none_is_refused_or_ignored(wire: Wire) -> None:
    socket = (
        b"Connection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: https://evil.example\r\n\r\n"
    )
    for path in (b"/healthz", b"/v1/live/more", b"/nothing"):
        (answer,) = await wire.answers(b"GET " + path + b" HTTP/1.1\r\n" + HERE + socket)
        assert answer.startswith(b"HTTP/1.1 400 "), "and the connection is closed"
        head, _, body = answer.partition(b"\r\n\r\n")
        for name, value in ALWAYS:
            assert name + b": " + value in head
        assert json.loads(body)["field"] == "Upgrade"
    plain = b"Connection: upgrade, close\r\nUpgrade: h2c\r\n\r\n"
    (answer,) = await wire.answers(GET + HERE + plain)
    assert answer.startswith(b"HTTP/1.1 200 ")
