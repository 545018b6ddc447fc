"""Owns: the web server around rivals and ceilings, set up as Firmhold sets up its own.

``python -m bench.web APP PORT``. Firmhold's worker looks for garbage rarely, sends no header that
says who or when, and sends head and body of an answer in one piece. All of that helps anybody, so
everybody gets it, and a ratio is not about the web server. A test compares this with the worker.
"""

from __future__ import annotations

import gc
import sys

import uvicorn

from firmhold.cli.protocol import Protocol
from firmhold.cli.sockets import Sockets

KEEP_ALIVE_SECONDS = 30


def config_of(app: str, port: int) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        port=port,
        loop="uvloop",
        http=Protocol,
        ws=Sockets,
        access_log=False,
        log_level="warning",
        server_header=False,
        date_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        proxy_headers=False,
    )


def rarely_look_for_garbage() -> None:
    """What has been loaded by now lives as long as the process."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def main() -> None:
    app, port = sys.argv[1:]
    config = config_of(app, int(port))
    config.load()
    rarely_look_for_garbage()
    uvicorn.Server(config).run()


if __name__ == "__main__":
    main()
