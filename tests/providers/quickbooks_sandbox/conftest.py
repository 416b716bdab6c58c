from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from .client import UK, US, Company, Server

_OPEN = {
    "BookCloseDate": None,
    "MultiCurrencyEnabled": False,
    "WarnDuplicateCheckNumber": "true",
    "OfferingSku": "QuickBooks Online Plus",
}
_TRACKED = ("ClassTrackingPerTxnLine", "TrackDepartments")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "apart: adds to lists and balances that other tests count")


def _reopen(server: Server, realm: str) -> None:
    server.control(f"companies/{realm}/preferences", {**_OPEN, **dict.fromkeys(_TRACKED, realm == US)})


@pytest.fixture(scope="session", autouse=True)
def _running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The first process plants the companies; all others of the session begin with a copy of its books."""
    server = Server(tmp_path_factory.mktemp("sandbox"))
    Server.first_day = server.keep_first_day(tmp_path_factory.mktemp("first-day"))
    yield server
    Server.first_day = None
    server.kill()


@pytest.fixture(scope="session")
def _apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("apart"))
    yield server
    server.kill()


@pytest.fixture
def sandbox(request: pytest.FixtureRequest) -> Iterator[Server]:
    """The session's process; what a test plans or prefers ends with the test."""
    apart = request.node.get_closest_marker("apart") is not None
    server: Server = request.getfixturevalue("_apart" if apart else "_running")
    server.touched.clear()
    yield server
    undo: dict[str, Callable[[], object]] = {
        "faults": lambda: server.control("faults", method="DELETE"),
        "throttle": lambda: server.control("throttle", {"on": False}),
        **{f"companies/{realm}/preferences": partial(_reopen, server, realm) for realm in (US, UK)},
    }
    for path in server.touched & set(undo):
        undo[path]()


@pytest.fixture
def us(sandbox: Server) -> Company:
    return sandbox.company(US)


@pytest.fixture
def uk(sandbox: Server) -> Company:
    return sandbox.company(UK)


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Processes of the test's own, for what a shared one cannot survive."""
    servers: list[Server] = []

    def start(**environment: str) -> Server:
        servers.append(Server(tmp_path / f"data{len(servers)}", **environment))
        return servers[-1]

    yield start
    for server in servers:
        if server.process.poll() is None:
            server.kill()
