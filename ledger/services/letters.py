"""A letter with receipts: each file that can be one goes to the tray, and what cannot is answered."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction

from ledger.domain.receipts import Unfit
from ledger.models import Membership, Way
from ledger.services.receipts import keep
from ledger.services.tray import Source, Taken, take_in

logger = logging.getLogger(__name__)

MOST_FILES = 20


@dataclass(frozen=True, slots=True)
class Enclosed:
    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """`proven` is whether whoever brought it checked that it comes from the sender's domain (SPF or DKIM)."""

    sender: str
    proven: bool
    subject: str = ""
    text: str = ""
    enclosed: Sequence[Enclosed] = ()


@dataclass(slots=True)
class Opened:
    taken: list[Taken] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def open_letter(letter: Letter) -> Opened:
    """Called with the tenant set, outside a transaction. Raises StorageTrouble, upon which the letter comes again: what
    was taken already is known by its content.

    Anybody can write any sender on a letter. Only one that is proven, and of somebody who belongs to the organisation,
    is vouched for; what others send waits for a person.
    """
    # Of several files nobody can tell which one the words are about.
    said = f"{letter.subject}\n{letter.text}" if len(letter.enclosed) == 1 else ""
    source = Source(Way.MAIL, letter.sender, _is_vouched(letter), letter.subject, said)
    opened = Opened()
    for file in letter.enclosed[:MOST_FILES]:
        try:
            opened.taken.append(take_in(keep(BytesIO(file.content), file.name), source))
        except Unfit as problem:
            opened.refused.append(f"{file.name}: {problem}")
    if len(letter.enclosed) > MOST_FILES:
        opened.refused.append(f"{len(letter.enclosed) - MOST_FILES} more files: at most {MOST_FILES} in a letter.")
    logger.info("A letter brought %s files, %s of them unfit.", len(letter.enclosed), len(opened.refused))
    if source.vouched and opened.refused:
        _answer(letter, opened.refused)
    return opened


def _answer(letter: Letter, refused: Sequence[str]) -> None:
    """To whom it is known that they wrote; to answer anybody else would be to write to whoever was forged."""
    text = "\n".join(["These could not be kept as receipts:", "", *(f"- {sentence}" for sentence in refused)])
    try:
        send_mail("Not kept as receipts", text, settings.DEFAULT_FROM_EMAIL, [letter.sender])
    except (SMTPException, OSError):
        logger.exception("Somebody could not be told what was not kept.")


@transaction.atomic
def _is_vouched(letter: Letter) -> bool:
    return letter.proven and Membership.objects.filter(user__email__iexact=letter.sender, user__is_active=True).exists()
