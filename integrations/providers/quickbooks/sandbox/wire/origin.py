"""Under which scheme and host the caller of the moment knows the sandbox; absolute addresses start with it."""

from __future__ import annotations

from contextvars import ContextVar

ORIGIN: ContextVar[str] = ContextVar("origin", default="")
