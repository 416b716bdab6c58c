"""A server that takes letters with receipts and hands each over before it says yes: what it could not keep stays with
whoever sends it, who tries again."""

import asyncio
import email.policy
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import Error, connections

from ledger.mail.reading import letter_in
from ledger.services.inboxes import tenant_of
from ledger.services.letters import open_letter
from ledger.storage import StorageTrouble
from ledger.tenancy.context import acting_for

logger = logging.getLogger(__name__)

LARGEST = 30 * 1024 * 1024
MOST_RECIPIENTS = 5
NOBODY = "550 5.1.1 Nobody has this address here"
LATER = "451 4.3.0 It cannot be kept just now; try again"
TAKEN = "250 2.0.0 Taken"
NOTHING = "550 5.6.0 There is no file in it that could be a receipt"


class Door:
    """What aiosmtpd asks on the way of a letter."""

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        try:
            known = await asyncio.to_thread(_known, address)
        except Error:
            logger.exception("The database does not say whose address that is.")
            return LATER
        if known is None:
            return NOBODY
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Known"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content: Any = envelope.content
        try:
            return await asyncio.to_thread(_deliver, content, list(envelope.rcpt_tos), _peer(session))
        except (Error, StorageTrouble):
            logger.exception("A letter could not be kept; its sender is asked to try again.")
            return LATER

    async def handle_exception(self, error: Exception) -> str:
        """Ours to mend, so that the letter must not be lost meanwhile."""
        logger.error("A letter could not be read.", exc_info=error)
        return LATER


def _peer(session: Session) -> str:
    return str(session.peer[0]) if isinstance(session.peer, tuple) else ""


@contextmanager
def _connection() -> Iterator[None]:
    """Letters are few, and each thread would keep one of its own for long."""
    try:
        yield
    finally:
        connections.close_all()


@_connection()
def _known(address: str) -> int | None:
    return tenant_of(address)


@_connection()
def _deliver(content: bytes, recipients: list[str], peer: str) -> str:
    message: EmailMessage = message_from_bytes(content, policy=email.policy.default)
    letter, opened = letter_in(message, peer=peer), []
    for tenant in {tenant for one in recipients if (tenant := tenant_of(one)) is not None}:
        with acting_for(tenant):
            opened.append(open_letter(letter))
    if any(one.taken for one in opened):
        return TAKEN
    refused = [sentence for one in opened for sentence in one.refused]
    return f"550 5.6.1 {_line(refused[0])}" if refused else NOTHING


def _line(text: str) -> str:
    """As an answer can be: one line of plain letters."""
    return " ".join(text.encode("ascii", "replace").decode().split())[:400]
