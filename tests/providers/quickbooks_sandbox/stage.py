"""A process whose books begin anew with every play of a state machine, which no fixture reaches."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from .client import US, Company, Server


class Stage:
    server: Server

    @contextmanager
    def running(self) -> Iterator[None]:
        with TemporaryDirectory() as folder:
            self.server = Server(Path(folder))
            self.server.control("snapshots", {"name": "first-day"})
            yield
            self.server.kill()

    def begin(self) -> Company:
        self.server.control("snapshots/first-day/restore", {"keep_tokens": True})
        return self.server.company(US)
