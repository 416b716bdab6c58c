"""What a typed text means among the targets, and which of ours is called like one of them."""

import pytest

from integrations.mapping.picking import Directory, Target, Trouble, Wrong, match

OFFICE = Target(1, "6110", "Office", "Costs:Office", "Expense")
TRAVEL = Target(2, "", "Travel", "Travel", "Expense")
SALES_TRAVEL = Target(3, "", "Travel", "Sales:Travel", "Expense")
LABS_TRAVEL = Target(4, "", "Travel", "Labs:Travel", "Expense")
MEALS = Target(5, "6200", "Meals", "Sales:Meals", "Expense")
LABS_MEALS = Target(6, "6210", "Meals", "Labs:Meals", "Expense")
CLOSED = Target(7, "6300", "Closed", "Closed", "Expense", active=False)
RECEIVABLES = Target(8, "1200", "Receivables", "Receivables", "Accounts Receivable", fits=False)
OLD_OFFICE = Target(9, "6119", "Old office", "Costs:Office", "Expense", active=False)
BOOKS = Directory([OFFICE, TRAVEL, SALES_TRAVEL, LABS_TRAVEL, MEALS, LABS_MEALS, CLOSED, RECEIVABLES, OLD_OFFICE])


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("6110", OFFICE),
        ("Office", OFFICE),
        ("  oFFice ", OFFICE),
        ("6110 Office", OFFICE),
        ("6110   costs:OFFICE", OFFICE),
        ("Costs:Office", OFFICE),
        ("Travel", TRAVEL),
        ("Sales:Travel", SALES_TRAVEL),
        ("6210", LABS_MEALS),
        ("6210 Meals", LABS_MEALS),
    ],
)
def test_a_text_means_the_one_that_bears_it(text: str, target: Target) -> None:
    assert BOOKS.pick(text) == target


@pytest.mark.parametrize(
    ("text", "trouble", "targets"),
    [
        ("Offic", Trouble.UNKNOWN, ()),
        ("6110 Meals", Trouble.UNKNOWN, ()),
        ("Meals", Trouble.AMBIGUOUS, (MEALS, LABS_MEALS)),
        ("Closed", Trouble.INACTIVE, (CLOSED,)),
        ("1200", Trouble.UNFIT, (RECEIVABLES,)),
    ],
)
def test_a_text_that_means_nobody_says_why(text: str, trouble: Trouble, targets: tuple[Target, ...]) -> None:
    assert BOOKS.pick(text) == Wrong(trouble, targets)


def test_of_two_with_one_label_neither_is_meant() -> None:
    twins = (Target(1, "", "Figma", "Figma"), Target(2, "", "Figma", "Figma"))
    assert Directory(twins).pick("Figma") == Wrong(Trouble.AMBIGUOUS, twins)


@pytest.mark.parametrize(
    ("names", "target"),
    [
        (("office", ""), OFFICE),
        (("Stationery", "6110"), OFFICE),
        (("labs:travel",), LABS_TRAVEL),
        (("Travel",), None),
        (("Office", "6200"), None),
        (("Closed",), None),
        (("Receivables",), None),
        (("Nothing", ""), None),
        (("", " "), None),
    ],
)
def test_only_what_one_possible_target_is_called_like_is_matched(names: tuple[str, ...], target: Target | None) -> None:
    assert match({7: names}, BOOKS) == ({7: target} if target else {})
