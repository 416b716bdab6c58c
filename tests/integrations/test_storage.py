"""The two storages behind one interface: a folder, and a real S3-speaking server on loopback."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from integrations.models import ReceiptState
from ledger.storage import FolderStorage, NotStored, S3Storage, Storage, StorageTrouble, key_of, storage
from tests.integrations.conftest import PDF, Office
from tests.integrations.test_receipts import files, states

BUCKET = "receipts"


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(s3: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "for-the-test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "for-the-test")
    boto3.client("s3", endpoint_url=s3, region_name="us-east-1").create_bucket(Bucket=BUCKET)
    return s3


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "folder":
        return FolderStorage(tmp_path / "files")
    return S3Storage(BUCKET, request.getfixturevalue("bucket"), "us-east-1")


def test_what_was_stored_is_read_back_to_the_byte(store: Storage) -> None:
    key = key_of(7, "ab" * 32)
    for _ in range(2):
        store.put(key, BytesIO(PDF), "application/pdf")
    with store.open(key) as content:
        assert content.read(5) + content.read() == PDF


def test_a_file_of_which_the_disk_lost_some_is_whole_again_once_it_is_added_again(tmp_path: Path) -> None:
    store, key = FolderStorage(tmp_path), key_of(7, "ab" * 32)
    store.put(key, BytesIO(PDF), "application/pdf")
    (tmp_path / key).write_bytes(PDF[:5])
    store.put(key, BytesIO(PDF), "application/pdf")
    with store.open(key) as content:
        assert content.read() == PDF


def test_what_is_not_there_is_told_apart_from_trouble(store: Storage) -> None:
    with pytest.raises(NotStored):
        store.open(key_of(7, "cd" * 32))


def test_a_storage_that_does_not_answer_is_trouble_and_not_a_loss(bucket: str) -> None:
    away = S3Storage(BUCKET, "http://127.0.0.1:9", "us-east-1")
    with pytest.raises(StorageTrouble) as trouble:
        away.open(key_of(7, "ab" * 32))
    assert not isinstance(trouble.value, NotStored)


def test_a_receipt_goes_from_the_bucket_to_the_books(ready: Office, bucket: str, settings: Any) -> None:
    settings.STORAGE = {"bucket": BUCKET, "endpoint_url": bucket, "region": "us-east-1"}
    storage.cache_clear()
    [document] = ready.charge("c-1")
    ready.receipt(document)
    ready.work()
    assert states() == {ReceiptState.DONE: 1}
    assert [file["Size"] for file in files(ready)] == [len(PDF)]
