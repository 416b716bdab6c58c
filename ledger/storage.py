"""Where the bytes of files are: a folder by default, an S3-compatible store where a bucket is named in the settings.

A key says what is in the file, so that a file is written once, never changed, and writing it again does no harm.
"""

import os
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import IO, Any, Protocol

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from urllib3.exceptions import HTTPError

CONNECT_SECONDS = 5
READ_SECONDS = 30
NOT_THERE = {"NoSuchKey", "404"}


class StorageTrouble(OSError):
    """The storage does not answer, or refuses. Nothing is wrong with the file."""


class NotStored(StorageTrouble, FileNotFoundError):
    """There is no such file."""


class Storage(Protocol):
    def put(self, key: str, content: IO[bytes], content_type: str) -> None:
        """The content from where it stands to its end."""
        ...

    def open(self, key: str) -> IO[bytes]:
        """To be closed by whoever reads it. Raises NotStored or StorageTrouble."""
        ...


def key_of(tenant: int, sha256: str) -> str:
    return f"{tenant}/{sha256[:2]}/{sha256}"


@cache
def storage() -> Storage:
    if settings.STORAGE["bucket"]:
        return S3Storage(**settings.STORAGE)
    return FolderStorage(Path(settings.STORAGE_FOLDER))


class FolderStorage:
    """Files appear whole or not at all, and only we may read them."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, key: str, content: IO[bytes], content_type: str) -> None:
        place = self._root / key
        if _is_whole(place, content):
            return
        try:
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._write(place, content)
        except OSError as trouble:
            raise StorageTrouble(f"The file could not be stored: {trouble.strerror}.") from trouble

    def open(self, key: str) -> IO[bytes]:
        try:
            return (self._root / key).open("rb")
        except FileNotFoundError as trouble:
            raise NotStored("The file is not in the storage any more.") from trouble
        except OSError as trouble:
            raise StorageTrouble(f"The file could not be read: {trouble.strerror}.") from trouble

    def _write(self, place: Path, content: IO[bytes]) -> None:
        descriptor, name = tempfile.mkstemp(dir=place.parent)
        try:
            with open(descriptor, "wb") as file:
                shutil.copyfileobj(content, file)
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, place)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def _is_whole(place: Path, content: IO[bytes]) -> bool:
    """Its name tells what is in it; but a disk may have lost some of that."""
    here = content.tell()
    size = content.seek(0, os.SEEK_END)
    content.seek(here)
    return place.exists() and place.stat().st_size == size - here


class S3Storage:
    """Through boto3, which finds its credentials in the environment (AWS_ACCESS_KEY_ID …) or on the machine."""

    def __init__(self, bucket: str, endpoint_url: str, region: str) -> None:
        self._bucket = bucket
        self._client = boto3.client("s3", endpoint_url=endpoint_url or None, region_name=region, config=_config())

    def put(self, key: str, content: IO[bytes], content_type: str) -> None:
        self._ask(self._client.put_object, Key=key, Body=content, ContentType=content_type)

    def open(self, key: str) -> IO[bytes]:
        body: IO[bytes] = Arriving(self._ask(self._client.get_object, Key=key)["Body"])  # type: ignore[assignment]
        return body

    def _ask(self, call: Any, **named: Any) -> Any:
        try:
            return call(Bucket=self._bucket, **named)
        except ClientError as trouble:
            if trouble.response["Error"]["Code"] in NOT_THERE:
                raise NotStored("The file is not in the storage any more.") from trouble
            raise StorageTrouble(f"The storage refuses: {trouble.response['Error']['Code']}.") from trouble
        except BotoCoreError as trouble:
            raise StorageTrouble("The storage does not answer.") from trouble


class Arriving:
    """A file that is read while it comes over the network."""

    def __init__(self, body: Any) -> None:
        self._body = body

    def __enter__(self) -> "Arriving":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def read(self, size: int = -1) -> bytes:
        try:
            return bytes(self._body.read(None if size < 0 else size))
        except (BotoCoreError, HTTPError) as trouble:
            raise StorageTrouble("The storage broke off.") from trouble

    def close(self) -> None:
        self._body.close()


def _config() -> Config:
    return Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        # Whoever calls comes again by itself.
        retries={"total_max_attempts": 1},
        max_pool_connections=32,
        # Checksums behind the body are Amazon's own; other stores that speak S3 refuse them.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
