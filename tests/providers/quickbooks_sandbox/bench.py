"""Rates, ratios and memory of the sandbox: `make bench-sandbox`.

Sixteen client processes speak HTTP over kept connections. Their own CPU is printed beside each rate, since on two
cores they take part of what is measured.
"""

from __future__ import annotations

import argparse
import http.client
import json
import multiprocessing
import os
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .client import US, Server

CLIENTS = 16
ITEMS = 30
BASE = f"/v3/company/{US}"
#: Method, path after the company, body.
Ask = tuple[str, str, bytes | None]


@dataclass(frozen=True)
class Outcome:
    requests: int
    seconds: float
    client_cpu: float
    server_cpu: float

    @property
    def rate(self) -> float:
        return self.requests / self.seconds


@dataclass(frozen=True)
class Load:
    """What each client asks, so many times; `{n}` in a path is a number no other request has."""

    server: Server
    token: str

    def run(self, asks: list[Ask], each: int, clients: int = CLIENTS) -> Outcome:
        done: multiprocessing.Queue[float] = multiprocessing.Queue()
        processes = [
            multiprocessing.Process(target=self._client, args=(asks[at::clients] or asks, each, f"{at}", done))
            for at in range(clients)
        ]
        busy, started = _cpu(self.server.process.pid), time.perf_counter()
        for process in processes:
            process.start()
        cpu = sum(done.get(timeout=900) for _ in processes)
        seconds = time.perf_counter() - started
        for process in processes:
            process.join()
        return Outcome(clients * each, seconds, cpu, _cpu(self.server.process.pid) - busy)

    def _client(self, asks: list[Ask], each: int, name: str, done: Any) -> None:
        connection = http.client.HTTPConnection(self.server.url.removeprefix("http://"))
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Accept": "application/json",
            "Content-Type": "application/json",
        }
        for at in range(each):
            method, path, body = asks[at % len(asks)]
            number = f"{name}-{os.getpid()}-{at}"
            connection.request(method, BASE + path.replace("{n}", number), body=body, headers=headers)
            answer = connection.getresponse()
            text = answer.read()
            assert answer.status == 200, text
        used = resource.getrusage(resource.RUSAGE_SELF)
        done.put(used.ru_utime + used.ru_stime)


def _cpu(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory(process: int) -> float:
    """Resident megabytes."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024


@contextmanager
def fresh_server() -> Iterator[tuple[Server, Load, float]]:
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        server = Server(Path(folder))
        seconds = time.perf_counter() - started
        try:
            yield server, Load(server, server.grant()["access_token"]), seconds
        finally:
            server.stop()


def _charge(server: Server) -> bytes:
    charge = server.company(US).charge()
    charge["Line"][0]["Amount"] = 42.5
    return json.dumps(charge).encode()


def _batch(charge: bytes) -> bytes:
    rows = [{"bId": str(at), "operation": "create", "Purchase": json.loads(charge)} for at in range(ITEMS)]
    return json.dumps({"BatchItemRequest": rows}).encode()


def _told(what: str, outcome: Outcome, factor: int = 1) -> None:
    print(
        f"{what:<34}{outcome.rate * factor:>9,.0f}/s   server CPU {outcome.server_cpu / outcome.seconds:.0%},"
        f" clients' CPU {outcome.client_cpu / outcome.seconds:.0%} of one core, {outcome.seconds:.1f} s"
    )


def rates() -> None:
    with fresh_server() as (server, load, seconds):
        print(f"{'first start, companies planted':<34}{seconds:>9.2f} s")
        server.stop()
        started = time.perf_counter()
        server.start()
        print(f"{'start on books that are there':<34}{time.perf_counter() - started:>9.2f} s")
        charge = _charge(server)
        made = server.company(US).create("Purchase", json.loads(charge))
        _told("reads by Id, 16 clients", load.run([("GET", f"/purchase/{made['Id']}", None)], 1500))
        _told("single creates, 16 clients", load.run([("POST", "/purchase?requestid={n}", charge)], 600))
        _told("items of batches of 30", load.run([("POST", "/batch?requestid=b{n}", _batch(charge))], 60), ITEMS)


def size_makes_no_difference(small: int = 200, large: int = 200_000) -> None:
    """Reads and creates by Id in a company with many transactions against one with few, in turns."""
    with fresh_server() as (_, few, _), fresh_server() as (_, many, _):
        sides = {"few": (few, small), "many": (many, large)}
        ids = {name: _fill(load, count) for name, (load, count) in sides.items()}
        charge = _charge(few.server)
        for what, asks in _by_id(ids, charge).items():
            ratios = []
            for _ in range(5):
                seconds = {name: load.run(asks(name), 400).seconds for name, (load, _) in sides.items()}
                ratios.append(seconds["many"] / seconds["few"])
            print(
                f"{what + f', {large:,} against {small:,}':<46} time × {statistics.median(ratios):.2f}"
                f" (five turns: {', '.join(f'{ratio:.2f}' for ratio in sorted(ratios))})"
            )
        print(f"memory with {large:,} transactions {_memory(many.server.process.pid):.0f} MB")


def _fill(load: Load, count: int) -> list[str]:
    charge = _charge(load.server)
    load.run([("POST", "/batch?requestid=f{n}", _batch(charge))], -(-count // (ITEMS * 4)), clients=4)
    rows = load.server.control(f"companies/{US}/objects/purchase?limit=1", method="GET")["objects"]
    first = int(rows[0]["Id"])
    return [str(first + at * max(count // 1000, 1)) for at in range(min(count, 1000))]


def _by_id(ids: dict[str, list[str]], charge: bytes) -> dict[str, Callable[[str], list[Ask]]]:
    return {
        "reads by Id": lambda name: [("GET", f"/purchase/{number}", None) for number in ids[name]],
        "creates": lambda name: [("POST", "/purchase?requestid={n}", charge)],
    }


def memory_is_bounded(early: int, late: int) -> None:
    """Reads, creates and queries mixed; the memory after many requests against that after a tenth of them."""
    with fresh_server() as (server, load, _):
        charge = _charge(server)
        made = server.company(US).create("Purchase", json.loads(charge))
        query = "/query?query=select%20*%20from%20Purchase%20maxresults%2010"
        # Each client takes one kind; one in sixteen creates, as many ask, the others read.
        asks: list[Ask] = [("POST", "/purchase?requestid={n}", charge), ("GET", query, None)]
        asks += [("GET", f"/purchase/{made['Id']}", None)] * (CLIENTS - len(asks))
        load.run(asks, early // CLIENTS)
        before = _memory(server.process.pid)
        load.run(asks, (late - early) // CLIENTS)
        after = _memory(server.process.pid)
        print(f"memory after {early:,} requests {before:.0f} MB, after {late:,} {after:.0f} MB: × {after / before:.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=1_000_000, help="for the memory; compared with a tenth")
    parser.add_argument("--transactions", type=int, default=200_000, help="of the large company")
    chosen = parser.parse_args()
    rates()
    size_makes_no_difference(large=chosen.transactions)
    memory_is_bounded(chosen.requests // 10, chosen.requests)


if __name__ == "__main__":
    main()
