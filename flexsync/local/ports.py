"""Ports: which are free, and which a person asked for."""

import contextlib
import errno
import random
import socket
from collections.abc import Mapping
from pathlib import Path

from flexsync.local.errors import LocalError

LOOPBACK = "127.0.0.1"
# Below the range from which the kernel takes the ports of outgoing connections, so that a server
# which is started again finds its port still free.
OURS = range(15000, 32000)


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """Whether a server could listen there. A browser may try localhost's IPv6 address first, so that counts too."""
    return _binds(socket.AF_INET, host, port) and (host != LOOPBACK or _binds(socket.AF_INET6, "::1", port))


def _binds(family: socket.AddressFamily, host: str, port: int) -> bool:
    try:
        with socket.socket(family, socket.SOCK_STREAM) as attempt:
            # As the servers do: connections that are only fading away do not count.
            attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            attempt.bind((host, port))
    except PermissionError as error:
        raise LocalError(f"This user may not listen on port {port}; take one above 1023.") from error
    except OSError as error:
        return family == socket.AF_INET6 and not _is_taken(error)
    return True


def _is_taken(error: OSError) -> bool:

    return error.errno == errno.EADDRINUSE


def remembered_or_free(note: Path) -> int:
    """The port of last time if nobody took it, so that saved addresses of database tools stay true."""
    with contextlib.suppress(OSError, ValueError):
        port = int(note.read_text())
        if port in OURS and is_free(port):
            return port
    port = next(port for port in random.sample(OURS, 1000) if is_free(port))
    note.write_text(f"{port}\n")
    return port


def asked_for(environment: Mapping[str, str], name: str, default: int) -> int:
    text = environment.get(name) or str(default)
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise LocalError(f"{name} must be a number from 1 to 65535, not {text!r}.")
    return int(text)


def require_free(name: str, port: int, host: str = LOOPBACK) -> None:
    if not is_free(port, host):
        raise LocalError(f"Port {port} is in use. Set {name} to another one.")
