"""A supervisor over services that a test describes as JSON: python stage.py STATE_FOLDER STAGES."""

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from flexsync.local.children import Service
from flexsync.local.console import Console
from flexsync.local.guard import Guard
from flexsync.local.state import State
from flexsync.local.supervisor import Supervisor


def service(name: str, script: str, **settings: Any) -> Service:
    if "stop_signal" in settings:
        settings["stop_signal"] = signal.Signals[settings["stop_signal"]]
    return Service(name, ("sh", "-c", script), dict(os.environ), Path.cwd(), **settings)


def main(folder: str, described: str) -> None:
    with (
        State.open(Path(folder)).locked() as lock,
        Guard(lock) as guard,
        Supervisor(guard, Console()) as supervisor,
    ):
        for services in json.loads(described):
            supervisor.start(*(service(**each) for each in services))
        print("up", flush=True)
        supervisor.run_until_stopped()


if __name__ == "__main__":
    main(*sys.argv[1:])
