from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from .client import CLIENT, ROOT, UK, US, Company, Server, fresh


@pytest.fixture(scope="module")
def lenient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Every switch on its friendlier side."""
    server = Server(
        tmp_path_factory.mktemp("lenient"),
        SANDBOX_ROTATE_REFRESH="daily",
        SANDBOX_ACCESS_AFTER_REFRESH="lives",
        SANDBOX_REMEMBER_FAILURES="yes",
        SANDBOX_REQUESTID_MISMATCH="refuse",
        SANDBOX_REQUESTID_MINUTES="0",
        SANDBOX_MAXRESULTS_OVER="cap",
        SANDBOX_LONE_BACKSLASH="keep",
        SANDBOX_WIDE_TEXT="replace",
        SANDBOX_VENDOR_CURRENCY="ignore",
        SANDBOX_CLASS_OFF="drop",
        SANDBOX_PAYABLE_LINES="allow",
        SANDBOX_CASH_ACCOUNTS="assets",
        SANDBOX_RETRY_AFTER="7",
        SANDBOX_VAT_CODE="optional",
        SANDBOX_NAME_SPACES="keep",
        SANDBOX_NAME_MARKS="most",
        SANDBOX_NAME_LENGTH="newer",
        SANDBOX_CLASS_LISTS="allow",
        SANDBOX_SPARSE_REPEATS="recorded",
        SANDBOX_DELETE_BODY="any",
        SANDBOX_AMOUNT_QUERY="allow",
        SANDBOX_PAYMENT_NUMBERS="unique",
        SANDBOX_ACCOUNT_NUMBER_LENGTH="older",
        SANDBOX_NOT_EQUAL="refuse",
        SANDBOX_DOUBLED_QUOTE="refuse",
    )
    yield server
    server.kill()


@pytest.fixture
def us(lenient: Server) -> Company:
    return lenient.company()


def test_within_a_day_a_refresh_may_keep_its_value(lenient: Server) -> None:
    first = lenient.grant()
    second = lenient.refresh(first["refresh_token"]).json()
    assert second["refresh_token"] == first["refresh_token"]
    assert Company(lenient, US, first["access_token"]).call("GET", "preferences").status_code == 200


def test_a_refusal_may_be_remembered(us: Company) -> None:
    key, wrong = fresh("req"), us.charge(PaymentType=None)
    first = us.post("purchase", wrong, requestid=key)
    assert us.post("purchase", wrong, requestid=key).content == first.content


def test_another_body_under_a_request_id_may_be_refused(us: Company) -> None:
    key = fresh("req")
    first = us.post("purchase", us.charge(), requestid=key)
    assert us.fault(us.post("purchase", us.charge(PrivateNote="x"), requestid=key))["code"] == "600"
    assert us.post("purchase", us.charge(), requestid=key).content == first.content


def test_queries_may_be_forgiving(us: Company) -> None:
    assert us.query("select * from Vendor maxresults 5000")["maxResults"] > 0
    assert us.query("select * from Vendor where DisplayName = 'a\\b'") == {}


def test_what_the_books_cannot_hold_may_be_altered_or_dropped(us: Company) -> None:
    assert us.create("Purchase", us.charge(PrivateNote="Joe’s"))["PrivateNote"] == "Joe?s"
    uk = us.server.company(UK)
    line = uk.line(detail={"ClassRef": {"value": "1"}})
    made = uk.create("Purchase", uk.charge(DepartmentRef={"value": "3"}, Line=[line]))
    assert "DepartmentRef" not in made
    assert "ClassRef" not in made["Line"][0]["AccountBasedExpenseLineDetail"]


def test_classes_may_be_made_while_they_are_off(lenient: Server) -> None:
    uk = lenient.company(UK)
    made = uk.create("Class", {"Name": fresh("C")})
    assert uk.query("select * from Class")["Class"] == [made]


def test_account_numbers_may_be_as_short_as_they_were(us: Company) -> None:
    body = {"Name": fresh("A"), "AccountType": "Expense", "AcctNum": "12345678"}
    assert us.fault(us.post("account", body))["code"] == "2050"
    us.create("Account", {**body, "AcctNum": fresh("")[-7:]})


@pytest.mark.parametrize("where", ["DisplayName != 'a'", "DisplayName = 'O''Brien'"])
def test_only_what_is_documented_may_be_asked(us: Company, where: str) -> None:
    answer = us.call("GET", "query", params={"query": f"select * from Vendor where {where}"})
    assert us.fault(answer)["code"] == "4000"


def test_a_sparse_update_may_leave_out_what_stays(us: Company) -> None:
    made = us.create("Transfer", us.transfer())
    kept = {name: made[name] for name in ("Id", "SyncToken")}
    assert us.create("Transfer", {**kept, "sparse": True, "PrivateNote": "x"})["Amount"] == 250


def test_a_delete_may_carry_more_than_it_needs(us: Company) -> None:
    made = us.create("Transfer", us.transfer())
    assert us.post("transfer", made, operation="delete").json()["Transfer"]["status"] == "Deleted"
    charge = us.create("Purchase", us.charge())
    assert us.post("purchase", charge, operation="delete").json()["Purchase"]["status"] == "Deleted"


def test_what_was_moved_may_be_asked_by_amount(us: Company) -> None:
    made = us.create("Transfer", us.transfer(Amount=8123.07))
    assert [row["Id"] for row in us.query("select * from Transfer where Amount = '8123.07'")["Transfer"]] == [
        made["Id"]
    ]


def test_cheque_numbers_of_card_payments_may_have_to_differ(us: Company) -> None:
    payment = us.card_payment(CheckNum=fresh("K"))
    made = us.create("CreditCardPaymentTxn", payment)
    fault = us.fault(us.post("creditcardpayment", payment))
    assert fault["code"] == "6140"
    assert fault["Detail"].endswith(f"with TxnId={made['Id']}")


def test_account_rules_may_be_looser(us: Company) -> None:
    us.create("Purchase", us.charge(Line=[us.line(account="2000")]))
    us.create("Purchase", us.charge(PaymentType="Cash", AccountRef={"value": us.account("1300")}))


def test_a_taxed_line_may_go_without_a_code(lenient: Server) -> None:
    uk = lenient.company(UK)
    assert uk.create("Purchase", uk.charge(GlobalTaxCalculation=None))["GlobalTaxCalculation"] == "TaxExcluded"


def test_names_may_keep_their_blanks(us: Company) -> None:
    assert us.create("Vendor", {"DisplayName": " Staples "})["DisplayName"] == " Staples "


@pytest.mark.parametrize("name", ["50% + #1, Ltd", "back\\slash", 'A/B <c> "d"', "x" * 400])
def test_names_may_hold_most_marks_and_be_long(us: Company, name: str) -> None:
    unique = fresh(name)
    assert us.create("Vendor", {"DisplayName": unique})["DisplayName"] == unique
    literal = unique.replace("\\", "\\\\").replace("'", "\\'")
    found = us.query(f"select * from Vendor where DisplayName = '{literal}'")
    assert [row["DisplayName"] for row in found["Vendor"]] == [unique]
    assert us.fault(us.post("vendor", {"DisplayName": "x" * 501}))["code"] == "2050"


def test_a_vendor_may_lose_a_foreign_currency_in_silence(us: Company) -> None:
    us.server.control(f"companies/{US}/preferences", {"MultiCurrencyEnabled": True})
    made = us.create("Vendor", {"DisplayName": fresh("V"), "CurrencyRef": {"value": "EUR"}})
    us.server.control(f"companies/{US}/preferences", {"MultiCurrencyEnabled": False})
    assert made["CurrencyRef"]["value"] == "USD"


def test_a_throttle_may_say_when_to_come_back(us: Company) -> None:
    us.server.control("throttle", {"on": True, "per_minute": 1})
    us.call("GET", "preferences")
    answer = us.call("GET", "preferences")
    us.server.control("throttle", {"on": False, "per_minute": 500})
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")


def test_other_keys_are_known_by_the_environment(own: Callable[..., Server]) -> None:
    server = own(QUICKBOOKS_CLIENT_ID="other", QUICKBOOKS_CLIENT_SECRET="secret", SANDBOX_REUSED_REFRESH="revoke")
    assert server.token(CLIENT, grant_type="refresh_token", refresh_token="x").status_code == 401
    assert server.token(("other", "secret"), grant_type="refresh_token", refresh_token="x").status_code == 400


def test_queries_may_lag_behind_the_books(own: Callable[..., Server]) -> None:
    us = own(SANDBOX_QUERY_LAG="60").company()
    made = us.create("Vendor", {"DisplayName": fresh("V")})
    assert us.call("GET", f"vendor/{made['Id']}").status_code == 200
    assert us.query(f"select * from Vendor where Id = '{made['Id']}'") == {}
    assert us.query("select count(*) from Vendor") == {"totalCount": 12}


def test_a_spent_refresh_token_may_end_the_grant(own: Callable[..., Server]) -> None:
    server = own(SANDBOX_REUSED_REFRESH="revoke")
    first = server.grant()
    second = server.refresh(first["refresh_token"]).json()
    assert server.refresh(first["refresh_token"]).status_code == 400
    assert server.refresh(second["refresh_token"]).status_code == 400


def test_a_switch_that_is_no_word_is_refused_at_the_start() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "integrations.providers.quickbooks.sandbox", "--port", "0"],
        cwd=ROOT,
        env={**os.environ, "SANDBOX_ROTATE_REFRESH": "sometimes"},
        capture_output=True,
        text=True,
        timeout=20,
    )
    assert done.returncode == 2
    assert "SANDBOX_ROTATE_REFRESH must be one of always, daily" in done.stderr
