from __future__ import annotations

import signal
import socket
import threading
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
import requests

from .client import US, Company, Server, fresh


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_the_process_ends_cleanly_when_asked(own: Callable[..., Server], how: int) -> None:
    server = own()
    assert requests.get(f"{server.url}/healthz", timeout=5).json() == {"status": "ok"}
    started = time.monotonic()
    assert server.stop(how) == 0
    assert time.monotonic() - started < 3


def test_a_kill_in_the_middle_of_writes_keeps_every_acknowledged_document(own: Callable[..., Server]) -> None:
    server = own()
    grant = server.grant()
    acknowledged: list[tuple[str, str, bytes]] = []
    enough = threading.Event()

    def write() -> None:
        us = Company(server, US, grant["access_token"])
        while True:
            key, body = fresh("req"), us.charge(DocNumber=fresh("K"))
            try:
                answer = us.post("purchase", body, requestid=key)
            except requests.RequestException:
                return
            acknowledged.append((key, body["DocNumber"], answer.content))
            if len(acknowledged) >= 40:
                enough.set()

    writers = [threading.Thread(target=write) for _ in range(4)]
    Company(server, US, grant["access_token"]).charge()
    for writer in writers:
        writer.start()
    assert enough.wait(20)
    server.stop(signal.SIGKILL)
    for writer in writers:
        writer.join(10)
    server.start()
    _all_are_there(Company(server, US, grant["access_token"]), acknowledged)


def _all_are_there(us: Company, acknowledged: list[tuple[str, str, bytes]]) -> None:
    stored = [row["DocNumber"] for row in us.server.stored("Purchase")]
    assert len(stored) == len(set(stored))
    assert {number for _, number, _ in acknowledged} <= set(stored)
    # At most one write per writer was under way and unanswered.
    assert len(stored) - len(acknowledged) <= 4
    for key, number, content in acknowledged[-5:]:
        assert us.post("purchase", us.charge(DocNumber=number), requestid=key).content == content
    balance = next(row for row in us.server.stored("Account") if row.get("AcctNum") == "2110")["CurrentBalance"]
    assert balance == 42.5 * len(stored)


def test_a_reset_brings_the_first_day_back(own: Callable[..., Server]) -> None:
    server = own()
    us = server.company()
    us.create("Purchase", us.charge())
    us.create("Vendor", {"DisplayName": fresh("V")})
    assert server.control("reset", {"keep_tokens": True}) == {"reset": True, "kept_tokens": True}
    assert server.stored("Purchase") == []
    assert len(server.stored("Vendor")) == 12
    assert us.create("Purchase", us.charge())["Id"] == "1"
    server.control("reset")
    assert us.call("GET", "preferences").status_code == 401


def test_the_first_day_of_a_reset_is_today_wherever_the_clock_was(own: Callable[..., Server]) -> None:
    server = own()
    today = server.company().query("select * from CompanyInfo")["CompanyInfo"][0]["MetaData"]["CreateTime"][:7]
    server.control("clock", {"ahead_seconds": 100 * 86_400})
    server.control("reset")
    info = server.company().query("select * from CompanyInfo")["CompanyInfo"][0]
    assert info["MetaData"]["CreateTime"][:7] == today


def test_who_hangs_up_in_the_middle_of_a_body_is_no_crash(
    own: Callable[..., Server], capfd: pytest.CaptureFixture[str]
) -> None:
    server = own()
    address = urlsplit(server.url)
    head = f"POST /v3/company/{US}/purchase HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Length: 1000\r\n\r\n"
    with socket.create_connection((address.hostname, address.port), timeout=5) as line:
        line.sendall(head.encode() + b'{"Line": [')
        time.sleep(0.2)
    assert requests.get(f"{server.url}/healthz", timeout=5).ok
    server.stop()
    assert "Traceback" not in capfd.readouterr().err
