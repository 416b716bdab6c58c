"""A refund and the charge that it names, whichever comes first, and both at once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.ledger.caller import Issuer, charge, closing


def refund(external_id: str = "r-1", **values: Any) -> dict[str, Any]:
    return charge(external_id, kind="refund", amount="2.30", refund_of="c-1", **values)


@pytest.mark.parametrize("order", [(charge, refund), (refund, charge)], ids=["charge first", "refund first"])
@pytest.mark.parametrize("together", [True, False], ids=["in one list", "one by one"])
def test_a_refund_finds_its_charge_whichever_came_first(issuer: Issuer, order: Any, together: bool) -> None:
    told = [make() for make in order]
    for body in [told] if together else told:
        assert issuer.post(body).status_code == 201
    shown, its_charge = issuer.read("r-1"), issuer.read("c-1")
    assert (shown["refund_of"], shown["refund_of_id"]) == ("c-1", its_charge["id"])
    assert its_charge["refunds"] == [
        {"id": shown["id"], "external_id": "r-1", "amount": "2.30", "stage": "cleared"},
    ]


def test_until_its_charge_is_here_a_refund_names_it_and_no_more(issuer: Issuer) -> None:
    issuer.post(refund())
    shown = issuer.read("r-1")
    assert (shown["refund_of"], shown["refund_of_id"]) == ("c-1", None)


def test_a_refund_that_finds_its_charge_later_is_among_what_changed_since(issuer: Issuer) -> None:
    issuer.post(refund())
    told = issuer.read("r-1")
    issuer.post(charge("c-1"))
    shown = issuer.read("r-1")
    assert (told["revision"], shown["revision"]) == (1, 2)
    assert shown["updated_at"] > told["updated_at"]
    assert {one["external_id"] for one in issuer.list(updated_since=shown["updated_at"])} == {"r-1"}


def test_a_refund_may_be_told_to_be_of_another_charge(issuer: Issuer) -> None:
    issuer.post([charge("c-1"), charge("c-2"), refund()])
    issuer.post({**refund(), "refund_of": "c-2"})
    assert issuer.read("r-1")["refund_of_id"] == issuer.read("c-2")["id"]
    assert issuer.read("c-1")["refunds"] == []


def test_only_a_charge_is_refunded_and_only_one_of_ours(issuer: Issuer, neighbour: Issuer) -> None:
    neighbour.post(charge("c-1"))
    issuer.post([charge("f-1", kind="fee"), refund("r-1"), {**refund("r-2"), "refund_of": "f-1"}])
    assert [issuer.read(name)["refund_of_id"] for name in ("r-1", "r-2")] == [None, None]


def test_a_refund_and_its_charge_at_the_same_moment_find_each_other(transactional_db: None, issuer: Issuer) -> None:
    pairs = [[charge(f"c-{number}"), {**refund(f"r-{number}"), "refund_of": f"c-{number}"}] for number in range(12)]
    for pair in pairs:
        with ThreadPoolExecutor(2) as threads:
            answers = list(threads.map(closing(issuer.post), pair))
        assert [answer.status_code for answer in answers] == [201, 201]
    assert [shown["refund_of"] for shown in issuer.list(kind="refund") if shown["refund_of_id"] is None] == []


def test_two_lists_of_refunds_and_charges_that_name_each_others_do_not_block_each_other(
    transactional_db: None, issuer: Issuer
) -> None:
    def told(mine: str, theirs: str) -> list[dict[str, Any]]:
        return [charge(f"{mine}-c"), {**refund(f"{mine}-r"), "refund_of": f"{theirs}-c"}]

    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(closing(issuer.post), [told("a", "b"), told("b", "a")]))
    assert [answer.status_code for answer in answers] == [201, 201]
    assert [issuer.read(name)["refund_of_id"] for name in ("a-r", "b-r")] == [
        issuer.read(name)["id"] for name in ("b-c", "a-c")
    ]
