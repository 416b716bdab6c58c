"""CHAOS_SCALE makes what takes long shorter, for trying; only at its full length it is kept."""

import os

SCALE = float(os.environ.get("CHAOS_SCALE", "1"))
