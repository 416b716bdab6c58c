"""Receipts by the API: taken once, refused in words, nobody else's."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from ledger.domain.receipts import LARGEST
from ledger.models import Scope
from ledger.services.api_keys import make_token
from ledger.tenancy.context import acting_for
from tests.cast import Cast
from tests.ledger.caller import DOOR, Issuer, charge, happenings, refusal

PDF = b"%PDF-1.7 a receipt"


def send(issuer: Issuer, content: bytes = PDF, name: str = "receipt.pdf", to: str = "c-1", **fields: str) -> Any:
    form = {"file": SimpleUploadedFile(name, content), **fields}
    return Client().post(f"{DOOR}/{to}/receipts", form, headers={"Authorization": issuer.authorization})


def hanging(issuer: Issuer, at: str = "c-1") -> list[str]:
    return [row["file_name"] for row in issuer.ask(f"{DOOR}/{at}/receipts").json()["results"]]


def remove(issuer: Issuer, receipt: str, at: str = "c-1") -> Any:
    return Client().delete(f"{DOOR}/{at}/receipts/{receipt}", headers={"Authorization": issuer.authorization})


@pytest.fixture
def charged(transactional_db: None, issuer: Issuer) -> Issuer:
    assert issuer.post([charge("c-1"), charge("c-2")]).status_code == 201
    return issuer


def test_a_receipt_is_kept_by_what_is_in_it(charged: Issuer, cast: Cast) -> None:
    answer = send(charged, name="photo.png")
    assert answer.status_code == 201
    shown = answer.json()
    assert (shown["file_name"], shown["content_type"], shown["size"]) == ("photo.pdf", "application/pdf", len(PDF))
    assert shown["state"] == "none"
    stored = Path(settings.STORAGE_FOLDER) / str(cast.larkfield.id) / shown["sha256"][:2] / shown["sha256"]
    assert stored.read_bytes() == PDF
    assert stored.stat().st_mode & 0o077 == 0


def test_the_same_file_again_adds_nothing(charged: Issuer, cast: Cast) -> None:
    first, second = send(charged), send(charged, name="another-name.pdf")
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert happenings(cast.larkfield, "c-1")[1:] == [("receipt_added", "receipt.pdf")]


def test_the_same_file_hangs_at_two_transactions(charged: Issuer) -> None:
    assert [send(charged, to=name).status_code for name in ("c-1", "c-2")] == [201, 201]


def test_a_receipt_that_replaces_another_takes_its_place(charged: Issuer, cast: Cast) -> None:
    blurred = send(charged).json()
    assert send(charged, PDF + b"sharp", "sharp.pdf", replaces=blurred["id"]).status_code == 201
    assert hanging(charged) == ["sharp.pdf"]
    assert happenings(cast.larkfield, "c-1")[2:] == [
        ("receipt_added", "sharp.pdf"),
        ("receipt_removed", "receipt.pdf, replaced by sharp.pdf"),
    ]


def test_a_removed_receipt_is_gone_and_may_come_back(charged: Issuer) -> None:
    receipt = send(charged).json()["id"]
    assert [remove(charged, receipt).status_code for _ in range(2)] == [204, 204]
    assert hanging(charged) == []
    assert send(charged).status_code == 201
    assert hanging(charged) == ["receipt.pdf"]


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"\0\0\0\x18ftypheic", "IMG_1.HEIC", "cannot be opened"),
        (b"MZ\x90\0", "a.exe", "none of the kinds"),
        (b"not one", "a.pdf", "damaged"),
    ],
)
def test_what_cannot_be_a_receipt_is_refused_in_words(charged: Issuer, content: bytes, name: str, words: str) -> None:
    [sentence] = refusal(send(charged, content, name), 400, "invalid")["file"]
    assert words in sentence
    assert hanging(charged) == []


def test_a_form_without_a_file_names_what_it_lacks(charged: Issuer) -> None:
    answer = Client().post(f"{DOOR}/c-1/receipts", {"x": "1"}, headers={"Authorization": charged.authorization})
    assert "file" in refusal(answer, 400, "invalid")


def test_an_empty_file_is_refused(charged: Issuer) -> None:
    assert "file" in refusal(send(charged, b""), 400, "invalid")


def test_what_is_too_large_is_refused_before_it_is_kept(charged: Issuer) -> None:
    refusal(send(charged, PDF + bytes(LARGEST)), 413, "too_big")
    assert not Path(settings.STORAGE_FOLDER).exists()


def test_a_receipt_for_a_reversed_transaction_is_refused(charged: Issuer) -> None:
    charged.post(charge("c-1", stage="reversed"))
    [sentence] = refusal(send(charged), 400, "invalid")["file"]
    assert "reversed" in sentence


def test_a_stranger_finds_neither_the_transaction_nor_its_receipts(charged: Issuer, neighbour: Issuer) -> None:
    receipt = send(charged).json()["id"]
    assert send(neighbour).status_code == 404
    assert neighbour.ask(f"{DOOR}/c-1/receipts").status_code == 404
    assert remove(neighbour, receipt).status_code == 404
    assert hanging(charged) == ["receipt.pdf"]


def test_a_receipt_of_another_transaction_cannot_be_replaced_or_removed_here(charged: Issuer) -> None:
    receipt = send(charged, to="c-2").json()["id"]
    assert "replaces" in refusal(send(charged, replaces=receipt), 400, "invalid")
    assert remove(charged, receipt).status_code == 404
    assert hanging(charged, "c-2") == ["receipt.pdf"]


def test_to_read_is_not_to_write(charged: Issuer, cast: Cast) -> None:
    with acting_for(cast.larkfield.id), transaction.atomic():
        key = make_token(name="reader", scopes=[Scope.READ_TRANSACTIONS], made_by=None)
    assert send(Issuer(f"Bearer {key}")).status_code == 403


def test_a_storage_that_does_not_answer_is_told_and_nothing_is_recorded(charged: Issuer) -> None:
    Path(settings.STORAGE_FOLDER).parent.mkdir(parents=True, exist_ok=True)
    Path(settings.STORAGE_FOLDER).write_bytes(b"no folder")
    refusal(send(charged), 503, "storage")
    Path(settings.STORAGE_FOLDER).unlink()
    assert hanging(charged) == []
