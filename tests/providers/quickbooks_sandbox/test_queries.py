from __future__ import annotations

import pytest
import simplejson

from .client import Company, Json, fresh


@pytest.fixture
def stem(us: Company) -> str:
    """Three charges of 10.5, 20 and 30.25 on 1, 2 and 3 March, numbered stem-a to stem-c."""
    stem = fresh("Q")
    for letter, amount, day in (("a", "10.5", 1), ("b", "20", 2), ("c", "30.25", 3)):
        body = us.charge(DocNumber=f"{stem}-{letter}", TxnDate=f"2026-03-0{day}", Line=[us.line(amount)])
        us.create("Purchase", body)
    return stem


CASES = [
    ("DocNumber = '{stem}-a'", "a"),
    ("docnumber = '{lower}-B'", "b"),
    ("DocNumber LIKE '{stem}-%'", "abc"),
    ("DocNumber LIKE '%{stem}-c'", "c"),
    ("DocNumber IN ('{stem}-a', '{stem}-c')", "ac"),
    ("DocNumber LIKE '{stem}-%' AND TotalAmt = '20.00'", "b"),
    ("DocNumber LIKE '{stem}-%' AND TotalAmt > '10.5'", "bc"),
    ("DocNumber LIKE '{stem}-%' AND TotalAmt >= 10.50", "abc"),
    ("DocNumber LIKE '{stem}-%' AND TotalAmt < '20'", "a"),
    ("DocNumber LIKE '{stem}-%' AND TotalAmt <= 20", "ab"),
    ("DocNumber LIKE '{stem}-%' AND TotalAmt != '20'", "ac"),
    ("DocNumber LIKE '{stem}-%' AND DocNumber != '{stem}-A'", "bc"),
    ("DocNumber LIKE '{stem}-%' AND TxnDate!='2026-03-03'", "ab"),
    ("DocNumber LIKE '{stem}-%' AND TotalAmt IN ('10.5', 30.25)", "ac"),
    ("DocNumber LIKE '{stem}-%' AND TxnDate = '2026-03-02'", "b"),
    ("DocNumber LIKE '{stem}-%' AND TxnDate > '2026-03-01' AND TxnDate <= '2026-03-03'", "bc"),
    ("DocNumber LIKE '{stem}-%' AND PaymentType = 'creditcard'", "abc"),
    ("DocNumber LIKE '{stem}-%' AND PaymentType = 'Check'", ""),
    ("DocNumber LIKE '{stem}-%' AND MetaData.CreateTime > '2020-01-01T00:00:00-07:00'", "abc"),
    ("DocNumber LIKE '{stem}-%' AND MetaData.LastUpdatedTime >= '2099-01-01T00:00:00Z'", ""),
    ("DocNumber LIKE '{stem}_%'", ""),
]


@pytest.mark.parametrize(("where", "letters"), CASES)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_conditions_find_what_they_say(us: Company, stem: str, where: str, letters: str, method: str) -> None:
    statement = f"SELECT * FROM Purchase WHERE {where.format(stem=stem, lower=stem.lower())} ORDERBY TxnDate"
    found = _rows(us, statement, method)
    assert "".join(row["DocNumber"][-1] for row in found) == letters


def _rows(us: Company, statement: str, method: str = "GET") -> list[Json]:
    if method == "GET":
        answer = us.call("GET", "query", params={"query": statement})
    else:
        answer = us.call("POST", "query", data=statement.encode(), headers={"Content-Type": "application/text"})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["QueryResponse"].get("Purchase", []))


@pytest.mark.parametrize(
    ("tail", "letters"),
    [
        ("ORDERBY TxnDate", "abc"),
        ("order by TxnDate desc", "cba"),
        ("ORDERBY TotalAmt DESC", "cba"),
        ("ORDERBY PaymentType ASC, TxnDate DESC", "cba"),
        ("", "cba"),
        ("ORDERBY TxnDate MAXRESULTS 2", "ab"),
        ("ORDERBY TxnDate STARTPOSITION 2", "bc"),
        ("orderby TxnDate startposition 2 maxresults 1", "b"),
        ("ORDERBY TxnDate STARTPOSITION 4", ""),
    ],
)
def test_order_and_pages(us: Company, stem: str, tail: str, letters: str) -> None:
    found = _rows(us, f"select * from purchase where DocNumber like '{stem}-%' {tail}")
    assert "".join(row["DocNumber"][-1] for row in found) == letters


