import pytest

from tests.cast import Cast
from tests.integrations.conftest import office, ready, sandbox, sandbox_process
from tests.web.books import Books
from tests.web.browser import Browser

__all__ = ["office", "ready", "sandbox", "sandbox_process"]


@pytest.fixture
def books(cast: Cast) -> Books:
    """Larkfield's, with a connection and accounts and no mapping yet."""
    return Books(cast.larkfield)


@pytest.fixture
def priya(cast: Cast) -> Browser:
    return Browser(cast.larkfield.admin)


@pytest.fixture
def theo(cast: Cast) -> Browser:
    return Browser(cast.theo)
