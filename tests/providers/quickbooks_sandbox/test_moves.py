"""Transfers, and paying the card off."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from .client import US, Company, Json, Server, address, fresh

TRANSFER, PAYMENT = "Transfer", "CreditCardPaymentTxn"
Change = Callable[[Company], Json]


def _body(company: Company, entity: str, **changes: object) -> Json:
    return company.transfer(**changes) if entity == TRANSFER else company.card_payment(**changes)


def _sides(entity: str) -> tuple[str, str]:
    """The accounts it goes from and to, of the correct example."""
    return ("1010", "1020") if entity == TRANSFER else ("1010", "2110")


both = pytest.mark.parametrize("entity", [TRANSFER, PAYMENT])


def test_a_transfer_is_answered_as_it_is_read(us: Company) -> None:
    made = us.create(TRANSFER, us.transfer(PrivateNote="FX-1", TxnDate=None))
    assert made["FromAccountRef"] == {**us.ref("1010"), "name": "Operating checking"}
    assert made["ToAccountRef"]["name"] == "Savings"
    assert (made["Amount"], made["PrivateNote"], made["SyncToken"]) == (250, "FX-1", "0")
    assert made["CurrencyRef"]["value"] == "USD"
    assert made["TxnDate"]
    assert not {"Line", "DocNumber", "TotalAmt"} & set(made)
    assert us.read(TRANSFER, made["Id"]) == made


def test_a_card_payment_has_an_address_and_an_envelope_of_different_names(us: Company) -> None:
    answer = us.post("creditcardpayment", us.card_payment(CheckNum="1007", Memo="August", PrivateNote="FX-2"))
    made = answer.json()["CreditCardPaymentTxn"]
    assert (made["Amount"], made["CheckNum"], made["Memo"], made["PrivateNote"]) == (99.95, "1007", "August", "FX-2")
    assert made["BankAccountRef"]["name"] == "Operating checking"
    assert made["CreditCardAccountRef"]["name"] == "Flex Card"
    for word in ("creditcardpayment", "CreditCardPaymentTxn"):
        assert us.query(f"select * from {word} where Id = '{made['Id']}'")["CreditCardPaymentTxn"] == [made]
    assert us.fault(us.post("creditcardpaymenttxn", us.card_payment()))["code"] == "500"


@both
def test_balances_of_both_accounts_follow(uk: Company, entity: str) -> None:
    source, target = _sides(entity)
    before = uk.postings()
    made = uk.create(entity, _body(uk, entity, Amount=120.35))
    assert uk.moved(before) == {source: "-120.35", target: "120.35"}
    kept = {name: made[name] for name in ("Id", "SyncToken")}
    after = uk.create(entity, {**_body(uk, entity, Amount=7), **kept})
    assert uk.moved(before) == {source: "-7.00", target: "7.00"}
    assert uk.delete(entity, after).json()[entity] == {"status": "Deleted", "domain": "QBO", "Id": made["Id"]}
    assert uk.moved(before) == {}


def test_paying_a_card_off_lowers_what_it_owes(uk: Company) -> None:
    owed = uk.read("Account", uk.account("2110"))["CurrentBalance"]
    uk.create("Purchase", uk.charge(Line=[uk.line("60")]))
    uk.create(PAYMENT, uk.card_payment(Amount=60))
    assert uk.read("Account", uk.account("2110"))["CurrentBalance"] == owed


@both
def test_a_sparse_update_repeats_accounts_and_amount(us: Company, entity: str) -> None:
    made = us.create(entity, _body(us, entity, PrivateNote="kept", TxnDate="2026-08-30"))
    patch = {**_body(us, entity, Amount=5, TxnDate=None), "Id": made["Id"], "SyncToken": "0", "sparse": True}
    for name in _body(us, entity, TxnDate=None):
        fault = us.fault(us.post(address(entity), {key: patch[key] for key in patch if key != name}))
        assert (fault["code"], fault["element"]) == ("2020", name)
    after = us.create(entity, patch)
    assert (after["Amount"], after["PrivateNote"], after["TxnDate"]) == (5, "kept", "2026-08-30")
    assert (after["SyncToken"], after["sparse"]) == ("1", False)


@both
def test_a_full_update_clears_what_is_absent(us: Company, entity: str) -> None:
    made = us.create(entity, _body(us, entity, PrivateNote="x"))
    after = us.create(entity, {**_body(us, entity), "Id": made["Id"], "SyncToken": "0"})
    assert "PrivateNote" not in after


@both
def test_a_stale_token_is_5010_and_what_was_deleted_is_610(us: Company, entity: str) -> None:
    made = us.create(entity, _body(us, entity))
    body = {**_body(us, entity), "Id": made["Id"], "SyncToken": "0"}
    after = us.create(entity, body)
    assert us.fault(us.post(address(entity), body))["code"] == "5010"
    assert us.fault(us.delete(entity, made))["code"] == "5010"
    assert us.delete(entity, after).status_code == 200
    assert us.fault(us.call("GET", f"{address(entity)}/{made['Id']}"))["code"] == "610"
    assert us.fault(us.delete(entity, after))["code"] == "610"


WRONG: list[tuple[str, str, Change, str, str | None]] = [
    ("no source", TRANSFER, lambda us: {"FromAccountRef": None}, "2020", "FromAccountRef"),
    ("no target", TRANSFER, lambda us: {"ToAccountRef": None}, "2020", "ToAccountRef"),
    ("no amount", TRANSFER, lambda us: {"Amount": None}, "2020", "Amount"),
    ("nothing to move", TRANSFER, lambda us: {"Amount": 0}, "6000", None),
    ("less than nothing", TRANSFER, lambda us: {"Amount": -5}, "2290", "Amount"),
    ("six decimals", TRANSFER, lambda us: {"Amount": 0.000001}, "2140", "Amount"),
    ("to itself", TRANSFER, lambda us: {"ToAccountRef": us.ref("1010")}, "6000", None),
    ("to an expense", TRANSFER, lambda us: {"ToAccountRef": us.ref("6110")}, "6430", "ToAccountRef"),
    ("from income", TRANSFER, lambda us: {"FromAccountRef": us.ref("4000")}, "6430", "FromAccountRef"),
    ("to payables", TRANSFER, lambda us: {"ToAccountRef": us.ref("2000")}, "6430", "ToAccountRef"),
    ("to nowhere", TRANSFER, lambda us: {"ToAccountRef": {"value": "99999"}}, "2500", "ToAccountRef"),
    ("what nobody knows", TRANSFER, lambda us: {"Number": "T-1"}, "2010", "Number"),
    ("a long note", TRANSFER, lambda us: {"PrivateNote": "x" * 4001}, "2050", "PrivateNote"),
    ("euros", TRANSFER, lambda us: {"CurrencyRef": {"value": "EUR"}}, "6000", None),
    ("no card", PAYMENT, lambda us: {"CreditCardAccountRef": None}, "2020", "CreditCardAccountRef"),
    ("no bank", PAYMENT, lambda us: {"BankAccountRef": None}, "2020", "BankAccountRef"),
    ("no amount", PAYMENT, lambda us: {"Amount": None}, "2020", "Amount"),
    ("nothing to pay", PAYMENT, lambda us: {"Amount": 0}, "6000", None),
    ("less than nothing", PAYMENT, lambda us: {"Amount": -1}, "2290", "Amount"),
    ("bank as card", PAYMENT, lambda us: {"CreditCardAccountRef": us.ref("1020")}, "6430", "CreditCardAccountRef"),
    ("card as bank", PAYMENT, lambda us: {"BankAccountRef": us.ref("2120")}, "6430", "BankAccountRef"),
    ("asset as bank", PAYMENT, lambda us: {"BankAccountRef": us.ref("1300")}, "6430", "BankAccountRef"),
    ("long cheque number", PAYMENT, lambda us: {"CheckNum": "x" * 22}, "2050", "CheckNum"),
    ("payee of nowhere", PAYMENT, lambda us: {"VendorRef": {"value": "99999"}}, "2500", "VendorRef"),
    ("what nobody knows", PAYMENT, lambda us: {"Number": "P-1"}, "2010", "Number"),
    ("a bad date", PAYMENT, lambda us: {"TxnDate": "31/08/2026"}, "2060", "TxnDate"),
]


@pytest.mark.parametrize("entity", [TRANSFER, PAYMENT])
def test_what_the_schema_knows_and_a_move_does_not_have_is_dropped(us: Company, entity: str) -> None:
    more = {"DocNumber": "T-1", "Line": [us.line()], "DepartmentRef": {"value": "1"}}
    assert not set(more) & set(us.create(entity, _body(us, entity, **more)))


@pytest.mark.parametrize(
    ("entity", "change", "code", "element"), [row[1:] for row in WRONG], ids=[f"{row[1]}: {row[0]}" for row in WRONG]
)
def test_a_wrong_move_is_refused(us: Company, entity: str, change: Change, code: str, element: str | None) -> None:
    before = us.postings()
    fault = us.fault(us.post(address(entity), _body(us, entity, **change(us))))
    assert fault["code"] == code, fault
    assert element is None or fault["element"] == element
    assert us.moved(before) == {}


def test_an_inactive_account_takes_no_money(us: Company) -> None:
    made = us.create("Account", {"Name": fresh("Old bank"), "AccountType": "Bank"})
    us.create("Account", {"Id": made["Id"], "SyncToken": "0", "sparse": True, "Active": False})
    assert us.fault(us.post("transfer", us.transfer(ToAccountRef={"value": made["Id"]})))["code"] == "610"


def test_closed_books_stay_as_they_are(us: Company) -> None:
    made = us.create(TRANSFER, us.transfer(TxnDate="2026-06-15"))
    us.server.control(f"companies/{US}/preferences", {"BookCloseDate": "2026-06-30"})
    assert us.fault(us.post("transfer", us.transfer(TxnDate="2026-06-30")))["code"] == "6210"
    assert us.fault(us.post("creditcardpayment", us.card_payment(TxnDate="2026-06-01")))["code"] == "6210"
    moved = us.transfer(TxnDate="2026-07-02", Id=made["Id"], SyncToken="0")
    assert us.fault(us.post("transfer", moved))["code"] == "6210"
    assert us.fault(us.delete(TRANSFER, made))["code"] == "6210"


def test_money_changes_into_one_foreign_currency_only(us: Company) -> None:
    us.server.control(f"companies/{US}/preferences", {"MultiCurrencyEnabled": True})
    euros = us.create("Account", {"Name": fresh("Euros"), "AccountType": "Bank", "CurrencyRef": {"value": "EUR"}})
    into = {"ToAccountRef": {"value": euros["Id"]}}
    assert us.fault(us.post("transfer", us.transfer(**into)))["code"] == "6000"
    asked = {**into, "CurrencyRef": {"value": "EUR"}}
    assert us.fault(us.post("transfer", us.transfer(**asked)))["code"] == "2410"
    before = us.postings()
    us.create(TRANSFER, us.transfer(**asked, ExchangeRate=1.1))
    assert us.moved(before) == {"1010": "-275.00", euros["Name"]: "275.00"}


@both
def test_a_repeat_returns_the_first_answer(us: Company, entity: str) -> None:
    key, before = fresh("req"), us.postings()
    source, target = _sides(entity)
    first = us.post(address(entity), _body(us, entity, Amount=10), requestid=key)
    assert us.post(address(entity), _body(us, entity, Amount=10), requestid=key).content == first.content
    assert us.moved(before) == {source: "-10.00", target: "10.00"}


def test_moves_go_in_batches_too(uk: Company) -> None:
    key, before = fresh("b"), uk.postings()
    items: list[Json] = [
        {"bId": "1", "operation": "create", "Transfer": uk.transfer(Amount=40)},
        {"bId": "2", "operation": "create", "CreditCardPaymentTxn": uk.card_payment(Amount=30)},
        {"bId": "3", "operation": "create", "CreditCardPaymentTxn": uk.card_payment(Amount=0)},
        {"bId": "4", "operation": "create", "CreditCardPayment": uk.card_payment()},
    ]
    for _ in range(2):
        rows = {row["bId"]: row for row in uk.batch(items, requestid=key).json()["BatchItemResponse"]}
        assert rows["1"]["Transfer"]["Amount"] == 40
        assert rows["3"]["Fault"]["Error"][0]["code"] == "6000"
        assert rows["4"]["Fault"]["Error"][0]["code"] == "2000"
        assert uk.moved(before) == {"1010": "-70.00", "1020": "40.00", "2110": "30.00"}
    made = rows["2"]["CreditCardPaymentTxn"]
    gone = {"bId": "1", "operation": "delete", "CreditCardPaymentTxn": {"Id": made["Id"], "SyncToken": "0"}}
    assert uk.batch([gone]).json()["BatchItemResponse"][0]["CreditCardPaymentTxn"]["status"] == "Deleted"


@pytest.mark.parametrize(("entity", "word"), [(TRANSFER, "Transfer"), (PAYMENT, "creditcardpayment")])
def test_moves_are_asked_by_day_and_time_but_not_by_amount(us: Company, entity: str, word: str) -> None:
    made = us.create(entity, _body(us, entity, TxnDate="2031-02-03"))
    for where in ("TxnDate = '2031-02-03'", f"Id = '{made['Id']}' and MetaData.CreateTime > '2020-01-01'"):
        assert made in us.query(f"select * from {word} where {where}")[entity]
    for name in ("Amount", "PrivateNote"):
        answer = us.call("GET", "query", params={"query": f"select * from {word} where {name} = '250'"})
        assert us.fault(answer)["Detail"].endswith(f"property '{name}' is not queryable")


def test_trouble_is_planned_for_them_by_their_envelope(us: Company) -> None:
    us.server.control("faults", {"entity": PAYMENT, "kind": "fault", "code": "6190"})
    assert us.fault(us.post("creditcardpayment", us.card_payment()))["code"] == "6190"


def test_the_control_plane_lists_them_by_either_word(sandbox: Server) -> None:
    for word in ("creditcardpayment", "CreditCardPaymentTxn"):
        answer = sandbox.control(f"companies/{US}/objects/{word}", method="GET")
        assert answer["entity"] == PAYMENT
