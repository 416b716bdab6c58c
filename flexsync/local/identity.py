"""Which user the servers run as. PostgreSQL refuses to be root, and Redis has no need to be."""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from flexsync.local.errors import LocalError

OVERFLOW_ID = 65534


class PopenUser(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class Identity:
    uid: int
    gid: int

    @property
    def has_name(self) -> bool:
        return _entry(self.uid) is not None


def popen_user(identity: Identity | None) -> PopenUser:
    """Arguments for Popen; nobody in particular means: stay who you are."""
    if identity is None:
        return {}
    return {"user": identity.uid, "group": identity.gid, "extra_groups": []}


def choose(state_folder: Path, configured: str | None) -> Identity | None:
    """An ordinary user stays himself. Root becomes the configured user, the folder's owner, postgres or nobody."""
    if os.geteuid() != 0:
        return None
    if configured:
        return _configured(configured)
    owner = state_folder.stat()
    if owner.st_uid != 0:
        return Identity(owner.st_uid, owner.st_gid or owner.st_uid)
    return _named("postgres") or nobody()


def nobody() -> Identity:
    return _named("nobody") or Identity(OVERFLOW_ID, OVERFLOW_ID)


def _configured(name: str) -> Identity:
    identity = _named(name)
    if identity is None:
        raise LocalError(f"FLEXSYNC_SERVER_USER names {name}, and there is no such user.")
    if identity.uid == 0:
        raise LocalError("FLEXSYNC_SERVER_USER must not be root: PostgreSQL refuses to run as root.")
    return identity


def _named(name: str) -> Identity | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Identity(entry.pw_uid, entry.pw_gid)


def _entry(uid: int) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwuid(uid)
    except KeyError:
        return None


def give(path: Path, identity: Identity | None) -> None:
    """Make the whole tree belong to `identity`, without following links."""
    if identity is None or path.lstat().st_uid == identity.uid:
        return
    for folder, _folders, files in os.walk(path):
        for name in files:
            os.lchown(os.path.join(folder, name), identity.uid, identity.gid)
        os.lchown(folder, identity.uid, identity.gid)
