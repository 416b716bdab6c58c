"""python -m integrations.providers.quickbooks.sandbox"""

from __future__ import annotations

import argparse
import gc
import os
import signal
import socket
import sys
from dataclasses import replace
from pathlib import Path

import uvicorn

from .app import build
from .settings import BadSetting, Settings
from .traffic.protocol import Bounded


class Announcing(uvicorn.Server):
    """Says where it listens once it does, so that a caller who asked for port 0 can find it."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        for each in sockets or ():
            host, port = each.getsockname()[:2]
            print(f"listening on http://{f'[{host}]' if ':' in host else host}:{port}", flush=True)


def settings_from(arguments: list[str]) -> Settings:
    settings = Settings.read(os.environ)
    parser = argparse.ArgumentParser(prog="python -m integrations.providers.quickbooks.sandbox")
    parser.add_argument("--host", default=settings.host)
    parser.add_argument("--port", type=int, default=settings.port, help="0 picks a free one")
    parser.add_argument("--data", type=Path, default=settings.data, help="folder of the SQLite file")
    chosen = parser.parse_args(arguments)
    return replace(settings, host=chosen.host, port=chosen.port, data=chosen.data)


def bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named, asyncio switches Nagle's delay off: 40 ms on each answer over a kept connection.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    return listener


def main(arguments: list[str]) -> int:
    try:
        settings = settings_from(arguments)
    except BadSetting as trouble:
        print(trouble, file=sys.stderr)
        return 2
    # uvicorn raises the signal once more after its own shutdown; that is the end we want, with status 0.
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: sys.exit(0))
    listener = bound(settings.host, settings.port)
    application = build(settings)
    # What the start has made stays for good: looking for garbage in it would cost a request in twenty.
    gc.freeze()
    config = uvicorn.Config(
        application,
        http=Bounded,
        lifespan="on",
        log_level="warning",
        access_log=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=3,
    )
    Announcing(config).run(sockets=[listener])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
