"""What never stands on a page, and who may change anything from one."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
import requests

from .client import CLIENT, UK, US, Company, Server, fresh
from .test_pages import OF_THE_SANDBOX, SECTIONS, of, page

HOSTILE = "<script>alert('1')</script>\" onload=\"x"


def test_no_token_code_or_secret_ever_stands_on_a_page(sandbox: Server) -> None:
    code = sandbox.consent(US)["code"]
    given = sandbox.token(
        grant_type="authorization_code", code=code, redirect_uri="http://localhost:8000/callback?tenant=7"
    ).json()
    again = sandbox.refresh(given["refresh_token"]).json()
    sandbox.token(client=None, grant_type="refresh_token", client_id=CLIENT[0], client_secret=CLIENT[1])
    Company(sandbox, US, again["access_token"]).query("SELECT * FROM Vendor")
    hidden = [code, *(pair[name] for pair in (given, again) for name in ("access_token", "refresh_token")), CLIENT[1]]
    numbers = re.findall(r'href="/requests/(\d+)"', page(sandbox, "/requests"))
    paths = [*OF_THE_SANDBOX, *(f"/companies/{US}{path}" for path in SECTIONS), *(f"/requests/{n}" for n in numbers)]
    for path in (*paths, *(f"/requests?q={secret}" for secret in hidden)):
        text = page(sandbox, path).replace(f'value="{path.partition("=")[2]}"', "")
        # The secret that everybody knows is no secret, and stands where clients are told how to connect.
        told = (CLIENT[1],) if path == "/" else ()
        found = [secret for secret in hidden if secret in text and secret not in path and secret not in told]
        assert not found, path


def test_what_others_wrote_is_escaped_wherever_it_is_shown(us: Company) -> None:
    memo = HOSTILE + fresh("x")
    made = us.create(
        "Purchase", us.charge(PrivateNote=memo, DocNumber="<b>" + fresh("H"), Line=[us.line(Description=memo)])
    )
    changed = {name: value for name, value in made.items() if name != "PurchaseEx"}
    us.post("purchase", {**changed, "PrivateNote": memo + "!"})
    us.query(f"SELECT * FROM Vendor WHERE DisplayName = '<script>{fresh('q')}'")
    numbers = re.findall(r'href="/requests/(\d+)"', page(us.server, "/requests"))[:6]
    shown = [*(f"/companies/{US}{path}" for path in ("", "/transactions", "/audit", f"/purchase/{made['Id']}"))]
    for path in (*shown, "/requests", *(f"/requests/{number}" for number in numbers), "/transactions?q=<script>"):
        text = requests.get(us.server.url + path, timeout=10).text
        assert "<script>" not in text
        assert 'onload="x' not in text


def test_pages_are_made_of_our_own_files_only(sandbox: Server) -> None:
    answer = requests.get(f"{sandbox.url}/companies/{US}", timeout=10)
    assert answer.headers["Content-Security-Policy"].startswith(
        "default-src 'none'; style-src 'self'; script-src 'self'"
    )
    assert " style=" not in answer.text
    for path in re.findall(r'(?:href|src)="(/assets/[^"]+)"', answer.text):
        found = requests.get(sandbox.url + path, timeout=10)
        assert (found.status_code, "immutable" in found.headers["Cache-Control"]) == (200, True)
    assert requests.get(f"{sandbox.url}/assets/000000000000/style.css", timeout=10).status_code == 404


DEEDS = (
    ("/faults", {"kind": "drop_before"}),
    ("/faults/clear", {}),
    ("/requests", {"wish": "off"}),
    ("/connections", {"grant": "1", "wish": "disconnect"}),
    ("/control/reset", {"sure": "on"}),
)


@pytest.mark.parametrize(("path", "form"), DEEDS)
@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", ""])
def test_another_site_changes_nothing(sandbox: Server, path: str, form: dict[str, str], origin: str) -> None:
    headers = {"Origin": origin} if origin else {}
    answer = requests.post(sandbox.url + path, data=form, headers=headers, allow_redirects=False, timeout=10)
    assert answer.status_code == 403
    assert "Nothing was changed." in answer.text
    assert sandbox.control("faults", method="GET")["planned"] == []


def test_a_name_that_only_leads_here_changes_nothing(sandbox: Server) -> None:
    headers = {"Origin": "http://rebound.example", "Host": "rebound.example"}
    answer = requests.post(f"{sandbox.url}/faults", data={"kind": "drop_before"}, headers=headers, timeout=10)
    assert answer.status_code == 403


def send(server: Server, path: str, **form: str) -> requests.Response:
    return requests.post(server.url + path, data=form, headers={"Origin": server.url}, timeout=10)


def test_a_fault_is_planned_and_cleared_from_its_page(sandbox: Server) -> None:
    sandbox.touched.add("faults")
    text = send(sandbox, "/faults", kind="fault", entity="Purchase", operation="create", times="2", code="6000").text
    assert "fault" in text
    planned = sandbox.control("faults", method="GET")["planned"]
    assert [(each["kind"], each["entity"], each["times"], each["code"]) for each in planned] == [
        ("fault", "Purchase", 2, "6000")
    ]
    assert "kind must be" in send(sandbox, "/faults", kind="boredom").text
    send(sandbox, "/faults/clear")
    assert sandbox.control("faults", method="GET")["planned"] == []


def test_a_scenario_is_played_from_its_page(sandbox: Server) -> None:
    sandbox.touched.add("faults")
    send(sandbox, "/faults/play", scenario="lost-refresh")
    assert [each["entity"] for each in sandbox.control("faults", method="GET")["planned"]] == ["token"]
    assert "no such scenario" in send(sandbox, "/faults/play", scenario="<b>").text


def test_clock_snapshots_and_first_day_are_steered_from_their_page(own: Callable[..., Server]) -> None:
    server = own()
    company = server.company()
    assert ">first<" in send(server, "/control/snapshots", name="first").text
    company.create("Vendor", {"DisplayName": "Late"})
    send(server, "/control/snapshots", name="first", wish="restore")
    assert "Late" not in page(server, f"/companies/{US}/vendors")
    assert "1 day ahead of the machine" in send(server, "/control/clock", advance_seconds="86400").text
    assert "the machine&#x27;s own" in send(server, "/control/clock", advance_seconds="0").text
    assert "A snapshot has a name" in send(server, "/control/snapshots", name="../x").text
    company.create("Vendor", {"DisplayName": "Later"})
    send(server, "/control/reset", keep_tokens="on")
    assert "Later" in page(server, f"/companies/{US}/vendors")
    send(server, "/control/reset", keep_tokens="on", sure="on")
    assert "Later" not in page(server, f"/companies/{US}/vendors")
    assert company.call("GET", "companyinfo/1").status_code == 200


def test_counters_tell_the_calls_of_each_app(us: Company) -> None:
    us.query("SELECT * FROM Vendor")
    text = page(us.server, "/counters")
    for words in ("CorePlus", CLIENT[0], "Larkfield Inc.", "query "):
        assert words in text


def test_a_connection_is_expired_and_ended_from_its_page(sandbox: Server) -> None:
    company = sandbox.company(UK)
    grant = re.findall(r'name="grant" value="(\d+)"', page(sandbox, "/connections"))[0]
    send(sandbox, "/connections", grant=grant, wish="expire")
    assert company.call("GET", "companyinfo/1").status_code == 401
    assert "access expired" in page(sandbox, "/connections")
    assert "disconnected" in send(sandbox, "/connections", grant=grant, wish="disconnect").text


def test_the_log_tells_what_was_asked_answered_and_met(us: Company) -> None:
    us.server.control("faults", {"kind": "fault", "entity": "Purchase", "code": "6000"})
    memo = fresh("seen")
    answer = us.post("purchase", us.charge(PrivateNote=memo))
    text = page(us.server, f"/requests?q={memo}")
    assert "400, code 6000" in text
    number = re.findall(r'href="/requests/(\d+)"', text)[0]
    one = page(us.server, f"/requests/{number}")
    for words in (memo, answer.headers["intuit_tid"], "Bearer (hidden)", "Planned fault met", "application/json"):
        assert words in one
    assert number in page(us.server, "/requests?show=faults")


def test_the_log_can_be_stopped_and_emptied(sandbox: Server) -> None:
    company = sandbox.company()
    send(sandbox, "/requests", wish="off")
    memo = fresh("unseen")
    company.create("Purchase", company.charge(PrivateNote=memo))
    assert "No request like that" in page(sandbox, f"/requests?q={memo}")
    send(sandbox, "/requests", wish="on")
    company.create("Purchase", company.charge(PrivateNote=memo))
    assert 'class="path">purchase' in page(sandbox, f"/requests?q={memo}")
    send(sandbox, "/requests", wish="clear")
    assert "Nothing asked yet." in page(sandbox, "/requests")


def test_the_audit_log_tells_what_was_changed_from_which_token_to_which(us: Company) -> None:
    made = us.create("Purchase", us.charge(DocNumber=fresh("AU")))
    changed = {name: value for name, value in made.items() if name != "PurchaseEx"}
    us.post("purchase", {**changed, "PrivateNote": "Other"})
    text = of(us, "/audit")
    assert text.index("Changed") < text.index("Added")
    assert "0 → 1" in text
    assert made["DocNumber"] in text
    history = of(us, f"/purchase/{made['Id']}")
    assert "0 → 1" in history
    assert ">Memo<" in history


def test_a_refused_write_leaves_nothing_in_the_audit_log(us: Company) -> None:
    before = of(us, "/audit")
    us.post("purchase", us.charge(AccountRef={"value": "999999"}))
    assert of(us, "/audit") == before
