"""From a letter as it travels (RFC 5322) to what is in it. Whatever is wrong with it, something is read."""

import re
from collections.abc import Iterator
from email.message import EmailMessage, Message
from email.utils import parseaddr

from django.conf import settings

from ledger.services.letters import Enclosed, Letter

# Pictures of a signature and of a newsletter's design are no receipts.
SMALLEST_INLINE = 20 * 1024
LONGEST_TEXT = 20_000
# What Python's reader throws at headers and character sets that are no such thing.
GARBLED = (LookupError, AttributeError, ValueError, TypeError)
COMMENT = re.compile(r"\([^()]*\)")
PASSED = re.compile(r"dmarc\s*=\s*pass(\s|$)", re.IGNORECASE)


def letter_in(message: EmailMessage, *, peer: str) -> Letter:
    """As it came from the machine with this address."""
    return letter_of(message, proven=peer in settings.MAIL_TRUSTED_PEERS and is_proven(message))


def letter_of(message: EmailMessage, *, proven: bool) -> Letter:
    return Letter(
        sender=parseaddr(header(message, "From"))[1],
        proven=proven,
        subject=" ".join(header(message, "Subject").split()),
        text=_text(message)[:LONGEST_TEXT],
        enclosed=tuple(_enclosed(message)),
    )


def is_proven(message: Message) -> bool:
    """By the results that our own relay wrote down, and nobody else: it takes away what bears its own name, and puts
    its own above all others. One of the results is of DMARC; an address within another one may say anything."""
    trusted = settings.MAIL_TRUSTED_RELAY
    if not trusted:
        return False
    for results in _all(message, "Authentication-Results"):
        server, *parts = [part.strip() for part in COMMENT.sub(" ", results).split(";")]
        if server.partition(" ")[0].casefold() == trusted.casefold():
            return any(PASSED.match(part) for part in parts)
    return False


def header(message: Message, name: str) -> str:
    """Its first value, empty where there is none that can be read."""
    return next(iter(_all(message, name)), "")


def _all(message: Message, name: str) -> list[str]:
    try:
        return [_plain(str(value)) for value in message.get_all(name, [])]
    except GARBLED:
        return []


def _plain(text: str) -> str:
    """What a database can hold."""
    return text.encode("utf-8", "replace").decode().replace("\0", "")


def _text(message: EmailMessage) -> str:
    try:
        body = message.get_body(preferencelist=("plain", "html"))
        return _plain(str(body.get_content())) if body is not None else ""
    except GARBLED:
        return ""


def _enclosed(message: EmailMessage) -> Iterator[Enclosed]:
    for part in message.walk():
        name = _name(part)
        if part.is_multipart() or (part.get_content_maintype() == "text" and not name):
            continue
        content = part.get_payload(decode=True)
        if not isinstance(content, bytes) or not content:
            continue
        if part.get_content_disposition() != "attachment" and len(content) < SMALLEST_INLINE and part.get("Content-ID"):
            continue
        yield Enclosed(name or "receipt", content)


def _name(part: Message) -> str:
    try:
        return _plain(part.get_filename() or "")
    except GARBLED:
        return "receipt"
