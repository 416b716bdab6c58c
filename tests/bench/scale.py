"""BENCH_SCALE makes the measures smaller, for trying; only at their full size they are kept."""

import os

SCALE = float(os.environ.get("BENCH_SCALE", "1"))


def scaled(number: int) -> int:
    return max(1, int(number * SCALE))
