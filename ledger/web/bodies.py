"""Bodies that are too large to be taken."""

from django.http import HttpRequest, UnreadablePostError

CHUNK = 1024 * 1024
# A browser reads the answer only once it has sent everything; so much is read and thrown away for it.
MOST_DRAINED = 500 * 1024 * 1024


def drain(request: HttpRequest) -> None:
    left = MOST_DRAINED
    try:
        while left > 0 and (data := request.read(CHUNK)):
            left -= len(data)
    except UnreadablePostError:
        # Whoever sent it has hung up and will not see an answer either.
        return


def announced(request: HttpRequest) -> int:
    """How long the body says that it is."""
    return int(request.META.get("CONTENT_LENGTH") or 0)
