"""Our mark on what we write: short, plain, and the same every time."""

import re
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.sync.marks import mark_of


@pytest.mark.parametrize(
    ("public_id", "mark"),
    [
        ("00000000-0000-0000-0000-000000000000", "FX-AAAAAAAAAAAAAAAA"),
        ("ffffffff-ffff-ffff-ffff-ffffffffffff", "FX-7777777777777777"),
        ("00010203-0405-0607-0809-0a0b0c0d0e0f", "FX-AYDQQCIKBMGA2DQP"),
    ],
)
def test_a_mark_never_changes_with_a_release(public_id: str, mark: str) -> None:
    assert mark_of(UUID(public_id)) == mark


@given(st.uuids())
def test_a_mark_is_the_same_each_time_and_fits_a_document_number(public_id: UUID) -> None:
    mark = mark_of(public_id)
    assert mark == mark_of(UUID(str(public_id)))
    assert len(mark) <= 21
    assert re.fullmatch(r"FX-[A-Z2-7]{16}", mark)


@given(st.sets(st.integers(0, 2**80 - 1), min_size=2, max_size=50))
def test_documents_with_different_random_parts_have_different_marks(tails: set[int]) -> None:
    assert len({mark_of(UUID(int=tail)) for tail in tails}) == len(tails)
