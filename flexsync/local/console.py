"""The terminal: every line says who wrote it."""

import os
import sys
from typing import TextIO

WIDTH = 8
COLOURS = (36, 33, 32, 35, 34, 96, 93, 92, 95, 94)


class Console:
    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = sys.stdout if stream is None else stream
        self._colourful = self._stream.isatty() and "NO_COLOR" not in os.environ
        self._colours: dict[str, int] = {}

    def line(self, name: str, text: str) -> None:
        self.plain(f"{self._prefix(name)} {text}")

    def plain(self, text: str) -> None:
        try:
            print(text, file=self._stream, flush=True)
        except BrokenPipeError:
            # Whoever read us has gone. The servers still want an orderly end, so go on without a word.
            self._stream = open(os.devnull, "w")  # noqa: SIM115

    def _prefix(self, name: str) -> str:
        prefix = f"{name:<{WIDTH}} |"
        if not self._colourful:
            return prefix
        colour = self._colours.setdefault(name, COLOURS[len(self._colours) % len(COLOURS)])
        return f"\x1b[{colour}m{prefix}\x1b[0m"
