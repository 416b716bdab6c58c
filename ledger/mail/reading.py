"""From a letter as it travels (RFC 5322) to what is in it."""

from collections.abc import Iterator
from email.message import EmailMessage, Message
from email.utils import parseaddr

from django.conf import settings

from ledger.services.letters import Enclosed, Letter

# Pictures of a signature and of a newsletter's design are no receipts.
SMALLEST_INLINE = 20 * 1024
LONGEST_TEXT = 20_000


def letter_in(message: EmailMessage) -> Letter:
    return letter_of(message, proven=is_proven(message))


def letter_of(message: EmailMessage, *, proven: bool) -> Letter:
    return Letter(
        sender=parseaddr(str(message.get("From", "")))[1],
        proven=proven,
        subject=" ".join(str(message.get("Subject", "")).split()),
        text=_text(message)[:LONGEST_TEXT],
        enclosed=tuple(_enclosed(message)),
    )


def is_proven(message: Message) -> bool:
    """By the results that our own relay wrote down, and nobody else: whoever forges a letter can forge those too, but
    the relay takes away what bears its own name."""
    trusted = settings.MAIL_TRUSTED_RELAY
    if not trusted:
        return False
    for header in message.get_all("Authentication-Results", []):
        server, _, results = str(header).partition(";")
        if server.strip().casefold() == trusted.casefold():
            return "dmarc=pass" in results.replace(" ", "").casefold()
    return False


def _text(message: EmailMessage) -> str:
    body = message.get_body(preferencelist=("plain", "html"))
    if body is None:
        return ""
    return str(body.get_content())


def _enclosed(message: EmailMessage) -> Iterator[Enclosed]:
    for part in message.walk():
        if part.is_multipart() or (part.get_content_maintype() == "text" and not part.get_filename()):
            continue
        content = part.get_payload(decode=True)
        if not isinstance(content, bytes) or not content:
            continue
        if part.get_content_disposition() != "attachment" and len(content) < SMALLEST_INLINE and part.get("Content-ID"):
            continue
        yield Enclosed(part.get_filename() or "receipt", content)
