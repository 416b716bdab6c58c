"""Books are copied, brought back and begun anew; a kill at any moment loses nothing that was answered."""

from __future__ import annotations

import random
import signal
import threading
from collections.abc import Callable, Iterator

import pytest
import requests

from .client import US, Company, Json, Server, fresh


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("snapshots"))
    yield server
    server.kill()


@pytest.fixture
def us(running: Server) -> Company:
    return running.company()


def _names(server: Server) -> list[str]:
    return [each["name"] for each in server.control("snapshots", method="GET")["snapshots"]]


def test_a_snapshot_brings_books_and_balances_back(us: Company) -> None:
    kept = us.create("Purchase", us.charge())
    before = us.postings()
    us.server.control("snapshots", {"name": "before"})
    us.create("Purchase", us.charge())
    assert us.delete("Purchase", kept).status_code == 200
    us.server.control("snapshots/before/restore")
    assert us.postings() == before
    assert us.read("Purchase", kept["Id"]) == kept
    assert us.create("Purchase", us.charge())["Id"] == str(int(kept["Id"]) + 1)


def test_who_is_connected_may_stay_connected(us: Company) -> None:
    us.server.control("snapshots", {"name": "early"})
    later = us.server.grant()
    access = us.server.refresh(later["refresh_token"]).json()["access_token"]
    us.server.control("snapshots/early/restore", {"keep_tokens": True})
    assert Company(us.server, US, access).call("GET", "preferences").status_code == 200
    us.server.control("snapshots/early/restore")
    assert Company(us.server, US, access).call("GET", "preferences").status_code == 401
    assert us.call("GET", "preferences").status_code == 200


def test_request_ids_go_back_with_the_books(us: Company) -> None:
    key, body = fresh("req"), us.charge()
    us.server.control("snapshots", {"name": "unsent"})
    first = us.post("purchase", body, requestid=key)
    us.server.control("snapshots/unsent/restore")
    again = us.post("purchase", body, requestid=key)
    assert again.status_code == 200
    assert again.content != first.content
    assert us.post("purchase", body, requestid=key).content == again.content


def test_snapshots_are_listed_replaced_and_dropped(us: Company) -> None:
    for _ in range(2):
        us.server.control("snapshots", {"name": "twice"})
    assert _names(us.server).count("twice") == 1
    assert us.server.control("snapshots/twice", method="DELETE") == {"dropped": "twice"}
    assert "twice" not in _names(us.server)


def test_a_snapshot_that_was_cut_short_neither_counts_nor_stands_in_the_way(own: Callable[..., Server]) -> None:
    server = own()
    folder = server.books.parent / "snapshots" / server.books.stem / "half"
    folder.mkdir(parents=True)
    (folder / "books.new").write_bytes(b"half of it")
    assert _names(server) == []
    assert requests.post(f"{server.url}/sandbox/snapshots/half/restore", timeout=5).status_code == 400
    server.control("snapshots", {"name": "half"})
    assert server.control("snapshots/half/restore")["restored"] == "half"


def test_a_budget_goes_back_with_the_books_and_not_only_at_the_next_start(own: Callable[..., Server]) -> None:
    server = own()
    server.control("budget", {"core_plus": 7})
    server.control("snapshots", {"name": "seven"})
    server.control("budget", {"core_plus": 9})
    server.control("snapshots/seven/restore")
    assert server.control("traffic", method="GET")["budget"] == 7


@pytest.mark.parametrize("name", ["../out", "", ".hidden", "a/b", "x" * 65, 5, None])
def test_a_name_that_could_lead_elsewhere_is_refused(running: Server, name: object) -> None:
    answer = requests.post(f"{running.url}/sandbox/snapshots", json={"name": name}, timeout=5)
    assert (answer.status_code, bool(answer.json()["error"])) == (400, True)


def test_a_snapshot_there_is_not_is_explained(running: Server) -> None:
    answer = requests.post(f"{running.url}/sandbox/snapshots/nothing/restore", timeout=5)
    assert answer.status_code == 400
    assert "nothing" in answer.json()["error"]


def test_what_was_restored_survives_the_process(own: Callable[..., Server]) -> None:
    us = own().company()
    us.create("Purchase", us.charge())
    us.server.control("snapshots", {"name": "one"})
    us.create("Purchase", us.charge())
    us.server.control("snapshots/one/restore")
    us.server.stop(signal.SIGKILL)
    us.server.start()
    assert len(us.server.stored("Purchase")) == 1
    assert _names(us.server) == ["one"]


class Writer(threading.Thread):
    """Writes of several kinds, one after another, until the server is gone; remembers what was answered."""

    def __init__(self, us: Company, seed: int, enough: threading.Semaphore) -> None:
        super().__init__()
        self._us, self._dice, self._enough = us, random.Random(seed), enough
        self.answered: list[tuple[str, Json, dict[str, str], bytes]] = []
        self.made: list[Json] = []

    def run(self) -> None:
        while True:
            entity, body, params = self._next()
            try:
                answer = self._us.post(entity, body, **params)
                content = answer.content
            except requests.RequestException:
                return
            self.answered.append((entity, body, params, content))
            if entity == "transfer" and "operation" not in params and answer.status_code == 200:
                self.made.append(answer.json()["Transfer"])
            self._enough.release()

    def _next(self) -> tuple[str, Json, dict[str, str]]:
        key, choice = {"requestid": fresh("k")}, self._dice.randrange(4)
        if choice == 0 and self.made:
            last = self.made.pop()
            return "transfer", {name: last[name] for name in ("Id", "SyncToken")}, {**key, "operation": "delete"}
        if choice == 1:
            rows = [{"bId": str(at), "operation": "create", "Purchase": self._us.charge()} for at in range(5)]
            return "batch", {"BatchItemRequest": rows}, key
        return ("purchase", self._us.charge(), key) if choice == 2 else ("transfer", self._us.transfer(), key)


def test_a_kill_under_load_loses_nothing_that_was_answered(own: Callable[..., Server]) -> None:
    server = own(SANDBOX_ACCESS_SECONDS="36000")
    access = server.company().access
    enough = threading.Semaphore(0)
    for round_ in range(3):
        writers = [Writer(Company(server, US, access), 10 * round_ + at, enough) for at in range(3)]
        Company(server, US, access).charge()
        for writer in writers:
            writer.start()
        for _ in range(40 + 17 * round_):
            assert enough.acquire(timeout=20)
        server.stop(signal.SIGKILL)
        for writer in writers:
            writer.join(10)
        server.start()
        again = Company(server, US, access)
        for writer in writers:
            for entity, body, params, content in writer.answered:
                assert again.post(entity, body, **params).content == content
        _balanced(again)


def _balanced(us: Company) -> None:
    """Debits equal credits, and each account stands where the documents put it."""
    assert sum(us.postings().values()) == 0
    charges, transfers = us.server.stored("Purchase"), us.server.stored("Transfer")
    expected = {"2110": -42.5 * len(charges), "1010": -250 * len(transfers), "1020": 250 * len(transfers)}
    told = us.postings()
    assert {number: float(told.get(number, 0)) for number in expected} == expected
