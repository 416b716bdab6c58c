"""The sandbox is told once where to tell what happens in its books."""

from collections.abc import Iterator

import pytest

from flexsync.local.listening import listen_to_sandbox
from tests.processes import Sandbox


@pytest.fixture
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    sandbox = Sandbox(tmp_path_factory.mktemp("sandbox"))
    yield sandbox
    sandbox.stop()


def env(sandbox_port: str, web_port: str) -> dict[str, str]:
    return {"SANDBOX_PORT": sandbox_port, "FLEXSYNC_PORT": web_port, "QUICKBOOKS_WEBHOOK_VERIFIER": "a-verifier"}


def test_however_often_it_starts_it_listens_once_and_leaves_others_alone(sandbox: Sandbox) -> None:
    port = sandbox.url.rpartition(":")[2]
    sandbox.control("POST", "webhooks", url="http://localhost:1/theirs", verifier="theirs")
    for web in ("8000", "8000", "8001"):
        assert listen_to_sandbox(env(port, web), "127.0.0.1")
    urls = [hook["url"] for hook in sandbox.control("GET", "webhooks")["webhooks"]]
    assert urls == ["http://localhost:1/theirs", "http://127.0.0.1:8001/webhooks/quickbooks"]


def test_a_sandbox_that_does_not_answer_stops_nothing() -> None:
    assert not listen_to_sandbox(env("9", "8000"), "127.0.0.1")