def test_the_answer_counts_its_own_rows(us: Company, stem: str) -> None:
    like = f"where DocNumber like '{stem}-%'"
    page = us.query(f"select * from Purchase {like} startposition 2 maxresults 5")
    assert (page["startPosition"], page["maxResults"]) == (2, 2)
    assert us.query(f"select count(*) from Purchase {like}") == {"totalCount": 3}
    assert us.query("select * from Purchase where DocNumber = 'nowhere'") == {}
    assert set(us.query("select * from Preferences")) == {"Preferences", "maxResults"}


def test_chosen_columns_come_as_sparse_objects(us: Company, stem: str) -> None:
    row = us.query(f"select Id, docnumber from Purchase where DocNumber = '{stem}-a'")["Purchase"][0]
    assert set(row) == {"Id", "DocNumber", "domain", "sparse"}
    assert row["sparse"] is True


def test_ids_are_asked_by_equality_and_lists(us: Company) -> None:
    one, two = us.vendor("Staples"), us.vendor("Uber")
    assert us.query(f"select * from Vendor where Id = '{one}'")["maxResults"] == 1
    assert us.query(f"select * from Vendor where id in ('{one}', '{two}')")["maxResults"] == 2


def test_inactive_objects_are_hidden_unless_asked_for(us: Company) -> None:
    name = "where Name like 'Web hosting%'"
    assert us.query(f"select * from Account {name}") == {}
    assert us.query(f"select * from Account {name} and Active in (true, false)")["maxResults"] == 1
    hidden = us.query(f"select * from Account {name} and Active = false")["Account"][0]
    assert hidden["Name"] == "Web hosting (deleted)"


@pytest.mark.parametrize("name", ["O'Brien & Sons", "'Twas the O'Briens'", "Half + #1, Ltd", "Wait... what?! (UK)"])
@pytest.mark.parametrize("quote", ["\\'", "''"], ids=["backslash", "doubled"])
def test_awkward_names_are_found_when_escaped(us: Company, name: str, quote: str) -> None:
    unique = fresh(name)
    us.create("Vendor", {"DisplayName": unique})
    literal = unique.replace("\\", "\\\\").replace("'", quote)
    found = us.query(f"select * from Vendor where DisplayName = '{literal}'")
    assert [row["DisplayName"] for row in found["Vendor"]] == [unique]


@pytest.mark.parametrize("word", ["CURRENT_DATE", "current_date"])
def test_the_day_of_the_company_has_a_word(us: Company, word: str) -> None:
    made = us.create("Purchase", us.charge(DocNumber=fresh("CD"), TxnDate=None))
    older = us.create("Purchase", us.charge(DocNumber=fresh("CD"), TxnDate="2026-03-01"))
    numbers = f"DocNumber IN ('{made['DocNumber']}', '{older['DocNumber']}')"
    assert [row["Id"] for row in _rows(us, f"SELECT * FROM Purchase WHERE TxnDate = {word} AND {numbers}")] == [
        made["Id"]
    ]
    assert [row["Id"] for row in _rows(us, f"SELECT * FROM Purchase WHERE TxnDate < {word} AND {numbers}")] == [
        older["Id"]
    ]


