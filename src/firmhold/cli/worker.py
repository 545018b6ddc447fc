"""One server process: uvicorn around the application."""

import asyncio
import gc
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn

from firmhold import tracing
from firmhold.app import Application, build_services
from firmhold.cli.patrol import EVERY, Patrol
from firmhold.cli.protocol import protocol_below
from firmhold.cli.sockets import Sockets
from firmhold.identity.keyring import Keyring
from firmhold.settings import Settings

GRACE_SECONDS = 2
"""How long requests in progress may take after SIGTERM; the whole stop stays below 5 s."""

KEEP_ALIVE_SECONDS = 30
"""How long an idle connection is kept for its client's next request."""


LONGEST_MESSAGE = 65_536
"""Bytes of what comes over a WebSocket: 500 ids take a third of it."""

TICKS = 10
"""In a second, of the web server's main loop."""


class _Server(uvicorn.Server):
    """Says when it is ready, and looks after its connections."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready
        self._patrol = Patrol(self.server_state.connections)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._on_ready()

    async def on_tick(self, counter: int) -> bool:
        if counter % (EVERY * TICKS) == 0:
            self._patrol.look(time.monotonic())
        return await super().on_tick(counter)


@contextmanager
def tracing_to(endpoint: str | None) -> Iterator[None]:
    """Send this process's traces there, if anywhere."""
    if endpoint is None:
        yield
        return
    from firmhold.tracing.spans import sending_to

    sending = sending_to(endpoint)
    tracing.use(sending)
    try:
        yield
    finally:
        tracing.use(None)
        sending.close()


def run_worker(
    settings: Settings,
    dsn: str,
    keys: Keyring,
    listener: socket.socket,
    on_ready: Callable[[], None],
    *,
    buckets: int | None = None,
) -> int:
    """Serve until told to stop. `buckets`: the descriptor of those that all processes of this node
    have, if there are others. Returns the exit code."""
    services = build_services(settings, dsn, keys, buckets=buckets)
    if settings.demo:
        from firmhold.cli.demo import DemoData

        services = services._replace(demo=DemoData(services.engine, services.directory))
    config = uvicorn.Config(
        Application(services),
        loop="uvloop",
        http=protocol_below(settings.base_path),
        ws=Sockets,
        ws_max_size=LONGEST_MESSAGE,
        # Frames are short and many are at it: a compressor takes 300 kB for each.
        ws_per_message_deflate=False,
        lifespan="on",
        access_log=False,
        log_config=None,  # what it has to say goes the way of everything else
        log_level="warning",
        server_header=False,
        date_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
        # Nothing in front of us is trusted to say who the client is, unless configured.
        proxy_headers=False,
    )
    # Modules and tables live as long as the process: looking through them again and again for
    # garbage would cost a tenth of the throughput, as would looking after every 700 objects.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    # uvicorn handles these while it serves, and raises them once more when it has stopped. By then
    # they have been obeyed; the rest of the way out must not be cut short.
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, signal.SIG_IGN)
    server = _Server(config, on_ready)
    with (
        tracing_to(settings.otlp_endpoint),
        asyncio.Runner(loop_factory=config.get_loop_factory()) as runner,
    ):
        runner.run(server.serve(sockets=[listener]))
    return 0 if server.started else 1
