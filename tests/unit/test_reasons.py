"""Reasons are a closed set: each has a sentence, a way to be stored, and someone who can mend it."""

import pytest

from integrations.mapping.reasons import EXCLUDED, HELD, MENDED_BY_MAPPING, SENTENCES, Reason, ReasonCode
from integrations.models import JobState
from integrations.sync.queue import resting_state


@pytest.mark.parametrize("code", ReasonCode)
def test_every_reason_has_a_sentence_that_names_its_subject(code: ReasonCode) -> None:
    sentence = Reason(code, "Travel").sentence
    assert sentence.strip()
    assert "{" not in sentence
    assert ("Travel" in sentence) is ("{subject}" in SENTENCES[code])


@pytest.mark.parametrize("code", ReasonCode)
@pytest.mark.parametrize("subject", ["", "Travel", "100 % {braces} “quotes”", "Zoë’s café"])
def test_a_reason_comes_back_from_storage_as_it_was(code: ReasonCode, subject: str) -> None:
    reason = Reason(code, subject)
    assert Reason.from_json(reason.as_json()) == reason


def test_braces_in_a_subject_are_only_text() -> None:
    assert Reason(ReasonCode.NO_ACCOUNT_FOR_CATEGORY, "{x}").sentence == (
        "Category {x} has no account, and no default account is set."
    )


def test_a_reason_out_of_the_set_is_refused() -> None:
    with pytest.raises(ValueError, match="weather"):
        Reason.from_json({"code": "weather", "subject": ""})


@pytest.mark.parametrize(
    ("code", "held", "by_mapping"),
    [
        (ReasonCode.NO_CARD_ACCOUNT, True, True),
        (ReasonCode.NO_ACCOUNT_FOR_CATEGORY, True, True),
        (ReasonCode.NO_ACCOUNT_WITHOUT_CATEGORY, True, True),
        (ReasonCode.NO_ACCOUNT_FOR_FEES, True, True),
        (ReasonCode.NO_ACCOUNT_FOR_CASHBACK, True, True),
        (ReasonCode.NO_BANK_ACCOUNT, True, True),
        (ReasonCode.SPLIT_OVER_SEVERAL, True, True),
        (ReasonCode.OTHER_CURRENCY, True, False),
        (ReasonCode.ACCOUNT_CURRENCY, True, True),
        (ReasonCode.VENDOR_CURRENCY, True, True),
        (ReasonCode.NO_RATE, True, False),
        (ReasonCode.PERIOD_CLOSED, True, True),
        (ReasonCode.PERIOD_KEPT, True, True),
        (ReasonCode.PERIOD_ASKED, False, True),
        (ReasonCode.POSTED_IN_CLOSED, True, False),
        (ReasonCode.HELD_BY_PERSON, True, False),
        (ReasonCode.REVERSED, False, False),
        (ReasonCode.EXCLUDED_BY_PERSON, False, False),
        (ReasonCode.ACCOUNT_INACTIVE, False, True),
        (ReasonCode.VALUE_INACTIVE, False, True),
        (ReasonCode.VENDOR_REFUSED, False, True),
        (ReasonCode.GONE, False, False),
        (ReasonCode.REJECTED, False, False),
        (ReasonCode.CONFLICT, False, False),
        (ReasonCode.CHANGED_THERE, False, False),
        (ReasonCode.OTHER_AMOUNT, False, False),
        (ReasonCode.OUTCOME_UNKNOWN, False, False),
        (ReasonCode.OUR_FAULT, False, False),
    ],
)
def test_who_mends_what(code: ReasonCode, *, held: bool, by_mapping: bool) -> None:
    assert (code in HELD) is held
    assert (code in MENDED_BY_MAPPING) is by_mapping


def test_what_is_held_is_not_excluded() -> None:
    assert not HELD & EXCLUDED
    assert not EXCLUDED & MENDED_BY_MAPPING


@pytest.mark.parametrize(
    ("codes", "state"),
    [
        ([], JobState.DONE),
        ([ReasonCode.REVERSED], JobState.EXCLUDED),
        ([ReasonCode.EXCLUDED_BY_PERSON], JobState.EXCLUDED),
        ([ReasonCode.HELD_BY_PERSON], JobState.HELD),
        ([ReasonCode.NO_CARD_ACCOUNT, ReasonCode.OTHER_CURRENCY], JobState.HELD),
        ([ReasonCode.NO_CARD_ACCOUNT, ReasonCode.ACCOUNT_INACTIVE], JobState.NEEDS_ATTENTION),
        ([ReasonCode.GONE], JobState.NEEDS_ATTENTION),
        ([ReasonCode.VENDOR_REFUSED], JobState.NEEDS_ATTENTION),
    ],
)
def test_its_reasons_say_where_a_document_rests(codes: list[ReasonCode], state: JobState) -> None:
    assert resting_state([Reason(code) for code in codes]) == state
