"""HTTP that ends. A time-out of requests bounds the wait for each byte; here the whole call is bounded, and its size.

Mounted on the sessions of both libraries that we use, neither of which passes a time-out.
"""

import socket
import threading
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError

CONNECT_SECONDS = 5.0
CHUNK = 65536
# A thousand objects, the most that a query gives, are some megabytes.
LARGEST_ANSWER = 50 * 1024 * 1024


class BoundedAdapter(HTTPAdapter):
    """For one session of one thread. When the time is over the socket is shut, whatever it was waiting for."""

    def __init__(self, total_seconds: float) -> None:
        self._total = total_seconds
        self._in_use: HTTPConnection | None = None
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {
            "http": _watched(HTTPConnectionPool, HTTPConnection, self),
            "https": _watched(HTTPSConnectionPool, HTTPSConnection, self),
        }

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        over = threading.Event()
        watch = threading.Timer(self._total, self._cut, [over])
        watch.start()
        try:
            bounds = {"timeout": (CONNECT_SECONDS, self._total), "stream": True}
            response = super().send(request, *args, **{**kwargs, **bounds})
            _read_whole(response)
        finally:
            watch.cancel()
        if over.is_set():
            raise requests.ReadTimeout("The answer did not end.", request=request)
        return response

    def watch(self, connection: HTTPConnection) -> None:
        self._in_use = connection

    def _cut(self, over: threading.Event) -> None:
        over.set()
        line = getattr(self._in_use, "sock", None)
        if line is not None:
            try:
                line.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # It ended by itself in this very moment.


def _watched(pool: type[Any], connection: type[Any], adapter: BoundedAdapter) -> type[Any]:
    """A pool whose connections tell the adapter when a request goes out on them."""

    class Watched(connection):  # type: ignore[misc]
        def request(self, *args: Any, **kwargs: Any) -> None:
            adapter.watch(self)
            super().request(*args, **kwargs)

    return type(f"Watched{pool.__name__}", (pool,), {"ConnectionCls": Watched})


def _read_whole(response: requests.Response) -> None:
    body = bytearray()
    try:
        while part := response.raw.read1(CHUNK, decode_content=True):
            body += part
            if len(body) > LARGEST_ANSWER:
                response.close()
                raise requests.ConnectionError("The answer is too large.")
    except HTTPError as trouble:
        raise requests.ConnectionError("The answer broke off.") from trouble
    response._content = bytes(body)
