"""Those who are told: live subscribers of one item, and a receiver of webhooks, as one process.

    python -m bench.audience --port PORT --server URL --item ITEM --token TOKEN --subscribers 200

It listens on its port once all are subscribed. `POST` there is a delivery, which is taken; `GET`
says how many frames and deliveries have come.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from urllib.parse import urlsplit

import uvloop

from bench.live import AT_ONCE, Subscriber

TAKEN = b"HTTP/1.1 204 No Content\r\n\r\n"


class Audience:
    """Counts what it is told."""

    def __init__(self) -> None:
        self.seen: dict[int, list[float]] = {}
        self.deliveries = 0

    async def subscribe(self, server: str, item: str, token: str, count: int) -> None:
        """Come in, some at a time."""
        parts, loop = urlsplit(server), asyncio.get_running_loop()
        host, port = parts.hostname or "", parts.port or 0
        for first in range(0, count, AT_ONCE):
            opened = [
                await loop.create_connection(
                    lambda: Subscriber(parts.netloc, item, self.seen, token),
                    host,
                    port,
                )
                for _ in range(min(AT_ONCE, count - first))
            ]
            await asyncio.gather(*(subscriber.ready for _, subscriber in opened))

    async def receive(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Deliveries of one connection, or the question how many there were."""
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                if head.startswith(b"get"):
                    frames = sum(map(len, self.seen.values()))
                    told = {"frames": frames, "deliveries": self.deliveries}
                    body = json.dumps(told).encode()
                    head = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(body)
                    writer.write(head + body)
                    continue
                _, _, rest = head.partition(b"content-length:")
                await reader.readexactly(int(rest.split(b"\r\n")[0]))
                self.deliveries += 1
                writer.write(TAKEN)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


async def run(given: argparse.Namespace) -> None:
    audience = Audience()
    await audience.subscribe(given.server, given.item, given.token, given.subscribers)
    server = await asyncio.start_server(audience.receive, "127.0.0.1", given.port)
    await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.audience", description=__doc__)
    for name in ("--server", "--item", "--token"):
        parser.add_argument(name, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--subscribers", type=int, default=200)
    uvloop.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
