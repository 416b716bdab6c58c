"""What happens behind a page that nobody at the screen would notice: its console, and what it fetches."""

from playwright.sync_api import ConsoleMessage, Error, Page, Request, Response

# A person who goes on to the next page lets go of whatever this one was still fetching.
LET_GO = "net::ERR_ABORTED"


class Witness:
    def __init__(self, page: Page) -> None:
        self.console: list[str] = []
        self.complaints: list[str] = []
        page.on("console", self._said)
        page.on("pageerror", self._broke)
        page.on("requestfailed", self._failed)
        page.on("response", self._answered)

    def _said(self, message: ConsoleMessage) -> None:
        """A breach of the content security policy is an error too."""
        line = f"{message.type}: {message.text} ({message.location['url']})"
        self.console.append(line)
        if message.type in ("error", "warning"):
            self.complaints.append(line)

    def _broke(self, error: Error) -> None:
        self._complain(f"uncaught: {error.message}")

    def _failed(self, request: Request) -> None:
        if request.failure != LET_GO:
            self._complain(f"failed: {request.method} {request.url}: {request.failure}")

    def _answered(self, response: Response) -> None:
        if not (response.ok or 300 <= response.status < 400):
            self._complain(f"answered {response.status}: {response.request.method} {response.url}")

    def _complain(self, line: str) -> None:
        self.console.append(line)
        self.complaints.append(line)
