"""A server on the loopback that misbehaves as it is told: one behaviour per connection, the last for all others."""

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

LONGEST_WAIT = 10.0


@dataclass(frozen=True)
class Heard:
    """One request as it came."""

    line: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Loopback:
    port: int
    heard: list[Heard] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


Behaviour = Callable[[socket.socket], None]


def answers(status: int, body: str | bytes = "", headers: Mapping[str, str] | None = None) -> Behaviour:
    """A whole answer."""
    content = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(content)}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]

    def behave(connection: socket.socket) -> None:
        connection.sendall("\r\n".join([*lines, "", ""]).encode() + content)

    behave.__name__ = f"answers_{status}"
    return behave


def hangs(connection: socket.socket) -> None:
    """Until the other side has had enough."""
    connection.recv(1)


def closes(connection: socket.socket) -> None:
    """Without a word, after the request was read."""


def resets(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def closes_after_headers(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n")


def closes_within_the_body(connection: socket.socket) -> None:
    connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"Purchase":{"Id":"401"')


def hangs_after_headers(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n")
    hangs(connection)


def hangs_within_the_body(connection: socket.socket) -> None:
    connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"Purchase":')
    hangs(connection)


def speaks_another_language(connection: socket.socket) -> None:
    connection.sendall(b"220 mail.example.com ESMTP\r\n")


def breaks_its_chunks(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n")


def breaks_its_compression(connection: socket.socket) -> None:
    connection.sendall(
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\nConnection: close\r\n\r\nnope"
    )


@contextmanager
def serving(*behaviours: Behaviour) -> Iterator[Loopback]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Loopback(listener.getsockname()[1])
        thread = threading.Thread(target=_serve, args=(listener, server, behaviours))
        thread.start()
        try:
            yield server
        finally:
            # Wakes accept(), which a close from another thread does not.
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            thread.join(LONGEST_WAIT)


@contextmanager
def refusing() -> Iterator[Loopback]:
    """A port that is ours and on which nobody listens."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        yield Loopback(holder.getsockname()[1])


@contextmanager
def not_accepting() -> Iterator[Loopback]:
    """A server too busy to accept: its queue is full, so connecting takes for ever."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        yield Loopback(listener.getsockname()[1])


def _serve(listener: socket.socket, server: Loopback, behaviours: tuple[Behaviour, ...]) -> None:
    """One connection after the other: a client has one call under way at a time."""
    number = 0
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection, contextlib.suppress(OSError):
            connection.settimeout(LONGEST_WAIT)
            heard = _read(connection)
            if heard is None:
                continue
            server.heard.append(heard)
            behaviours[min(number, len(behaviours) - 1)](connection)
            number += 1


def _read(connection: socket.socket) -> Heard | None:
    with connection.makefile("rb") as stream:
        line = stream.readline().decode().strip()
        headers = {}
        while (row := stream.readline().decode().strip()) != "":
            name, _, value = row.partition(":")
            headers[name.lower()] = value.strip()
        body = stream.read(int(headers.get("content-length", "0")))
    return Heard(line, headers, body) if line else None
