"""Three sides of a document are put together by values alone."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.providers.documents import LinePart, Side, SideLine
from integrations.sync.merging import Merged, Overlap, differing, in_words, merge, unsigned

HEADER = {"dated": "2026-11-19", "vendor": "61", "note": "Flex card", "location": ""}


def line(
    key: str = "", account: str = "34", amount: str = "60.00", description: str = "Figma", **more: str
) -> SideLine:
    return SideLine(key, {"account": account, "amount": amount, "description": description, "class": "", **more})


def side(*lines: SideLine, **fields: str) -> Side:
    return Side(HEADER | fields, lines or (line(),))


BASE = side()
THERE = side(line("1"))


@pytest.mark.parametrize(
    ("ours", "theirs", "take", "kept"),
    [
        (side(), side(line("1")), set(), ()),
        (side(vendor="62"), THERE, {"vendor"}, ()),
        (side(), side(line("1"), vendor="62"), set(), ("vendor",)),
        (side(vendor="62"), side(line("1"), dated="2026-11-01"), {"vendor"}, ("dated",)),
        (side(vendor="62"), side(line("1"), vendor="62"), set(), ()),
        (side(vendor=""), THERE, {"vendor"}, ()),
    ],
)
def test_each_field_is_whose_who_changed_it(ours: Side, theirs: Side, take: set[str], kept: tuple[str, ...]) -> None:
    result = merge(BASE, ours, theirs)
    assert isinstance(result, Merged)
    assert (result.take, result.kept) == (take, kept)


@pytest.mark.parametrize(
    ("ours", "theirs", "over"),
    [
        (side(vendor="62"), side(line("1"), vendor="63"), ("vendor",)),
        (side(vendor="62", dated="2026-11-02"), side(line("1"), vendor="", dated="2026-11-01"), ("dated", "vendor")),
        (side(line(amount="70.00")), side(line("1", amount="99.00")), ("amount",)),
        (side(line(amount="70.00")), side(line("1", amount="40.00"), line("2", "35", "20.00")), ("amount",)),
        (side(line(account="40")), side(line("1", account="41")), ("line account",)),
        (side(line(description="Adobe")), side(line("1", description="Hers")), ("line description",)),
        (
            side(line(account="40"), vendor="62"),
            side(line("1", account="41"), vendor="63"),
            ("vendor", "line account"),
        ),
    ],
)
def test_what_both_changed_is_named(ours: Side, theirs: Side, over: tuple[str, ...]) -> None:
    assert merge(BASE, ours, theirs) == Overlap(over)


TWO = (line(account="34", amount="40.00", description="Seats"), line(account="35", amount="20.00", description="Fonts"))
TWO_THERE = (line("4", "34", "40.00", "Seats"), line("5", "35", "20.00", "Fonts"))


def parts(base: tuple[SideLine, ...], ours: tuple[SideLine, ...], theirs: tuple[SideLine, ...]) -> Any:
    result = merge(side(*base), side(*ours), side(*theirs))
    return result.lines if isinstance(result, Merged) else result.fields


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        # Nobody touched the lines, or only they did: theirs, as they are.
        (TWO, TWO_THERE, (LinePart("4"), LinePart("5"))),
        (TWO, (TWO_THERE[0],), (LinePart("4"),)),
        (TWO, (*TWO_THERE, line("6", "36", "1.00", "Tip")), (LinePart("4"), LinePart("5"), LinePart("6"))),
        # Only we did: ours, in their lines.
        (
            (TWO[0], line(account="35", amount="25.00", description="Fonts")),
            TWO_THERE,
            (LinePart("4", 0), LinePart("5", 1, frozenset({"amount"}))),
        ),
        ((TWO[1],), TWO_THERE, (LinePart("5", 0),)),
        (
            (*TWO, line(account="36", amount="9.00", description="New")),
            TWO_THERE,
            (LinePart("4", 0), LinePart("5", 1), LinePart(ours=2)),
        ),
        # Both did, in other fields, or in other lines.
        (
            (TWO[0], line(account="40", amount="20.00", description="Fonts")),
            (line("4", "41", "40.00", "Seats"), TWO_THERE[1]),
            (LinePart("4", 0), LinePart("5", 1, frozenset({"account"}))),
        ),
        (
            (TWO[0], line(account="40", amount="20.00", description="Fonts")),
            (TWO_THERE[0], line("5", "35", "20.00", "Fonts, hers")),
            (LinePart("4", 0), LinePart("5", 1, frozenset({"account"}))),
        ),
        # They took out what we changed, we took out what they changed, both added.
        ((TWO[0], line(account="40", amount="20.00", description="Fonts")), (TWO_THERE[0],), ("lines",)),
        ((TWO[0],), (TWO_THERE[0], line("5", "41", "20.00", "Fonts")), ("lines",)),
    ],
)
def test_lines_are_put_together_line_by_line(
    ours: tuple[SideLine, ...], theirs: tuple[SideLine, ...], expected: Any
) -> None:
    assert parts(TWO, ours, theirs) == expected


values = st.sampled_from(["", "a", "b", "c"])
headers = st.fixed_dictionaries({"dated": values, "vendor": values, "note": values})
amounts = st.sampled_from(["1.00", "2.00", "3.00"])
bodies = st.fixed_dictionaries({"account": values, "amount": amounts, "description": values, "class": values})


def sides(keyed: bool) -> st.SearchStrategy[Side]:
    def built(fields: dict[str, str], lines: list[dict[str, str]]) -> Side:
        return Side(fields, tuple(SideLine(str(at) if keyed else "", one) for at, one in enumerate(lines, start=1)))

    return st.builds(built, headers, st.lists(bodies, min_size=1, max_size=3))


def put_together(ours: Side, theirs: Side, merged: Merged) -> Side:
    """As a platform would, in the words of sides."""
    fields = {name: (ours if name in merged.take else theirs).fields[name] for name in theirs.fields}
    by_key = {line.key: line for line in theirs.lines}
    lines = []
    for part in merged.lines:
        if not part.key:
            assert part.ours is not None
            lines.append(ours.lines[part.ours])
            continue
        taken = {name: ours.lines[part.ours].fields[name] for name in part.take} if part.ours is not None else {}
        lines.append(SideLine(part.key, by_key[part.key].fields | taken))
    return Side(fields, tuple(lines))


def as_there(one: Side) -> Side:
    return Side(one.fields, tuple(SideLine(str(at), line.fields) for at, line in enumerate(one.lines, start=1)))


def contents(one: Side) -> list[list[tuple[str, str]]]:
    """Of its lines, in whatever order."""
    return sorted(sorted(line.fields.items()) for line in one.lines)


@given(base=sides(keyed=False), ours=sides(keyed=False))
def test_where_they_changed_nothing_it_becomes_ours(base: Side, ours: Side) -> None:
    merged = merge(base, ours, as_there(base))
    assert isinstance(merged, Merged)
    result = put_together(ours, as_there(base), merged)
    assert result.fields == ours.fields
    assert contents(result) == contents(ours)
    assert merged.kept == ()


@given(base=sides(keyed=False), theirs=sides(keyed=True))
def test_where_we_changed_nothing_it_stays_theirs(base: Side, theirs: Side) -> None:
    merged = merge(base, base, theirs)
    assert isinstance(merged, Merged)
    assert (put_together(base, theirs, merged), merged.changes) == (theirs, False)


@given(base=sides(keyed=False), ours=sides(keyed=False), theirs=sides(keyed=True))
def test_nothing_that_one_side_alone_changed_is_lost_and_nothing_that_both_did_is_taken(
    base: Side, ours: Side, theirs: Side
) -> None:
    result = merge(base, ours, theirs)
    quarrelled = {name for name in base.fields if len({base.fields[name], ours.fields[name], theirs.fields[name]}) == 3}
    if isinstance(result, Overlap):
        assert quarrelled <= set(result.fields)
        return
    assert not quarrelled
    merged = put_together(ours, theirs, result)
    for name, was in base.fields.items():
        if theirs.fields[name] != was:
            assert merged.fields[name] == theirs.fields[name]
        else:
            assert merged.fields[name] == ours.fields[name]


@given(base=sides(keyed=False), ours=sides(keyed=False), theirs=sides(keyed=True))
def test_the_sum_is_ours_or_theirs_and_never_a_third(base: Side, ours: Side, theirs: Side) -> None:
    result = merge(base, ours, theirs)
    if isinstance(result, Merged):
        assert total(put_together(ours, theirs, result)) in (total(ours), total(theirs))


def total(one: Side) -> float:
    return sum(float(line.fields["amount"]) for line in one.lines)


def test_the_signature_is_no_part_of_a_note() -> None:
    mark = "FX-AAAQEAYEAUDAOCAJ"
    assert unsigned(f"Flex card {mark}/2 Seen by Anna", mark) == "Flex card Seen by Anna"
    assert unsigned(f"Refund of {mark}. {mark}", mark) == f"Refund of {mark}."


def test_differences_have_words() -> None:
    assert in_words(differing(BASE, side(line(amount="1.00"), dated="2026-01-01"))) == "date, lines"


EUROS = {"currency": "EUR", "rate": "1.17"}


@pytest.mark.parametrize(
    ("ours", "theirs", "take"),
    [
        # The rate goes with the day and stays with it.
        (side(dated="2026-11-20", currency="EUR", rate="1.18"), side(line("1"), **EUROS), {"dated", "rate"}),
        (side(vendor="62", **EUROS), side(line("1"), currency="EUR", rate="1.2"), {"vendor"}),
    ],
)
def test_a_rate_is_whose_who_changed_it(ours: Side, theirs: Side, take: set[str]) -> None:
    result = merge(side(**EUROS), ours, theirs)
    assert isinstance(result, Merged)
    assert result.take == take


@pytest.mark.parametrize(
    ("ours", "theirs", "over"),
    [
        (side(dated="2026-11-20", currency="EUR", rate="1.18"), side(line("1"), currency="EUR", rate="1.2"), ("rate",)),
        (side(currency="GBP", rate="1.3"), side(line("1"), vendor="62", **EUROS), ("currency",)),
        (side(vendor="62", **EUROS), side(line("1")), ("currency",)),
    ],
)
def test_another_currency_is_for_a_person(ours: Side, theirs: Side, over: tuple[str, ...]) -> None:
    """No amount of the one side means anything under the currency of the other."""
    assert merge(side(**EUROS), ours, theirs) == Overlap(over)


def test_their_currency_is_theirs_as_long_as_nothing_of_ours_goes_into_it() -> None:
    result = merge(side(**EUROS), side(**EUROS), side(line("1")))
    assert isinstance(result, Merged)
    assert (result.changes, result.kept) == (False, ("currency", "rate"))
