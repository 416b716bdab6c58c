"""What `make run` ends with, and the file that keeps it, name the address of this start."""

from pathlib import Path

import pytest

from flexsync.local.stack import greeting
from flexsync.local.state import State

CURL = "curl {}/api/v1/card-transactions -H 'Authorization: Bearer flex_key'\nThe API is described at {}/api/docs/.\n"


@pytest.mark.parametrize("earlier", ["{url}", "http://localhost:8000", "https://flexsync.example"])
def test_the_note_of_the_demo_says_where_it_is_now(tmp_path: Path, earlier: str) -> None:
    state = State.open(tmp_path / "state")
    state.demo_note.write_text(CURL.replace("{}", earlier))
    state.demo_note.chmod(0o600)
    here = "http://localhost:8500"
    told = greeting(state, {"FLEXSYNC_PUBLIC_URL": here})
    assert CURL.replace("{}", here).strip() in told
    assert state.demo_note.read_text() == CURL.replace("{}", here)
    assert state.demo_note.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(("throttle", "said"), [({}, "limits off"), ({"SANDBOX_THROTTLE": "on"}, "limits on")])
def test_it_says_where_the_sandbox_is_and_whether_it_limits(
    tmp_path: Path, throttle: dict[str, str], said: str
) -> None:
    env = {"FLEXSYNC_PUBLIC_URL": "http://localhost:8000", "SANDBOX_PORT": "8123", **throttle}
    told = greeting(State.open(tmp_path / "state"), env)
    assert "http://localhost:8123" in told
    assert said in told


def test_without_a_demo_it_says_where_to_begin(tmp_path: Path) -> None:
    told = greeting(State.open(tmp_path / "state"), {"FLEXSYNC_PUBLIC_URL": "http://localhost:8000"})
    assert "Click first: Connections" in told
