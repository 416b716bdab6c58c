"""Receipts by e-mail: over SMTP and from a provider's signed webhook; forged senders, wrong addresses, broken files."""

import hashlib
import hmac
import json
import smtplib
import time
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from ledger.mail.smtp import Door
from ledger.models import Arrival, Receipt
from ledger.services import inboxes
from ledger.storage import FolderStorage, StorageTrouble
from ledger.tenancy.context import acting_for, cleared
from tests.cast import Cast
from tests.papers import letter, pdf, photo
from tests.payables import Payables
from tests.ports import free_ports

FREIGHT = ("freight.pdf", pdf("Harbour Freight", "2 Nov 2026", "Total 1,500.00"))
RELAY, KEY = "mx.larkfield.example", "a-signing-key"


@pytest.fixture
def address(cast: Cast) -> str:
    with acting_for(cast.larkfield.id), transaction.atomic():
        return inboxes.address()


def arrivals(cast: Cast) -> list[tuple[str, str, bool]]:
    with acting_for(cast.larkfield.id), transaction.atomic():
        rows = Arrival.objects.order_by("id").select_related("receipt")
        return [(row.receipt.file_name, row.sender, row.vouched) for row in rows]


# --- SMTP ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def post(db: None, transactional_db: None) -> Iterator[int]:
    """Its port."""
    [port] = free_ports(1)
    server = Controller(Door(), hostname="127.0.0.1", port=port)
    server.start()
    yield port
    server.stop()


def send(port: int, message: EmailMessage, to: str) -> None:
    with smtplib.SMTP("127.0.0.1", port, timeout=30) as server:
        server.send_message(message, from_addr="theo@example.com", to_addrs=[to])


def proven(message: EmailMessage, by: str = RELAY, result: str = "pass") -> EmailMessage:
    message["Authentication-Results"] = f"{by}; spf=pass; dmarc={result} header.from=example.com"
    return message


@pytest.mark.parametrize(
    ("message", "vouched"),
    [
        (proven(letter(FREIGHT)), True),
        (letter(FREIGHT), False),
        (proven(letter(FREIGHT), by="forged.example"), False),
        (proven(letter(FREIGHT), result="fail"), False),
        (proven(letter(FREIGHT), by=f"{RELAY}; spf=pass smtp.mailfrom=dmarc=pass@evil.example", result="fail"), False),
        (proven(letter(FREIGHT), by=f"{RELAY} (dmarc=pass)", result="fail"), False),
        (proven(letter(FREIGHT, sender="stranger@example.com")), False),
        (proven(letter(FREIGHT, sender="nina@example.com")), False),
    ],
    ids=[
        "a member",
        "unproven",
        "forged proof",
        "failed",
        "in an address",
        "in a comment",
        "a stranger",
        "a neighbour",
    ],
)
def test_only_a_proven_letter_of_a_member_is_vouched_for(
    cast: Cast, address: str, post: int, settings: Any, message: EmailMessage, vouched: bool
) -> None:
    settings.MAIL_TRUSTED_RELAY = RELAY
    bill = Payables(cast.larkfield).bill("b-1", "1500.00")
    send(post, message, address)
    [(name, _, told)] = arrivals(cast)
    assert (name, told) == ("freight.pdf", vouched)
    with acting_for(cast.larkfield.id), transaction.atomic():
        assert (Receipt.objects.get().document_id == bill.pk) is vouched


@pytest.mark.parametrize(
    "to",
    ["receipts+nobody@receipts.localhost", "receipts@receipts.localhost", "office@larkfield.example", "x"],
)
def test_a_letter_to_nobody_is_refused_at_the_door(cast: Cast, address: str, post: int, to: str) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        send(post, letter(FREIGHT), to)
    assert b"Nobody has this address" in refused.value.recipients[to][1]
    assert arrivals(cast) == []


def test_of_several_files_each_fit_one_is_kept(cast: Cast, address: str, post: int) -> None:
    send(post, letter(FREIGHT, ("a.exe", b"MZ\x90\0"), ("IMG_1.HEIC", photo("HEIF"))), address)
    assert [name for name, *_ in arrivals(cast)] == ["freight.pdf", "IMG_1.jpg"]


def test_results_that_somebody_else_hands_over_prove_nothing(
    cast: Cast, address: str, post: int, settings: Any
) -> None:
    settings.MAIL_TRUSTED_RELAY, settings.MAIL_TRUSTED_PEERS = RELAY, ["192.0.2.1"]
    send(post, proven(letter(FREIGHT)), address)
    assert arrivals(cast) == [("freight.pdf", "theo@example.com", False)]


@pytest.mark.parametrize(
    ("files", "sentence"),
    [([("a.exe", b"MZ\x90\0")], b"none of the kinds of file"), ([], b"no file in it")],
)
def test_a_letter_without_a_receipt_is_sent_back_with_the_reason(
    cast: Cast, address: str, post: int, files: list[tuple[str, bytes]], sentence: bytes
) -> None:
    with pytest.raises(smtplib.SMTPDataError) as refused:
        send(post, letter(*files), address)
    assert refused.value.smtp_code == 550
    assert sentence in bytes(refused.value.smtp_error)


def test_a_member_is_told_which_of_their_files_were_not_kept(
    cast: Cast, address: str, post: int, settings: Any
) -> None:
    settings.MAIL_TRUSTED_RELAY = RELAY
    send(post, proven(letter(FREIGHT, ("a.exe", b"MZ\x90\0"))), address)
    [answer] = mail.outbox
    assert answer.to == ["theo@example.com"]
    assert "a.exe: It is none of the kinds of file" in answer.body