BAD = [
    ("", "4000", "QueryParserError: The query provided was empty"),
    ("   ", "4000", "The query provided was empty"),
    ("select", "4000", "Encountered"),
    ("delete from Vendor", "4000", 'Encountered "delete"'),
    ("select * from Vendor where", "4000", "Encountered"),
    ("select * from Vendor where DisplayName = 'a' or DisplayName = 'b'", "4000", 'Encountered "or"'),
    ("select * from Vendor where DisplayName <> 'a'", "4000", "Encountered"),
    ("select * from Attachable where AttachableRef.EntityRef.value != '1'", "4001", "operator !="),
    ("select * from Vendor where not Active = true", "4000", "Encountered"),
    ("select * from Vendor where (Active = true)", "4000", "Encountered"),
    ("select * from Vendor where DisplayName = 'O'Brien'", "4000", "Encountered"),
    ("select * from Vendor where DisplayName = 'open", "4000", "Encountered"),
    ("select * from Vendor where DisplayName = 'lone\\slash'", "4000", "backslash"),
    ("select * from Vendor where DisplayName = unquoted", "4000", "Encountered"),
    ("select * from Vendor group by DisplayName", "4000", "Encountered"),
    ("select * from Vendor maxresults ten", "4000", "Encountered"),
    ("select * from Vendor maxresults 0", "4001", "value 0 is too small. Min allowed value is 1"),
    ("select * from Vendor maxresults 1001", "4001", "too large"),
    *(
        (f"select * from Vendor {word} {number}", "4001", "Max allowed value is 2147483647")
        for word in ("startposition", "maxresults")
        for number in ("99999999999999999999", "9" * 5000)
    ),
    ("select * from Vendor startposition \u0663", "4000", "Encountered"),
    ("select * from Purchase where TotalAmt > 'NaN'", "4001", "not valid"),
    ("select * from Vendor where DisplayName like '" + "%a" * 40_000 + "'", "4001", "too long"),
    ("select * from Vendor where " + " and ".join(["Active = true"] * 3000), "4001", "too many conditions"),
    ("select * from Vendor where Id in (" + ",".join(["'1'"] * 40_000) + ")", "4001", "too many conditions"),
    ("select * from Vendor orderby " + ",".join(["DisplayName"] * 3000), "4001", "too many conditions"),
    ("select * from Spaceship", "4001", "Spaceship"),
    ("select * from Vendor where Nickname = 'x'", "4001", "property 'Nickname' not found"),
    ("select Nickname from Vendor", "4001", "property 'Nickname' not found"),
    ("select * from Purchase where PrivateNote = 'x'", "4001", "property 'PrivateNote' is not queryable"),
    ("select * from Purchase where DepartmentRef = '1'", "4001", "property 'DepartmentRef' is not queryable"),
    ("select * from Purchase where AccountRef = '1'", "4001", "property 'AccountRef' is not queryable"),
    ("select * from Purchase where Line.Amount = '1'", "4001", "property 'Line.Amount' is not queryable"),
    ("select * from Purchase orderby PrivateNote", "4001", "not queryable"),
    ("select * from Purchase where Id > '5'", "4001", "operator >"),
    ("select * from Purchase where TxnDate like '2026%'", "4001", "operator LIKE"),
    ("select * from Purchase where TxnDate > '1 March'", "4001", "not valid"),
    ("select * from Purchase where MetaData.CreateTime > '2026-03-01T00:00:00 07:00'", "4001", "not valid"),
    ("select * from Vendor where Active = 'perhaps'", "4001", "not valid"),
]


@pytest.mark.parametrize(("statement", "code", "words"), BAD)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_bad_statement_is_refused(us: Company, statement: str, code: str, words: str, method: str) -> None:
    if method == "GET" and len(statement) < 4000:
        answer = us.call("GET", "query", params={"query": statement})
    else:
        answer = us.call("POST", "query", data=statement.encode(), headers={"Content-Type": "application/text"})
    fault = us.fault(answer)
    assert fault["code"] == code, fault
    assert words in fault["Detail"]
    assert fault["element"] is None


def test_a_posted_statement_has_its_own_content_type(us: Company) -> None:
    assert us.fault(us.call("POST", "query", data="select * from Vendor"))["code"] == "1050"


@pytest.mark.parametrize(
    ("sent", "shown"),
    [("42.50", "42.5"), ("42.00", "42"), ("0", "0"), ("0.10", "0.1"), ("100", "100"), ("9999999999.99",) * 2],
)
def test_amounts_are_exact_and_without_trailing_zeros(us: Company, sent: str, shown: str) -> None:
    answer = us.post("purchase", us.charge(Line=[us.line(sent)]))
    assert f'"TotalAmt":{shown},' in answer.text
    assert f'"Amount":{shown},' in answer.text


def test_totals_do_not_drift(us: Company) -> None:
    answer = us.post("purchase", us.charge(Line=[us.line("0.1"), us.line("0.2")]))
    assert '"TotalAmt":0.3,' in answer.text
    assert simplejson.loads(answer.text, use_decimal=True)["Purchase"]["TotalAmt"] == simplejson.loads(
        "0.3", use_decimal=True
    )
