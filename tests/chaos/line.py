"""A line to the sandbox that can be cut: connections break off, and new ones are refused."""

import contextlib
import socket
import threading
from urllib.parse import urlsplit

CHUNK = 65536


class Line:
    def __init__(self, url: str) -> None:
        target = urlsplit(url)
        assert target.hostname
        assert target.port
        self._target = (target.hostname, target.port)
        self._whole = threading.Event()
        self._ends: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._port = 0
        self.broken = 0
        """Connections that were cut or refused."""
        self.mend()
        self.url = f"http://127.0.0.1:{self._port}"

    def cut(self) -> None:
        self._whole.clear()
        # Closing alone would not wake who waits in accept.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            self.broken += len(self._ends) // 2
            for end in self._ends:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self._port))
        self._port = self._listener.getsockname()[1]
        self._whole.set()
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        while self._whole.is_set():
            try:
                near, _ = listener.accept()
                far = socket.create_connection(self._target)
            except OSError:
                return
            with self._lock:
                self._ends |= {near, far}
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=(source, sink), daemon=True).start()

    def _carry(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while part := source.recv(CHUNK):
                sink.sendall(part)
        with self._lock:
            self._ends -= {source, sink}
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        source.close()
