from collections.abc import Iterator

import pytest

from tests.providers.quickbooks.connected import Connected, connect
from tests.providers.quickbooks_sandbox.client import US, Server


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("sandbox"))
    yield server
    server.stop()


@pytest.fixture
def sandbox(running: Server) -> Iterator[Server]:
    """What a test plans ends with the test."""
    yield running
    running.control("faults", method="DELETE")
    if "throttle" in running.touched:
        running.control("throttle", {"on": False})


@pytest.fixture
def us(sandbox: Server) -> Connected:
    return connect(sandbox, US)
