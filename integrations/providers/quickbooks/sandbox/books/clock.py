"""The sandbox's own time: the machine's, moved by as much as somebody wished."""

from __future__ import annotations

import time
from dataclasses import dataclass


@dataclass
class Clock:
    #: Seconds ahead of the machine's clock; kept in the file, so that a restart does not bring tokens back to life.
    ahead: float = 0

    def now(self) -> float:
        return time.time() + self.ahead
