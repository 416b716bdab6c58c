"""What comes over the wire: bad bodies, odd addresses, packed answers, floods. None changes anything."""

from __future__ import annotations

import gzip
import json
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .client import UK, US, Company, Json, Server, fresh

MEGABYTE = 1024 * 1024
NAMESPACE = "{http://schema.intuit.com/finance/v3}"


def _raw(server: Server, data: bytes, *, more: int = 0) -> bytes:
    """The answer to bytes as they are."""
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as wire:
        try:
            wire.sendall(data)
            for _ in range(more):
                wire.sendall(b"x" * MEGABYTE)
        except OSError:
            pass
        try:
            return wire.recv(1 << 16)
        except OSError:
            return b""


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "2010"),
        (b"{", "2010"),
        (b'{"DisplayName":"x",}', "2010"),
        (b"\x00\x01", "2010"),
        (b"[" * 100_000, "2010"),
        (b'{"a":' * 50_000, "2010"),
        (b'{"DisplayName":"\xff\xfe"}', "500"),
        ("{}".encode("utf-16"), "500"),
        (b'{"DisplayName":"\\ud800"}', "2010"),
        (b"[]", "2120"),
        (b'"x"', "2120"),
        (b"null", "2120"),
        (b'{"DisplayName":' + b"9" * 5000 + b"}", "2010"),
    ],
)
def test_a_body_that_is_no_object_gets_a_fault(us: Company, body: bytes, code: str) -> None:
    answer = us.call("POST", "vendor", data=body)
    assert us.fault(answer)["code"] in (code, "2050", "2040")
    assert "Traceback" not in answer.text


def test_a_mark_of_byte_order_is_taken(us: Company) -> None:
    body = b"\xef\xbb\xbf" + json.dumps({"DisplayName": fresh("V")}).encode()
    assert us.call("POST", "vendor", data=body).status_code == 200


def test_a_packed_request_is_unpacked(us: Company) -> None:
    packed = gzip.compress(json.dumps({"DisplayName": fresh("V")}).encode())
    assert us.call("POST", "vendor", data=packed, headers={"Content-Encoding": "gzip"}).status_code == 200
    assert us.fault(us.call("POST", "vendor", data=b"no gzip", headers={"Content-Encoding": "gzip"}))["code"] == "2010"


def test_a_bomb_is_not_unpacked(us: Company) -> None:
    bomb = gzip.compress(b" " * (60 * MEGABYTE))
    assert us.call("POST", "vendor", data=bomb, headers={"Content-Encoding": "gzip"}).status_code == 413


def test_fifty_megabytes_are_refused_before_they_are_read(us: Company) -> None:
    head = f"POST /v3/company/{US}/vendor HTTP/1.1\r\nHost: x\r\nContent-Length: {50 * MEGABYTE}\r\n\r\n"
    assert _raw(us.server, head.encode()).startswith(b"HTTP/1.1 413")
    assert us.call("POST", "vendor", data=b" " * (50 * MEGABYTE)).status_code == 413


def test_fifty_megabytes_in_pieces_are_refused_once_they_are_too_many(us: Company) -> None:
    def pieces() -> Iterator[bytes]:
        yield from (b" " * MEGABYTE for _ in range(50))

    try:
        answer = us.call("POST", "vendor", data=pieces())
    except requests.ConnectionError:
        # Hung up on while still sending, which is as good.
        us.session.close()
    else:
        assert answer.status_code == 413
    assert us.call("GET", "preferences").status_code == 200


