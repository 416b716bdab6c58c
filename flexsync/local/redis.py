"""Redis (or Valkey) on the loopback, with a password and an append-only file."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from signal import SIGTERM

from flexsync.local import processes
from flexsync.local.children import Service
from flexsync.local.identity import Identity, give
from flexsync.local.ports import LOOPBACK
from flexsync.local.probes import redis_answers

PATIENCE = 10.0


@dataclass(frozen=True)
class Redis:
    folder: Path
    program: Path
    identity: Identity | None
    port: int
    password: str
    log: Path

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@{LOOPBACK}:{self.port}/0"

    def service(self, environment: Mapping[str, str]) -> Service:
        return Service(
            name="redis",
            argv=(str(self.program), "-"),
            env=environment,
            cwd=self.folder,
            # With what Redis has not yet written; a kill would cost the last second.
            death_signal=SIGTERM,
            ready=self.answers,
            identity=self.identity,
            stdin=self._settings().encode(),
            log=self.log,
            prepare=self._prepare,
        )

    def answers(self) -> bool:
        return redis_answers(LOOPBACK, self.port, self.password)

    def _settings(self) -> str:
        # `dir .`: the folder was entered while we could; its parents may be closed to the server's user.
        return (
            f"bind {LOOPBACK}\nport {self.port}\nrequirepass {self.password}\nprotected-mode yes\n"
            'dir .\nappendonly yes\nsave ""\nmaxmemory-policy noeviction\ndaemonize no\n'
        )

    def _prepare(self) -> None:
        give(self.folder, self.identity)
        # We hold the state folder's lock, so a server here is an orphan. Redis itself would not notice it.
        processes.end(processes.running_in(self.folder, self.program.name), SIGTERM, PATIENCE)
