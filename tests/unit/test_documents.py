"""An outcome that could lie about itself cannot be made."""

from datetime import timedelta

import pytest

from integrations.providers.documents import Grant, Outcome, OutcomeKind, Posted, Remedy
from integrations.providers.errors import AccessLost, ProviderError, Refused, Temporary, Unknown

GRANT = Grant("eyJhY2Nlc3M", "RT1-refresh", timedelta(hours=1), timedelta(days=100))
PURCHASE = Posted("Purchase", "401", "0")
STANDS = {OutcomeKind.POSTED, OutcomeKind.ALREADY_THERE}


@pytest.mark.parametrize("kind", OutcomeKind)
def test_only_what_stands_in_the_books_carries_an_object(kind: OutcomeKind) -> None:
    good, bad = (PURCHASE, None) if kind in STANDS else (None, PURCHASE)
    assert Outcome(kind, posted=good).posted == good
    with pytest.raises(ValueError, match=str(kind)):
        Outcome(kind, posted=bad)


def test_a_rejection_concerns_the_keeper_of_the_books_unless_said_otherwise() -> None:
    assert Outcome(OutcomeKind.REJECTED).remedy is Remedy.BOOKS


@pytest.mark.parametrize("shown", [repr(GRANT), str(GRANT), f"{GRANT}", f"{[GRANT]}", f"{ValueError(GRANT)!r}"])
def test_a_grant_never_shows_its_tokens(shown: str) -> None:
    assert GRANT.access_token not in shown
    assert GRANT.refresh_token not in shown


def test_what_was_removed_is_an_object_too() -> None:
    assert Outcome(OutcomeKind.POSTED, posted=Posted("Purchase", "401", "", gone=True)).posted != PURCHASE


@pytest.mark.parametrize("error", [Temporary, AccessLost, Refused, Unknown])
def test_every_trouble_with_a_platform_is_caught_by_one_name(error: type[ProviderError]) -> None:
    with pytest.raises(ProviderError, match=r"^Not now\.$"):
        raise error("Not now.")