def test_a_flood_of_headers_is_cut_off(us: Company) -> None:
    lines = b"".join(b"X-%d: %s\r\n" % (at, b"y" * 1000) for at in range(200))
    assert _raw(us.server, b"GET / HTTP/1.1\r\nHost: x\r\n" + lines + b"\r\n").startswith(b"HTTP/1.1 400")
    assert _raw(us.server, b"GET /" + b"z" * 200_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n").startswith(b"HTTP/1.1 400")
    assert us.call("GET", "preferences").status_code == 200


def test_what_is_no_http_is_refused(sandbox: Server) -> None:
    assert _raw(sandbox, b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n").startswith(b"HTTP/1.1 400")


def test_a_query_of_many_kilobytes_is_read(us: Company) -> None:
    ids = ", ".join(f"'{number}'" for number in range(1, 1500))
    statement = f"select * from Vendor where Id in ({ids})"
    assert len(statement) > 9000
    assert len(us.query(statement)["Vendor"]) > 5
    posted = us.call("POST", "query", data=statement, headers={"Content-Type": "application/text"})
    assert posted.status_code == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_a_method_there_is_not_is_405(us: Company, method: str) -> None:
    answer = us.call(method, "vendor/1")
    assert us.fault(answer, 405)["code"] == "500"
    assert "No resource method found" in us.fault(answer, 405)["Detail"]


def test_an_address_inside_a_company_that_is_not_there(us: Company) -> None:
    fault = us.fault(us.call("GET", "customer/1/5"))
    assert fault["code"] == "500"
    assert fault["Detail"].startswith("Operation Could not find resource for relative : /v3/company/")


@pytest.mark.parametrize("path", ["/nowhere", "/v3/companies", "/oauth2/v1", "/sandboxes", "/favicon.ico"])
def test_an_address_elsewhere_is_a_page_of_the_gateway(sandbox: Server, path: str) -> None:
    answer = requests.get(f"{sandbox.url}{path}", timeout=5)
    assert (answer.status_code, answer.headers["Content-Type"].partition(";")[0]) == (404, "text/html")


@pytest.mark.parametrize("path", ["preferences/", "/preferences", "preferences//", "preferences?minorversion=1"])
def test_slashes_too_many_and_old_versions_are_tolerated(us: Company, path: str) -> None:
    answer = us.call("GET", path)
    assert (answer.status_code, answer.history) == (200, [])


@pytest.mark.parametrize("version", ["0", "40", "75", "76", "9999", "latest", ""])
def test_any_minor_version_is_served_alike(us: Company, version: str) -> None:
    assert us.call("GET", "companyinfo/" + US, params={"minorversion": version}).status_code == 200


def test_a_head_is_an_answer_without_its_body(us: Company) -> None:
    answer = us.call("HEAD", "preferences")
    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["Content-Length"]) > 100


def test_large_answers_are_packed_for_who_takes_that(us: Company) -> None:
    query = {"query": "select * from Account"}
    packed = us.call("GET", "query", params=query, headers={"Accept-Encoding": "gzip"})
    plain = us.call("GET", "query", params=query, headers={"Accept-Encoding": "identity"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert int(packed.headers["Content-Length"]) * 3 < int(plain.headers["Content-Length"])
    assert packed.json()["QueryResponse"] == plain.json()["QueryResponse"]


def test_a_small_answer_is_not_packed(us: Company) -> None:
    answer = us.call("GET", "query", params={"query": "select count(*) from Vendor"})
    assert "Content-Encoding" not in answer.headers


@pytest.mark.parametrize("accept", ["application/json", "application/json; charset=utf-8", "text/json, */*"])
def test_json_is_given_to_who_names_it(us: Company, accept: str) -> None:
    assert us.call("GET", "preferences", headers={"Accept": accept}).json()["Preferences"]


def _xml(answer: requests.Response) -> ElementTree.Element:
    return ElementTree.fromstring(answer.content)  # noqa: S314 - of the sandbox's own making


@pytest.mark.parametrize("accept", ["", "*/*", "application/xml", "text/xml"])
def test_xml_is_given_to_everybody_else(us: Company, accept: str) -> None:
    made = us.create("Purchase", us.charge(PrivateNote='a & b < "c"'))
    root = _xml(us.call("GET", f"purchase/{made['Id']}", headers={"Accept": accept}))
    assert root.tag == f"{NAMESPACE}IntuitResponse"
    assert root.attrib["time"]
    purchase = root.find(f"{NAMESPACE}Purchase")
    assert purchase is not None
    assert purchase.attrib == {"domain": "QBO", "sparse": "false"}
    assert purchase.findtext(f"{NAMESPACE}PrivateNote") == 'a & b < "c"'
    account = purchase.find(f"{NAMESPACE}AccountRef")
    assert account is not None
    assert (account.text, account.attrib["name"]) == (made["AccountRef"]["value"], made["AccountRef"]["name"])


def test_faults_and_lists_come_as_xml_too(us: Company) -> None:
    fault = _xml(us.call("GET", "purchase/999999", headers={"Accept": "*/*"}))
    error = fault.find(f"{NAMESPACE}Fault/{NAMESPACE}Error")
    assert error is not None
    assert error.attrib["code"] == "610"
    rows = us.call("GET", "query", params={"query": "select * from Class"}, headers={"Accept": "*/*"})
    response = _xml(rows).find(f"{NAMESPACE}QueryResponse")
    assert response is not None
    assert int(response.attrib["maxResults"]) == len(response.findall(f"{NAMESPACE}Class"))


def test_two_requests_in_one_write_are_answered_in_order(us: Company) -> None:
    def asked(path: str) -> bytes:
        head = f"GET /v3/company/{US}/{path} HTTP/1.1\r\nHost: x\r\nAccept: application/json\r\n"
        return f"{head}Authorization: Bearer {us.access}\r\n\r\n".encode()

    address = urlsplit(us.server.url)
    with socket.create_connection((address.hostname, address.port), timeout=5) as wire:
        wire.sendall(asked(f"companyinfo/{US}") + asked("preferences"))
        read = b""
        while b'"Preferences"' not in read:
            read += wire.recv(1 << 16)
    assert read.index(b'"CompanyInfo"') < read.index(b'"Preferences"')


_TEXT = st.text(max_size=20)
_NUMBER = st.floats(allow_nan=False, allow_infinity=False)
_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**12), 10**12)
    | st.floats(allow_nan=False, allow_infinity=False)
    | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=8,
)
_NAMES = ("Id", "SyncToken", "Line", "AccountRef", "EntityRef", "Amount", "TxnDate", "sparse", "PaymentType", "Active")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    entity=st.sampled_from(["purchase", "vendor", "account", "transfer", "bill", "journalentry", "batch", "nothing"]),
    body=st.dictionaries(st.sampled_from(_NAMES) | _TEXT, _JSON, max_size=5) | _JSON,
    params=st.dictionaries(st.sampled_from(["operation", "include", "requestid", "minorversion"]), _TEXT, max_size=2),
)
def test_whatever_is_posted_is_answered_in_the_real_shape(
    sandbox: Server, entity: str, body: Any, params: dict[str, str]
) -> None:
    us = _shared(sandbox)
    before = us.postings()
    answer = us.call("POST", entity, data=json.dumps(body), params=params)
    assert answer.status_code in (200, 400)
    if answer.status_code == 400:
        error = answer.json()["Fault"]["Error"][0]
        assert error["code"].isdigit()
        assert us.moved(before) == {}
    assert sum(us.postings().values()) == 0


_companies: dict[str, Company] = {}


def _shared(sandbox: Server) -> Company:
    if sandbox.url not in _companies:
        _companies[sandbox.url] = sandbox.company()
    return _companies[sandbox.url]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    statement=st.text(max_size=80) | st.from_regex(r"(?i)select .{0,20} from \w{1,10} where .{0,30}", fullmatch=True)
)
def test_whatever_is_asked_is_answered_in_the_real_shape(sandbox: Server, statement: str) -> None:
    answer = _shared(sandbox).call("GET", "query", params={"query": statement})
    assert answer.status_code in (200, 400)
    body: Json = answer.json()
    assert ("Fault" in body) == (answer.status_code == 400)


def test_ids_of_another_company_are_not_found(us: Company, uk: Company) -> None:
    made = uk.create("Vendor", {"DisplayName": fresh("V")})
    missing = us.call("GET", f"vendor/{int(made['Id']) + 100_000}")
    assert us.fault(missing)["code"] == "610"
    assert Company(us.server, UK, us.access).call("GET", f"vendor/{made['Id']}").status_code == 403