@pytest.mark.parametrize(
    "raw",
    [
        b"From: <\r\nSubject: x\r\n",
        b"From: a@[\r\n",
        b"From: theo@example.com\r\nSubject: =?unknown-8bit?q?=ff?=\r\n",
        b"From: =?utf-7?q?+2AA-?= <theo\0@example.com>\r\n",
        b"",
    ],
)
def test_a_garbled_letter_is_read_as_far_as_it_can_be(cast: Cast, address: str, post: int, raw: bytes) -> None:
    part = b"Content-Type: text/plain; charset=unknown-8bit\r\n\r\n\xff words\r\n"
    paper = (
        b"Content-Type: application/pdf\r\nContent-Disposition: attachment; filename*=x'y'%ff.pdf\r\n\r\n" + FREIGHT[1]
    )
    whole = (
        raw + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" + part + b"--b\r\n" + paper + b"\r\n--b--\r\n"
    )
    with smtplib.SMTP("127.0.0.1", post, timeout=30) as server:
        server.sendmail("theo@example.com", [address], whole)
    assert len(arrivals(cast)) == 1


def test_a_letter_that_comes_twice_is_taken_once(cast: Cast, address: str, post: int) -> None:
    send(post, letter(FREIGHT), address)
    send(post, letter(FREIGHT), address.upper())
    assert len(arrivals(cast)) == 1


def test_what_cannot_be_kept_is_asked_for_again(
    cast: Cast, address: str, post: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StorageTrouble("The disk is full.")

    with monkeypatch.context() as broken:
        broken.setattr(FolderStorage, "put", full)
        with pytest.raises(smtplib.SMTPDataError) as later:
            send(post, letter(FREIGHT), address)
    assert later.value.smtp_code == 451
    send(post, letter(FREIGHT), address)
    assert len(arrivals(cast)) == 1


# --- a provider's webhook --------------------------------------------------------------------------------------------


def mailgun(
    message: EmailMessage, to: str, *, key: str = KEY, spf: str = "Pass", envelope: str = "theo@example.com", raw: bool
) -> int:
    """The status that Mailgun is answered with."""
    stamp, token = str(int(time.time())), "0" * 50
    signature = hmac.new(key.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
    told: dict[str, Any] = {"timestamp": stamp, "token": token, "signature": signature}
    told |= {"recipient": to, "sender": envelope}
    message["X-Mailgun-Spf"] = spf
    if raw:
        told["body-mime"] = message.as_string()
    else:
        files = list(message.iter_attachments())
        told |= {"message-headers": _headers(message), "body-plain": "As promised.", "attachment-count": len(files)}
        for number, part in enumerate(files, start=1):
            told[f"attachment-{number}"] = SimpleUploadedFile(part.get_filename() or "", part.get_content())
    with cleared():
        return Client().post("/inbound/mailgun", told).status_code


def _headers(message: EmailMessage) -> str:
    return json.dumps([[name, str(value)] for name, value in message.items() if not name.startswith("Content")])


@pytest.mark.parametrize("raw", [True, False])
@pytest.mark.parametrize(
    ("told", "vouched"),
    [
        ({}, True),
        ({"spf": "Fail"}, False),
        ({"spf": "Neutral"}, False),
        ({"envelope": "theo@elsewhere.example"}, False),
    ],
)
def test_a_signed_letter_is_taken_and_vouched_for_where_its_sender_may_send(
    cast: Cast, address: str, settings: Any, told: dict[str, str], vouched: bool, raw: bool
) -> None:
    settings.MAILGUN_SIGNING_KEY, settings.MAILGUN_MARKS_SENDERS = KEY, True
    assert mailgun(letter(FREIGHT), address, raw=raw, **told) == 200
    assert arrivals(cast) == [("freight.pdf", "theo@example.com", vouched)]


def test_where_mailgun_marks_nothing_nobody_is_vouched_for(cast: Cast, address: str, settings: Any) -> None:
    settings.MAILGUN_SIGNING_KEY = KEY
    assert mailgun(letter(FREIGHT), address, raw=False) == 200
    assert arrivals(cast) == [("freight.pdf", "theo@example.com", False)]


def test_a_raw_letter_too_large_for_a_form_is_not_brought_again(cast: Cast, address: str, settings: Any) -> None:
    settings.MAILGUN_SIGNING_KEY = KEY
    assert mailgun(letter(("large.txt", b"x" * 6_000_000)), address, raw=True) == 406


@pytest.mark.parametrize(("key", "status"), [("another-key", 400), ("", 404)])
def test_what_is_not_signed_by_our_key_is_not_read(
    cast: Cast, address: str, settings: Any, key: str, status: int
) -> None:
    settings.MAILGUN_SIGNING_KEY = KEY if key else ""
    assert mailgun(letter(FREIGHT), address, key=key or KEY, raw=True) == status
    assert arrivals(cast) == []


def test_a_letter_to_nobody_is_not_brought_again(cast: Cast, settings: Any) -> None:
    settings.MAILGUN_SIGNING_KEY = KEY
    assert mailgun(letter(FREIGHT), "receipts+nobody@receipts.localhost", raw=True) == 200
    assert arrivals(cast) == []
