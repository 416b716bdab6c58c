"""What people do about documents is told in several places, and each of them knows all of it."""

import pytest

from integrations.models import Act
from integrations.web.home.news import ACTS
from ledger.web.documents.trail import DONE


@pytest.mark.parametrize("act", Act)
def test_every_act_has_its_words_at_home_and_in_the_trail(act: Act) -> None:
    assert "{}" in ACTS[act]
    assert all(DONE[act])
