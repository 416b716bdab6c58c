"""The books as a person reads them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html import unescape
from html.parser import HTMLParser

import pytest
import requests

from .client import UK, US, Company, Server, fresh
from .selling import form, item, off, sold

SECTIONS = (
    *("", "/transactions", "/accounts", "/vendors", "/customers", "/employees", "/items", "/lists", "/reports"),
    *("/reports/TrialBalance", "/reports/ProfitAndLoss", "/reports/BalanceSheet", "/attachments", "/audit"),
    *("/preferences/1", "/companyinfo/1", "/lists/class", "/account/1"),
)
OF_THE_SANDBOX = ("/", "/requests", "/faults", "/counters", "/connections", "/control")


def page(server: Server, path: str, status: int = 200) -> str:
    answer = requests.get(f"{server.url}{path}", timeout=10)
    assert answer.status_code == status, (path, answer.status_code)
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    return answer.text


def of(company: Company, path: str = "", status: int = 200) -> str:
    return page(company.server, f"/companies/{company.realm}{path}", status)


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found |= {value for name, value in attributes if name in ("href", "src") and value}


def links(text: str) -> Iterator[str]:
    reader = _Links()
    reader.feed(text)
    return (link.partition("#")[0] for link in reader.found if link.startswith("/"))


def test_home_leads_to_every_company_and_says_how_to_connect(sandbox: Server) -> None:
    text = page(sandbox, "/")
    for row in sandbox.control("companies", method="GET")["companies"]:
        assert f'href="/companies/{row["realm"]}"' in text
    assert f"{sandbox.url}/.well-known/openid_sandbox_configuration" in text
    assert "SANDBOX_QUERY_LAG" in text


def test_every_section_answers_for_every_company(sandbox: Server) -> None:
    for row in sandbox.control("companies", method="GET")["companies"]:
        for path in SECTIONS:
            assert "<h1>" in page(sandbox, f"/companies/{row['realm']}{path}")


def test_every_link_within_a_few_steps_leads_somewhere(own: Callable[..., Server]) -> None:
    """In books of its own: what others have deleted says so, and is not found."""
    us = own().company()
    us.create("Purchase", us.charge(DocNumber=fresh("CR")))
    seen, ahead = set[str](), [f"/companies/{US}", "/"]
    while ahead and len(seen) < 120:
        path = ahead.pop(0)
        answer = requests.get(us.server.url + path, timeout=10)
        assert answer.status_code == 200, path
        seen.add(path)
        ahead += [link for link in links(answer.text) if link not in seen and link not in ahead]


def test_a_posted_charge_is_the_newest_on_the_page_of_its_company(us: Company) -> None:
    number = fresh("N")
    made = us.create("Purchase", us.charge(DocNumber=number, Line=[us.line("1234.5")]))
    text = of(us)
    for words in (number, "1,234.50", "14 Aug 2026", "6110 Office supplies", f'id="Purchase-{made["Id"]}"'):
        assert words in text


def test_refunds_transfers_and_card_payments_read_as_registers_print_them(us: Company) -> None:
    us.create("Purchase", us.charge(TxnDate="2098-05-03", Credit=True, Line=[us.line("7")]))
    us.create("Transfer", us.transfer(TxnDate="2098-05-04", Amount=1234))
    us.create("CreditCardPaymentTxn", us.card_payment(TxnDate="2098-05-05", CheckNum="K-9 <i>"))
    text = of(us, "/transactions?from=2098-05-03&to=2098-05-05")
    for words in (
        "Card credit",
        "−7.00",
        "1010 Operating checking → 2110 Flex Card",
        "K-9 &lt;i&gt;",
        "→ 1020 Savings",
    ):
        assert words in text
    assert text.index("5 May 2098") < text.index("4 May 2098")


@pytest.mark.parametrize("words", ["{number}", "%1 off", "kiosk", "8,675.30", "8675.3"])
def test_transactions_are_found_by_number_note_payee_and_amount(us: Company, words: str) -> None:
    number = fresh("SE")
    vendor = us.create("Vendor", {"DisplayName": fresh("KIOSK")})
    payee, note = {"value": vendor["Id"], "type": "Vendor"}, fresh("%1 off")
    us.create("Purchase", us.charge(DocNumber=number, EntityRef=payee, PrivateNote=note, Line=[us.line("8675.30")]))
    other = us.create("Purchase", us.charge(DocNumber=fresh("OT")))
    asked = {"q": words.format(number=number.lower())}
    text = requests.get(f"{us.server.url}/companies/{US}/transactions", params=asked, timeout=10).text
    assert number in text
    assert other["DocNumber"] not in text


def test_a_document_shows_its_lines_its_journal_and_what_paid_it(us: Company) -> None:
    vendor = us.vendor("Staples")
    bill = us.create("Bill", {"VendorRef": {"value": vendor}, "DocNumber": fresh("B"), "Line": [us.line("80")]})
    line = {"Amount": 30, "LinkedTxn": [{"TxnId": bill["Id"], "TxnType": "Bill"}]}
    bank = {"BankAccountRef": us.ref("1010")}
    paid = {"VendorRef": {"value": vendor}, "PayType": "Check", "CheckPayment": bank, "TotalAmt": 30, "Line": [line]}
    payment = us.create("BillPayment", paid)
    text = of(us, f"/bill/{bill['Id']}")
    for words in ("50.00 open", "Debits equal credits", "2000 Accounts payable", "Paid by", "Staples", "6110 Office"):
        assert words in text
    assert f"/companies/{US}/billpayment/{payment['Id']}" in text
    assert "Applied to" in of(us, f"/billpayment/{payment['Id']}")
    assert f"/companies/{US}/bill/{bill['Id']}" in of(us, f"/vendor/{vendor}")


@pytest.mark.parametrize("address", ["purchase/{id}", "Purchase/{id}", "transaction/{id}"])
def test_every_document_has_an_address_of_its_own(us: Company, address: str) -> None:
    made = us.create("Purchase", us.charge(DocNumber=fresh("AD")))
    assert made["DocNumber"] in of(us, f"/{address.format(id=made['Id'])}")


def test_the_real_ones_addresses_open_a_document_too(us: Company) -> None:
    made = us.create("Purchase", us.charge(DocNumber=fresh("APP")))
    text = page(us.server, f"/app/expense?txnId={made['Id']}")
    assert made["DocNumber"] in text or f"/companies/{US}/purchase/{made['Id']}" in text
    page(us.server, "/app/expense?txnId=987654321", 404)


def test_a_deleted_document_says_when_it_went_and_what_was_done_to_it(us: Company) -> None:
    made = us.create("Purchase", us.charge())
    us.delete("Purchase", made)
    text = of(us, f"/purchase/{made['Id']}", 404)
    assert "was deleted on" in text
    assert ">Deleted<" in text


def test_a_register_carries_the_balance_from_page_to_page(us: Company) -> None:
    account = us.create("Account", {"Name": fresh("Register"), "AccountType": "Bank", "AccountSubType": "Checking"})
    to = {"value": account["Id"]}
    for day in range(1, 28):
        us.create("Transfer", us.transfer(ToAccountRef=to, Amount=10, TxnDate=f"2026-03-{day:02}"))
        us.create("Transfer", us.transfer(ToAccountRef=to, Amount=1, TxnDate=f"2026-03-{day:02}"))
    first = of(us, f"/account/{account['Id']}")
    assert "297.00" in first
    assert "1010 Operating checking" in first
    older = unescape(first.partition('class="next"')[0].rpartition('href="')[2].rstrip('" '))
    # The last four of 54 postings: 1 and 2 March.
    assert "22.00" in requests.get(f"{us.server.url}/companies/{US}/account/{account['Id']}{older}", timeout=10).text


def test_accounts_stand_under_one_heading_of_their_kind_with_what_is_below_them_indented(us: Company) -> None:
    text = of(us, "/accounts")
    assert [text.count(f">{kind}</th>") for kind in ("Assets", "Expenses")] == [1, 1]
    assert '<tr class="deep-1">' in text
    assert 'class="chip">inactive' in text
    assert "Debits equal credits." in text


def test_a_list_is_turned_by_key_without_losing_or_repeating_a_document(us: Company) -> None:
    day = "2097-01-01"
    items = [
        {"bId": str(at), "operation": "create", "Purchase": us.charge(DocNumber=fresh("P"), TxnDate=day)}
        for at in range(30)
    ]
    us.batch(items)
    us.batch([{**item, "Purchase": {**item["Purchase"], "DocNumber": fresh("P")}} for item in items])
    path, seen = f"/companies/{US}/transactions?from={day}&to={day}&type=Purchase", list[str]()
    while path:
        text = page(us.server, path)
        seen += [each.partition('"')[0] for each in text.split('<tr id="Purchase-')[1:]]
        before, found, _ = text.partition('" class="next"')
        path = unescape(before.rpartition('href="')[2]) if found else ""
    assert len(seen) == len(set(seen)) == 60


def test_a_page_asks_no_more_of_a_large_company_than_of_a_small_one(us: Company) -> None:
    def statements(path: str) -> str:
        return requests.get(f"{us.server.url}/companies/{US}{path}", timeout=10).headers["Server-Timing"]

    paths = ("/transactions?type=Purchase", "/account/" + us.account("2110"), "/accounts", "/vendors", "/audit")
    us.create("Purchase", us.charge())
    before = [statements(path) for path in paths]
    for _ in range(3):
        vendors = [us.create("Vendor", {"DisplayName": fresh("Many")}) for _ in range(4)]
        lines = [us.line(account=number) for number in ("6110", "6120", "6140")]
        for each in vendors:
            us.create("Purchase", us.charge(EntityRef={"value": each["Id"], "type": "Vendor"}, Line=lines))
    assert [statements(path) for path in paths] == before


def test_what_is_not_there_has_a_readable_page(sandbox: Server) -> None:
    assert "No such company" in page(sandbox, "/companies/1", 404)
    for path in ("spaceship/1", "purchase/999999999", "purchase/x", f"purchase/{10**30}", "lists/spaceship"):
        assert "No such" in page(sandbox, f"/companies/{US}/{path}", 404)
    page(sandbox, "/requests/999999999", 404)
    assert "All companies" in page(sandbox, "/nowhere", 404)
    page(sandbox, f"/companies/{US}/attachable/1/open", 404)


ODD = ("after=x", "after=1.2.3", "after=9.9.9.9.9.9", "from=x&to=y", "type=x", "party=x", "q=%00")


@pytest.mark.parametrize("query", ODD)
@pytest.mark.parametrize("path", ["/transactions", "/account/1", "/vendors", "/audit", "/lists/class", "/attachments"])
def test_a_query_that_makes_no_sense_still_has_a_page(sandbox: Server, path: str, query: str) -> None:
    page(sandbox, f"/companies/{UK}{path}?{query}")


def test_an_attachment_opens_from_the_document_it_lies_with(us: Company) -> None:
    made = us.create("Purchase", us.charge())
    reference = {"EntityRef": {"type": "Purchase", "value": made["Id"]}}
    note = us.create("Attachable", {"Note": "Ask <Lena>", "AttachableRef": [reference]})
    assert f"/companies/{US}/purchase/{made['Id']}" in of(us, f"/attachable/{note['Id']}")
    assert "Ask &lt;Lena&gt;" in of(us, f"/purchase/{made['Id']}")
    assert f"/companies/{US}/attachable/{note['Id']}" in of(us, "/attachments")


def test_times_say_in_which_zone_they_are(sandbox: Server) -> None:
    assert " UTC</time>" in page(sandbox, "/")
    assert "times of Los Angeles" in page(sandbox, f"/companies/{US}")


def test_the_history_of_a_bill_tells_what_its_total_was_and_what_paid_it(us: Company) -> None:
    vendor: dict[str, str] = {"value": us.vendor("Staples")}
    bill = us.create("Bill", {"VendorRef": vendor, "Line": [us.line("80")]})
    bill = us.create("Bill", {**bill, "Line": [us.line("95.5")]})
    line = {"Amount": 30, "LinkedTxn": [{"TxnId": bill["Id"], "TxnType": "Bill"}]}
    bank = {"BankAccountRef": us.ref("1010")}
    paid = {"VendorRef": vendor, "PayType": "Check", "CheckPayment": bank, "TotalAmt": 30, "Line": [line]}
    payment = us.create("BillPayment", paid)
    history = of(us, f"/bill/{bill['Id']}").partition('id="history"')[2]
    assert "Total 80.00 → 95.50" in history
    assert f'30.00 by <a href="/companies/{US}/billpayment/{payment["Id"]}"' in history
    assert "1010 Operating checking</a></dd>" in of(us, f"/billpayment/{payment['Id']}")


def test_preferences_stand_in_groups_with_their_names(us: Company) -> None:
    text = of(us, "/preferences/1")
    assert ">Accounting info</h2>" in text
    assert "<dt>Use account numbers</dt>" in text


@pytest.mark.parametrize("name", ["TrialBalance", "BalanceSheet", "AgedPayables", "VendorBalance"])
def test_a_report_of_one_day_asks_for_one_day(us: Company, name: str) -> None:
    text = of(us, f"/reports/{name}?report_date=2026-07-01&end_date=2026-07-01")
    assert text.count('type="date"') == 1
    assert "as of 1 Jul 2026" in text


@pytest.mark.parametrize("asked", ["start_date=2026-12-01&end_date=2026-01-01&accounting_method=cash"])
def test_a_report_that_cannot_be_drawn_keeps_what_was_asked(us: Company, asked: str) -> None:
    text = of(us, f"/reports/ProfitAndLoss?{asked}", 400)
    assert "The report cannot be drawn." in text
    for words in ('name="start_date" value="2026-12-01"', 'name="end_date" value="2026-01-01"', "selected>Cash<"):
        assert words in text


def test_a_discount_is_told_as_what_it_takes_away(us: Company) -> None:
    made = form(us, "Invoice", sold(item(us), 100), off(PercentBased=True, DiscountPercent=10))
    text = of(us, f"/invoice/{made['Id']}").partition('id="lines"')[2]
    assert ">Discount, 10 %<" in text
    assert ">−10.00<" in text


def test_a_tax_code_stands_on_a_line_by_its_name_and_tells_its_rates(uk: Company) -> None:
    [code] = uk.query("select * from TaxCode where Name = '20.0% S'")["TaxCode"]
    line = uk.line("10")
    line["AccountBasedExpenseLineDetail"]["TaxCodeRef"] = {"value": code["Id"]}
    made = uk.create("Purchase", uk.charge(Line=[line]))
    assert f'/companies/{UK}/taxcode/{code["Id"]}">20.0% S</a>' in of(uk, f"/purchase/{made['Id']}")
    text = of(uk, f"/taxcode/{code['Id']}")
    assert "<dt>Rates on purchases</dt>" in text
    assert ">20.0% S (Purchases)</a>" in text


def test_a_journal_entry_shows_no_total_of_nothing(us: Company) -> None:
    sides = (("Debit", "6110"), ("Credit", "1010"))
    details = ({"PostingType": side, "AccountRef": us.ref(number)} for side, number in sides)
    kind = "JournalEntryLineDetail"
    made = us.create("JournalEntry", {"Line": [{"Amount": 10, "DetailType": kind, kind: each} for each in details]})
    assert "<tfoot>" not in of(us, f"/journalentry/{made['Id']}").partition("Journal beneath")[0]


def test_documents_are_tied_by_what_one_does_with_the_other(us: Company) -> None:
    waiting = form(us, "SalesReceipt", sold(item(us), 40))
    taken = {"Amount": 40, "LinkedTxn": [{"TxnId": waiting["Id"], "TxnType": "SalesReceipt", "TxnLineId": "0"}]}
    deposit = us.create("Deposit", {"DepositToAccountRef": us.ref("1010"), "Line": [taken]})
    assert "Deposited by" in of(us, f"/salesreceipt/{waiting['Id']}")
    assert "Deposits" in of(us, f"/deposit/{deposit['Id']}").partition('id="tied-to"')[2]


def test_a_long_memo_is_whole_on_its_document_and_brief_in_registers(us: Company) -> None:
    number, memo = fresh("ME"), " ".join(["word"] * 300)
    made = us.create("Purchase", us.charge(DocNumber=number, PrivateNote=memo))
    assert memo in of(us, f"/purchase/{made['Id']}")
    row = of(us, f"/transactions?q={number}").partition(number)[2]
    assert "word …" in row
    assert memo not in row


def test_both_sides_of_a_merge_name_the_other(us: Company) -> None:
    loser, winner = (us.create("Vendor", {"DisplayName": fresh("Merging")}) for _ in range(2))
    asked = {"act": "merge", "entity": "Vendor", "id": loser["Id"], "into": winner["Id"]}
    us.server.control(f"companies/{US}/human", asked)
    assert f"Took in vendor {loser['Id']}" in of(us, f"/vendor/{winner['Id']}")
    assert f'Into <a href="/companies/{US}/vendor/{winner["Id"]}"' in of(us, f"/vendor/{loser['Id']}", 404)


def test_a_ledger_of_any_company_writes_its_figures_as_figures(sandbox: Server) -> None:
    for row in sandbox.control("companies", method="GET")["companies"]:
        text = page(sandbox, f"/companies/{row['realm']}/reports/GeneralLedger?start_date=2014-01-01")
        assert '<th scope="col" class="num">Amount</th>' in text or "Nothing to report" in text
