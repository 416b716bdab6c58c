"""A worker that ends where it is told to: `python -m tests.chaos.mortal FOLDER CELERY-ARGUMENTS…`.

It is the product's worker with two eyes added from outside: one before and after each commit, one before and after each
HTTP call. Every step that it passes it notes in FOLDER/steps, and at the one that FOLDER/end names it kills (or, with
`stop`, pauses) itself, as nothing could be finished any more. The product knows nothing of this.
"""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import requests
from celery.__main__ import main
from django.db.backends.base.base import BaseDatabaseWrapper

OURS = ("integrations.", "ledger.")
# The platform's own folder writes HTTP; whose call it is stands further up.
PASSED_OVER = ("integrations.providers.", "ledger.tenancy.")


class Eye:
    def __init__(self, folder: Path) -> None:
        self._order = folder / "end"
        self._steps = os.open(folder / "steps", os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def watch(self, owner: type, name: str, word: str) -> None:
        real: Callable[..., Any] = getattr(owner, name)

        def watched(*given: Any, **named: Any) -> Any:
            who = _who(sys._getframe(1))
            self._pass(f"before the {word} of {who}")
            answer = real(*given, **named)
            self._pass(f"after the {word} of {who}")
            return answer

        setattr(owner, name, watched)

    def _pass(self, step: str) -> None:
        os.write(self._steps, f"{step}\n".encode())
        if not self._order.exists():
            return
        verb, _, end = self._order.read_text().partition(" ")
        if end == step:
            self._order.unlink()
            os.kill(os.getpid(), signal.SIGSTOP if verb == "stop" else signal.SIGKILL)


def _who(frame: FrameType | None) -> str:
    """The innermost of our functions; where a decorator is about to commit, the function that it decorates."""
    while frame is not None:
        decorated = frame.f_locals.get("func") if frame.f_code.co_name == "inner" else None
        module = getattr(decorated, "__module__", None) or frame.f_globals.get("__name__", "")
        if module.startswith(OURS) and not module.startswith(PASSED_OVER):
            name = decorated.__name__ if decorated else frame.f_code.co_name
            return f"{module.rpartition('.')[2]}.{name}"
        frame = frame.f_back
    return "Celery"


if __name__ == "__main__":
    eye = Eye(Path(sys.argv[1]))
    eye.watch(BaseDatabaseWrapper, "commit", "commit")
    eye.watch(requests.Session, "send", "call")
    sys.argv = ["celery", *sys.argv[2:]]
    main()
