"""PostgreSQL from the wheel: its own programs, run directly, on the loopback, with passwords."""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from signal import SIGINT, SIGKILL, SIGQUIT

from flexsync.local import processes
from flexsync.local.children import Service
from flexsync.local.database import accepts_connections
from flexsync.local.errors import LocalError
from flexsync.local.identity import Identity, give, nobody, popen_user
from flexsync.local.ports import LOOPBACK

SUPERUSER = "postgres"
PATIENCE = 10.0
# Same sort order on every machine, and prefix searches that can use plain indexes.
CLUSTER = (
    f"--username={SUPERUSER}",
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    # Shared memory as files in the data folder: /dev/shm is small in containers, and not ours to leave things in.
    "--set=dynamic_shared_memory_type=mmap",
)
# For data that may be lost with the machine; a killed server loses nothing. Without synchronous_commit it would.
CARELESS = {"fsync": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class Postgres:
    folder: Path
    programs: Path
    identity: Identity | None
    port: int
    password: str
    log: Path
    durable: bool = True

    def dsn(self, database: str = SUPERUSER) -> str:
        return url(SUPERUSER, self.password, self.port, database)

    def service(self, environment: Mapping[str, str]) -> Service:
        return Service(
            name="postgres",
            argv=(str(self.programs / "postgres"), "-D", _data_argument(self.folder, self.identity), *self._options()),
            env=environment,
            cwd=self.folder,
            stop_signal=SIGINT,
            # Immediate shutdown: ends every backend too, and the log is replayed at the next start.
            death_signal=SIGQUIT,
            ready=self.answers,
            identity=self.identity,
            log=self.log,
            prepare=self._prepare,
        )

    def _options(self) -> list[str]:
        settings = {
            "listen_addresses": LOOPBACK,
            "port": str(self.port),
            "unix_socket_directories": "",
            "cluster_name": "flexsync",
            **({} if self.durable else CARELESS),
        }
        return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]

    def answers(self) -> bool:
        return accepts_connections(self.dsn())

    # --- before a start ------------------------------------------------------------------------------------------

    def _prepare(self) -> None:
        give(self.folder, self.identity)
        self._end_orphans()
        self._remove_misleading_pid_file()

    def _end_orphans(self) -> None:
        # We hold the state folder's lock, so a server that still runs here has lost its supervisor.
        processes.end(processes.running_in(self.folder, "postgres"), SIGQUIT, PATIENCE)

    def _remove_misleading_pid_file(self) -> None:
        """After a killed container the number in it may meanwhile name any process; PostgreSQL would not start.

        Otherwise it stays: PostgreSQL reads in it what shared memory to clear up. Removing it is safe only since no
        server runs here, which takes /proc to know.
        """
        note = self.folder / "postmaster.pid"
        with contextlib.suppress(OSError, ValueError):
            named = int(note.read_text().partition("\n")[0])
            # A zombie misleads as well, for as long as nobody reaps it.
            if (processes.PROC / str(named)).exists() and not processes.running_in(self.folder, "postgres"):
                note.unlink()

    def initialise(self) -> None:
        """Once. A set-up that was interrupted leaves only its scratch folder, and starts anew."""
        if (self.folder / "PG_VERSION").exists():
            return
        scratch = self.folder.with_name(f"{self.folder.name}.new")
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(mode=0o700)
        # initdb insists on a user with a name, the server does not.
        user = self.identity if self.identity is None or self.identity.has_name else nobody()
        give(scratch, user)
        self._initdb(scratch, user)
        give(scratch, self.identity)
        with contextlib.suppress(FileNotFoundError):
            self.folder.rmdir()
        scratch.rename(self.folder)

    def _initdb(self, scratch: Path, user: Identity | None) -> None:
        with _password_pipe(self.password, user) as password:
            done = subprocess.run(
                [
                    self.programs / "initdb",
                    f"--pgdata={_data_argument(scratch, user)}",
                    f"--pwfile=/dev/fd/{password}",
                    *CLUSTER,
                    *([] if self.durable else ["--no-sync"]),
                ],
                cwd=scratch,
                env={"PATH": os.defpath, "LC_ALL": "C"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                pass_fds=[password],
                start_new_session=True,
                preexec_fn=partial(processes.die_with, os.getpid(), SIGKILL),
                check=False,
                **popen_user(user),
            )
        if done.returncode != 0:
            raise LocalError(f"PostgreSQL's initdb failed:\n{done.stdout.decode(errors='replace').strip()}")


def url(user: str, password: str, port: int, database: str) -> str:
    return f"postgres://{user}:{password}@{LOOPBACK}:{port}/{database}"


def _data_argument(folder: Path, identity: Identity | None) -> str:
    """After the change of user the folder's parents may be closed; the working folder stays open to us."""
    inside = Path("/proc/self/cwd")
    return str(inside if identity is not None and inside.exists() else folder)


@contextlib.contextmanager
def _password_pipe(password: str, user: Identity | None) -> Iterator[int]:
    """The password for --pwfile, without a file; opening a pipe by name takes being its owner."""
    reading, writing = os.pipe()
    try:
        if user is not None:
            os.fchown(reading, user.uid, user.gid)
        os.write(writing, password.encode())
        os.close(writing)
        yield reading
    finally:
        os.close(reading)
