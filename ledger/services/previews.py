"""Small pictures of receipts, made when somebody first looks and kept beside the files."""

from io import BytesIO

from ledger.models import Receipt
from ledger.pictures import TooLong, Unopened, preview
from ledger.storage import NotStored, storage

# Kept in place of a picture of what cannot be opened, so that it is not tried again for everybody who looks.
CLOSED = b"closed"


def preview_of(receipt: Receipt) -> bytes:
    """A JPEG. Raises Unopened where there can be none, and StorageTrouble. Called outside a transaction."""
    key = f"{receipt.storage_key}.preview"
    try:
        with storage().open(key) as kept:
            picture = kept.read()
    except NotStored:
        picture = _made(receipt)
        storage().put(key, BytesIO(picture), "image/jpeg")
    if picture == CLOSED:
        raise Unopened("It cannot be opened. Perhaps it was damaged on its way.")
    return picture


def _made(receipt: Receipt) -> bytes:
    with storage().open(receipt.storage_key) as content:
        whole = content.read()
    try:
        return preview(whole)
    except TooLong:
        raise
    except Unopened:
        return CLOSED
