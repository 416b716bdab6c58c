"""Troubles that come together in life, each under a name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .faults import Trouble


@dataclass(frozen=True)
class Scenario:
    name: str
    sentence: str
    plans: tuple[Mapping[str, Any], ...]

    def troubles(self, realm: str = "*", seed: int = 0) -> list[Trouble]:
        return [Trouble.read({"realm": realm, "seed": seed + at, **plan}) for at, plan in enumerate(self.plans)]


def _scenario(name: str, sentence: str, *plans: Mapping[str, Any]) -> Scenario:
    return Scenario(name, sentence, plans)


SCENARIOS = {
    each.name: each
    for each in (
        _scenario(
            "lost-answers",
            "About one write in five is done, and its answer does not arrive, or half of it.",
            {"kind": "drop_after_commit", "probability": 0.1, "times": None},
            {"kind": "truncate", "probability": 0.1, "times": None},
        ),
        _scenario(
            "flaky-gateway",
            "About one request in ten meets 502, 503 or 504 in HTML, the last after the work was done.",
            {"kind": "status", "status": 502, "operation": "*", "probability": 0.04, "times": None},
            {"kind": "status", "status": 503, "operation": "*", "probability": 0.03, "times": None},
            {"kind": "status", "status": 504, "operation": "*", "commit": True, "probability": 0.03, "times": None},
        ),
        _scenario(
            "throttled-minute",
            "Twenty requests in a row are refused with 429: as JSON, as XML, in the lower-case envelope.",
            {"kind": "throttle", "operation": "*", "body": "json", "times": 8},
            {"kind": "throttle", "operation": "*", "body": "xml", "times": 8},
            {"kind": "throttle", "operation": "*", "body": "lower", "times": 4},
        ),
        _scenario(
            "lost-refresh",
            "The next call for tokens is done, and its answer is lost: a refresh has rotated the token all the same.",
            {"kind": "drop_after_commit", "entity": "token"},
        ),
        _scenario(
            "expired-mid-batch",
            "After five creates the token expires: in a batch the five are done, and the whole answers 401.",
            {"kind": "expired_token", "operation": "create", "skip": 5},
        ),
        _scenario(
            "busy-accountant",
            "Somebody else saves about every third object just before the caller changes it.",
            {"kind": "stale", "operation": "update", "probability": 0.34, "times": None},
        ),
        _scenario(
            "closed-books",
            "Five writes of transactions fall into a closed period.",
            {"kind": "fault", "entity": "transaction", "code": "6210", "times": 5},
        ),
        _scenario(
            "unpaid-subscription",
            "The company's subscription has ended: every write is refused until the plan is cleared.",
            {"kind": "fault", "code": "6190", "times": None},
        ),
        _scenario(
            "slow-hour",
            "About one request in four begins ten seconds late, and one in twenty-five drips over fifteen.",
            {"kind": "delay", "operation": "*", "seconds": 10, "probability": 0.25, "times": None},
            {"kind": "drip", "operation": "*", "seconds": 15, "probability": 0.05, "times": None},
        ),
        _scenario(
            "silent-server",
            "Two writes are never answered: the first was not done, the second was.",
            {"kind": "hang"},
            {"kind": "hang", "commit": True},
        ),
        _scenario(
            "system-failure",
            "Three writes meet code 10000: with 500, with 200, and after the work was done.",
            {"kind": "fault", "code": "10000", "status": 500},
            {"kind": "fault", "code": "10000", "status": 200},
            {"kind": "fault", "code": "10000", "status": 500, "commit": True},
        ),
        _scenario(
            "garbled-answers",
            "Three writes are done, and their answers unreadable: cut JSON, false gzip, a wrong length.",
            {"kind": "invalid_json"},
            {"kind": "gzip_garbage"},
            {"kind": "wrong_length"},
        ),
        _scenario(
            "half-answered-batches",
            "Two batches are done whole: one answers half of its items, the next each of them twice.",
            {"kind": "half_batch", "entity": "batch"},
            {"kind": "duplicate", "entity": "batch"},
        ),
        _scenario(
            "late-queries",
            "For the next fifty queries, what is younger than two minutes is not seen.",
            {"kind": "lag", "entity": "query", "seconds": 120, "times": 50},
        ),
    )
}
