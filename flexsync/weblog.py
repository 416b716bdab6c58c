"""The web server's log of requests, without those that say nothing about anybody's work."""

from typing import Any

from gunicorn.glogging import Logger

QUIET = ("/static/", "/healthz", "/readyz")


class WorkLog(Logger):  # type: ignore[misc]
    def access(self, resp: Any, req: Any, environ: dict[str, Any], request_time: Any) -> None:
        if not environ.get("PATH_INFO", "").startswith(QUIET):
            super().access(resp, req, environ, request_time)
