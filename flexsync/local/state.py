"""The one folder that holds everything a running stack leaves behind: data, logs, secrets, the lock."""

import base64
import contextlib
import fcntl
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

from flexsync.local.errors import LocalError

CHECKOUT = Path(__file__).resolve().parents[2]
SERVER_FOLDERS = ("postgres", "redis")


def _password() -> str:
    # Hexadecimal needs no quoting, neither in an address nor in a configuration line.
    return secrets.token_hex(24)


def _fernet_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


@dataclass(frozen=True)
class Secrets:
    database_superuser: str = field(default_factory=_password)
    database_owner: str = field(default_factory=_password)
    database_app: str = field(default_factory=_password)
    redis: str = field(default_factory=_password)
    django: str = field(default_factory=lambda: secrets.token_urlsafe(50))
    encryption_key: str = field(default_factory=_fernet_key)


@dataclass(frozen=True)
class State:
    folder: Path

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> "State":
        folder = environment.get("FLEXSYNC_STATE") or CHECKOUT / ".flexsync"
        return cls.open(Path(folder).absolute())

    @classmethod
    def open(cls, folder: Path) -> "State":
        state = cls(folder)
        try:
            if not folder.is_dir():
                folder.mkdir(mode=0o700, parents=True)
                _give_to_owner_of(folder.parent, folder)
            if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
                raise PermissionError
            state.subfolder("logs")
        except OSError as error:
            raise LocalError(
                f"The state folder {folder} cannot be used{_reason(error)}. Name another one with FLEXSYNC_STATE."
            ) from error
        return state

    def subfolder(self, name: str) -> Path:
        folder = self.folder / name
        if not folder.is_dir():
            folder.mkdir(mode=0o700)
            _give_to_owner_of(self.folder, folder)
        return folder

    @property
    def environment_file(self) -> Path:
        return self.folder / "environment"

    @property
    def demo_note(self) -> Path:
        return self.folder / "demo.txt"

    def log(self, name: str) -> Path:
        return self.folder / "logs" / f"{name}.log"

    def secrets(self) -> Secrets:
        """Made once, then the same for ever: the databases know these passwords. Call it under the lock."""
        path = self.folder / "secrets.json"
        known = json.loads(path.read_text()) if path.exists() else {}
        result = Secrets(**{part.name: known[part.name] for part in fields(Secrets) if part.name in known})
        if asdict(result) != known:
            self.write_private(path, json.dumps(asdict(result), indent=2))
        return result

    def write_private(self, path: Path, text: str) -> None:
        """Readable by us alone at every moment, and never half written."""
        fresh = path.with_name(f".{path.name}.new")
        fresh.unlink(missing_ok=True)
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(path)

    def is_running(self) -> bool:
        try:
            with self.locked():
                return False
        except AlreadyRunning:
            return True

    @contextlib.contextmanager
    def locked(self) -> Iterator[int]:
        """Hold the folder for as long as its servers live. A second Redis would write the same file unhindered."""
        descriptor = self._lock()
        try:
            yield descriptor
        finally:
            self._hand_back()
            # Closed, not unlocked: the guard shares this lock and may still be clearing up behind us.
            os.close(descriptor)

    def _lock(self) -> int:
        path = self.folder / "lock"
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except PermissionError as error:
            raise LocalError(f"{path} belongs to another user. Name another folder with FLEXSYNC_STATE.") from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(descriptor)
            raise AlreadyRunning(f"FlexSync already runs on the state folder {self.folder}.") from error
        return descriptor

    def _hand_back(self) -> None:
        """What root wrote into somebody's folder must not lock its owner out afterwards."""
        if os.geteuid() == 0 and self.folder.stat().st_uid != 0:
            for name in set(os.listdir(self.folder)) - set(SERVER_FOLDERS):
                _give_to_owner_of(self.folder, self.folder / name)


class AlreadyRunning(LocalError):
    """Another supervisor holds the state folder."""


def _reason(error: OSError) -> str:
    return f" ({error.strerror})" if error.strerror else " by this user"


def _give_to_owner_of(model: Path, path: Path) -> None:
    if os.geteuid() != 0:
        return
    owner = model.stat()
    os.lchown(path, owner.st_uid, owner.st_gid)
    if path.is_dir() and not path.is_symlink():
        for child in path.iterdir():
            _give_to_owner_of(model, child)
