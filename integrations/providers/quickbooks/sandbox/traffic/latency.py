"""How long each request is on its way before it is heard. The items of a batch share one."""

from dataclasses import dataclass


@dataclass
class Latency:
    ms: int = 0

    @property
    def seconds(self) -> float:
        return self.ms / 1000
