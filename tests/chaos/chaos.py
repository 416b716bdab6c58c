"""The scenarios. `SEED=…` repeats what was told and which requests were hit; T="-k words" runs some of them."""

import time

import pytest

from tests.chaos.stage import Stage, busy

FAULTS = {
    "drop_before": {},
    "drop_after_commit": {},
    "hang": {"times": 4},
    "hang, committed": {"times": 4, "commit": True},
    "delay": {"seconds": 1.0},
    "drip": {"seconds": 4.0, "times": 6},
    "truncate": {},
    "wrong_length": {},
    "invalid_json": {},
    "gzip_garbage": {},
    "status": {"operation": "*"},
    "status, committed": {"commit": True},
    "throttle": {"operation": "*", "retry_after": 1},
    "fault": {},
    "fault, committed": {"commit": True},
    "expired_token": {},
    "lag": {"seconds": 1.5, "times": None},
    "half_batch": {},
    "duplicate": {},
}
ALWAYS = {"half_batch", "duplicate", "lag"}


@pytest.mark.parametrize("name", FAULTS)
def test_fault(stage: Stage, name: str) -> None:
    """Each of the sandbox's faults alone, on a third of what it suits."""
    kind, _, variant = name.partition(", ")
    stage.crew.ready()
    chance = 1 if kind in ALWAYS else 0.3
    stage.trouble(**{"kind": kind, "probability": chance, "times": 12, **FAULTS[name]})
    if kind == "lag":
        # Only who is in doubt asks.
        stage.trouble(kind="drop_after_commit", probability=0.3, times=12)
    busy(stage)
    stage.until(lambda: stage.met() > 0 or stage.at_rest(), "met")
    time.sleep(3)
    met = stage.calm()
    stage.conclude(f"Fault: {name}", stage_words(name), met, stage.heal())


def stage_words(name: str) -> str:
    told = {key: value for key, value in FAULTS[name].items() if key in ("seconds", "operation") and value}
    return ", ".join([name, *(f"{key} {value}" for key, value in told.items())])
