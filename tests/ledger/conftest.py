import pytest

from tests.cast import Cast
from tests.ledger.caller import Issuer, holder_of
from tests.ledger.importing import Importer


@pytest.fixture
def issuer(cast: Cast) -> Issuer:
    return holder_of(cast.larkfield)


@pytest.fixture
def neighbour(cast: Cast) -> Issuer:
    return holder_of(cast.brightwell)


@pytest.fixture
def priya(cast: Cast) -> Importer:
    return Importer(cast.larkfield)
