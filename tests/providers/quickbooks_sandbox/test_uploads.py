"""Files in and out (§9.11): what strangers send is taken, and comes back byte for byte."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from quickbooks.objects import Attachable, Vendor
from quickbooks.objects.base import AttachableRef

from .client import US, Company, Server, fresh
from .libraries import python_quickbooks
from .uploads import PDF, fyle, opened, raw, send, upload

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


def test_a_file_comes_back_byte_for_byte_by_each_of_its_addresses(us: Company) -> None:
    (result,) = upload(us, ({"FileName": "Jane's 5 %.pdf", "Category": "Receipt"}, "other.pdf", PDF))
    made = result["Attachable"]
    assert (made["FileName"], made["Size"], made["Category"]) == ("Jane's 5 %.pdf", len(PDF), "Receipt")
    assert made["FileAccessUri"] == f"/v3/company/{US}/download/{made['Id']}"
    assert us.read("Attachable", made["Id"])["Size"] == len(PDF)
    asked = us.call("GET", f"download/{made['Id']}", headers={"Accept": "*/*"})
    assert asked.headers["Content-Type"].startswith("text/plain")
    for address in (asked.text, made["TempDownloadUri"]):
        answer = opened(address)
        assert (answer.status_code, answer.content) == (200, PDF)
        assert answer.headers["Content-Type"] == "application/pdf"
        assert "Jane%27s%205%20%25.pdf" in answer.headers["Content-Disposition"]


def test_an_address_opens_nothing_once_it_is_changed_or_expired(us: Company) -> None:
    (result,) = upload(us, ({}, "a.pdf", PDF))
    address = result["Attachable"]["TempDownloadUri"]
    other = str(int(result["Attachable"]["Id"]) - 1)
    for wrong in (
        address.replace("signature=", "signature=0"),
        address.replace("expires=", "expires=9"),
        address.replace("expires=1", "expires=0"),
        address.replace(f"/{result['Attachable']['Id']}/", f"/{other}/"),
        address.partition("?")[0],
    ):
        assert opened(wrong).status_code == 403, wrong


def test_images_have_thumbnails_and_other_files_none(us: Company) -> None:
    image, paper = upload(us, ({"ContentType": "image/png"}, "a.png", PNG), ({}, "a.pdf", PDF))
    assert opened(image["Attachable"]["ThumbnailTempDownloadUri"]).content == PNG
    thumbnail = urlsplit(image["Attachable"]["ThumbnailFileAccessUri"]).path
    assert thumbnail == f"/v3/company/{US}/attachable-thumbnail/{image['Attachable']['Id']}"
    assert us.call("GET", thumbnail.partition(f"/{US}/")[2]).text.startswith("http")
    assert "ThumbnailFileAccessUri" not in paper["Attachable"]


def test_many_files_are_answered_each_by_itself(us: Company) -> None:
    missing = {"AttachableRef": [{"EntityRef": {"type": "Bill", "value": "99999"}}]}
    results = upload(
        us, ({}, "one.pdf", PDF), ({}, "two.exe", PDF), (missing, "three.pdf", PDF), ({}, "four.txt", b"4")
    )
    told = [result["Attachable"]["FileName"] if "Attachable" in result else result["Fault"] for result in results]
    assert [told[0], told[3]] == ["one.pdf", "four.txt"]
    assert [told[1]["Error"][0]["code"], told[2]["Error"][0]["code"]] == ["6041", "2500"]
    assert opened(results[3]["Attachable"]["TempDownloadUri"]).content == b"4"


@pytest.mark.parametrize("name", ["a.heic", "a.webp", "a.svg", "a.html", "noend", "a.pdf.exe"])
def test_types_that_are_not_listed_are_refused(us: Company, name: str) -> None:
    body = raw(b"--x", b'Content-Disposition: form-data; name="file_content_01"; filename="' + name.encode() + b'"')
    answer = send(us, body + b"\r\nContent-Type: image/heic\r\n\r\nx\r\n--x--\r\n", "multipart/form-data; boundary=x")
    assert answer.json()["AttachableResponse"][0]["Fault"]["Error"][0]["code"] == "6041"


def _bodies() -> dict[str, tuple[bytes, str]]:
    meta, kind = b'{"FileName":"r.pdf"}', b"Content-Type: application/pdf"
    disposition = b'Content-Disposition: form-data; name="file_%s_01"; filename="r.pdf"'
    head, content = disposition % b"metadata", disposition % b"content"
    usual = (b"--x", head, b"", meta, b"--x", content, kind, b"", PDF, b"--x--", b"")
    return {
        "usual": (raw(*usual), "multipart/form-data; boundary=x"),
        "bare line feeds": (raw(*usual, end=b"\n"), "multipart/form-data; boundary=x"),
        "quoted boundary": (raw(*usual), 'Multipart/Form-Data; charset=utf-8; Boundary="x"'),
        "no boundary announced": (raw(*usual), "multipart/form-data"),
        "another boundary announced": (raw(*usual), "multipart/form-data; boundary=other"),
        "preamble and epilogue": (b"hello\r\n" + raw(*usual) + b"\r\n--x\r\nbye", "multipart/form-data; boundary=x"),
        "cut short before the end": (raw(*usual[:-2]) + b"\r\n", "multipart/form-data; boundary=x"),
        "blanks after the boundary": (raw(b"--x  ", *usual[1:]), "multipart/form-data; boundary=x"),
        "headers in capitals": (
            raw(b"--x", head.upper().replace(b"R.PDF", b"r.pdf"), b"", meta, b"--x", content, kind, b"", PDF, b"--x--"),
            "multipart/form-data; boundary=x",
        ),
        "names without quotes": (
            raw(*(each.replace(b'"file', b"file").replace(b'_01"', b"_01") for each in usual)),
            "multipart/form-data; boundary=x",
        ),
        "content first": (
            raw(b"--x", content, kind, b"", PDF, b"--x", head, b"", meta, b"--x--"),
            "multipart/form-data; boundary=x",
        ),
        "no metadata": (raw(b"--x", content, kind, b"", PDF, b"--x--"), "multipart/form-data; boundary=x"),
        "no filename": (
            raw(b"--x", head, b"", meta, b"--x", content.partition(b"; file")[0], kind, b"", PDF, b"--x--"),
            "multipart/form-data; boundary=x",
        ),
        "counted from nought": (
            raw(b"--x", head, b"", meta, b"--x", content.replace(b"_01", b"_0"), kind, b"", PDF, b"--x--"),
            "multipart/form-data; boundary=x",
        ),
        "a path for a name": (
            raw(b"--x", content.replace(b"r.pdf", b"C:\\me\\r.pdf"), kind, b"", PDF, b"--x--"),
            "multipart/form-data; boundary=x",
        ),
        "fyle": fyle('{"ContentType": "application/pdf"}', "r.pdf", "application/pdf", PDF),
        "fyle, earlier": fyle('{"FileName": "r.pdf"}', "r.pdf", "application/pdf", PDF, empty_line=False),
    }


@pytest.mark.parametrize("name", list(_bodies()))
def test_bodies_of_any_make_are_read(us: Company, name: str) -> None:
    answer = send(us, *_bodies()[name])
    (result,) = answer.json()["AttachableResponse"]
    made = result["Attachable"]
    assert (made["FileName"], made["ContentType"]) == ("r.pdf", "application/pdf")
    # Where lines end in a bare line feed, so does the one before the boundary.
    assert opened(made["TempDownloadUri"]).content == PDF
    assert made["Size"] == len(PDF)


@pytest.mark.parametrize(
    ("body", "content_type", "code"),
    [
        (b"", "multipart/form-data; boundary=x", "2020"),
        (b"nothing of the kind", "multipart/form-data; boundary=x", "1050"),
        (b"--x\r\n", "multipart/form-data; boundary=x", "2020"),
        (b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\nx\r\n--x--', "multipart/form-data", "2020"),
    ],
)
def test_a_body_without_a_file_is_refused_as_a_whole(us: Company, body: bytes, content_type: str, code: str) -> None:
    assert us.fault(send(us, body, content_type))["code"] == code


@pytest.mark.parametrize(
    ("metadata", "code"),
    [(b"[]", "6040"), (b"<x/>", "6040"), (b"{", "6040"), (b'{"Foo":1}', "2010"), (b'{"Content-Type":"a/b"}', "2010")],
)
def test_metadata_of_another_make_is_a_fault_of_its_file(us: Company, metadata: bytes, code: str) -> None:
    head = b'Content-Disposition: form-data; name="file_%s_01"; filename="a.pdf"'
    body = raw(b"--x", head % b"metadata", b"", metadata, b"--x", head % b"content", b"", PDF, b"--x--")
    answer = send(us, body, "multipart/form-data; boundary=x")
    assert answer.json()["AttachableResponse"][0]["Fault"]["Error"][0]["code"] == code


def test_metadata_in_xml_is_read_as_the_sdks_for_php_and_ruby_write_it(us: Company) -> None:
    charge = us.create("Purchase", us.charge())
    metadata = (
        '<?xml version="1.0" encoding="UTF-8"?><ns0:Attachable xmlns:ns0="http://schema.intuit.com/finance/v3">'
        f'<ns0:AttachableRef><ns0:EntityRef type="Purchase">{charge["Id"]}</ns0:EntityRef></ns0:AttachableRef>'
        "<ns0:FileName>r.pdf</ns0:FileName><ns0:Note>By hand</ns0:Note></ns0:Attachable>"
    ).encode()
    head = b'Content-Disposition: form-data; name="file_%s_0"; filename="r.pdf"'
    kind = b"Content-Type: application/xml; charset=UTF-8"
    lines = (b"--x", head % b"metadata", kind, b"", metadata, b"--x", head % b"content", b"", PDF, b"--x--")
    (result,) = send(us, raw(*lines), "multipart/form-data; boundary=x").json()["AttachableResponse"]
    made = result["Attachable"]
    assert (made["FileName"], made["Note"]) == ("r.pdf", "By hand")
    assert made["AttachableRef"][0]["EntityRef"] == {"type": "Purchase", "value": charge["Id"]}


def test_content_that_is_not_the_base64_it_says_is_refused_and_nothing_kept(us: Company) -> None:
    before = us.query("select count(*) from Attachable")["totalCount"]
    body, content_type = fyle("{}", "r.pdf", "application/pdf", PDF)
    answer = send(us, body.replace(b"JVBERi", b"JV%%%i"), content_type)
    assert answer.json()["AttachableResponse"][0]["Fault"]["Error"][0]["code"] == "6000"
    assert us.query("select count(*) from Attachable")["totalCount"] == before


@pytest.mark.parametrize(("length", "status"), [("optional", 200), ("required", 400)])
def test_an_upload_that_streams_has_no_length(own: Callable[..., Server], length: str, status: int) -> None:
    us = own(SANDBOX_UPLOAD_LENGTH=length).company()
    body = raw(b"--x", b'Content-Disposition: form-data; name="file_content_01"; filename="a.pdf"', b"", PDF, b"--x--")
    url, headers = f"{us.server.url}/v3/company/{US}/upload", {"Content-Type": "multipart/form-data; boundary=x"}
    headers |= {"Authorization": f"Bearer {us.access}", "Accept": "application/json"}
    answer = requests.post(url, data=iter([body]), headers=headers, timeout=20)
    assert (answer.status_code, status == 400 and us.fault(answer)["code"]) == (status, status == 400 and "6020")


def test_more_than_a_hundred_megabytes_are_refused(us: Company) -> None:
    answer = send(us, bytes(101 * 1024 * 1024), "multipart/form-data; boundary=x")
    assert us.fault(answer)["code"] == "6030"


def test_a_large_file_is_never_in_memory_as_a_whole(own: Callable[..., Server]) -> None:
    server = own()
    us = server.company()
    upload(us, ({}, "small.pdf", PDF))
    content = os.urandom(1 << 20) * 90
    before = _anonymous(server)
    (result,) = upload(us, ({}, "large.pdf", content))
    assert opened(result["Attachable"]["TempDownloadUri"]).content == content
    # SQLite keeps up to 64 MB of pages; what comes in is in none of its buffers as a whole.
    assert _anonymous(server) - before < 80_000


def _anonymous(server: Server) -> int:
    """Kilobytes of memory that no file on the disk stands behind."""
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(status.partition("RssAnon:")[2].split()[0])


def test_files_survive_a_kill(own: Callable[..., Server]) -> None:
    server = own()
    us = server.company()
    (result,) = upload(us, ({}, "a.pdf", PDF))
    server.stop(signal.SIGKILL)
    server.start()
    us = Company(server, US, us.access)
    assert opened(us.call("GET", f"download/{result['Attachable']['Id']}").text).content == PDF


def test_requestid_does_not_guard_an_upload_unless_switched_on(us: Company, own: Callable[..., Server]) -> None:
    key = fresh("r")
    one, other = (upload(us, ({}, "a.pdf", PDF), requestid=key)[0]["Attachable"]["Id"] for _ in range(2))
    assert one != other
    us = own(SANDBOX_UPLOAD_REQUESTID="honoured").company()
    one, other = (upload(us, ({}, "a.pdf", PDF), requestid=key)[0]["Attachable"]["Id"] for _ in range(2))
    assert one == other


def test_files_come_back_with_the_books_and_their_addresses_end_with_the_quarter_of_an_hour(
    own: Callable[..., Server],
) -> None:
    server = own()
    us = server.company()
    (result,) = upload(us, ({}, "a.pdf", PDF))
    made = result["Attachable"]
    server.control("snapshots", {"name": "with"})
    us.delete("Attachable", made)
    assert opened(made["TempDownloadUri"]).status_code == 404
    server.control("snapshots/with/restore", {"keep_tokens": True})
    assert opened(made["TempDownloadUri"]).content == PDF
    server.control("clock", {"advance_seconds": 901})
    assert opened(made["TempDownloadUri"]).status_code == 403


def test_an_upload_needs_a_token(us: Company) -> None:
    stranger = Company(us.server, US, "nobody")
    assert send(stranger, b"--x--", "multipart/form-data; boundary=x").status_code == 401


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_python_quickbooks_attaches_a_note_a_file_and_bytes(
    sandbox: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    books = python_quickbooks(sandbox)
    vendor = Vendor.all(max_results=1, qb=books)[0]
    reference = AttachableRef()
    reference.EntityRef = vendor.to_ref()
    (tmp_path / "a.txt").write_bytes(PDF)
    for properties in (
        {"Note": "Only a note"},
        {"FileName": "a.txt", "ContentType": "text/plain", "_FilePath": str(tmp_path / "a.txt")},
        {"FileName": "b.txt", "ContentType": "text/plain", "_FileBytes": PDF, "Note": "Both"},
    ):
        attachable = Attachable()
        attachable.AttachableRef.append(reference)
        vars(attachable).update(properties)
        attachable.save(qb=books)
        kept = Attachable.get(attachable.Id, qb=books)
        assert kept.AttachableRef[0].EntityRef.value == vendor.Id
        assert (kept.Note or "", kept.FileName) == (properties.get("Note", ""), properties.get("FileName"))
        if kept.FileName:
            assert opened(kept.TempDownloadUri).content == PDF
        kept.Note = "Changed"
        kept.save(qb=books)
        after = Attachable.get(kept.Id, qb=books)
        assert after.Note == "Changed"
        after.delete(qb=books)


def test_metadata_is_json_of_the_same_properties_as_the_object(us: Company) -> None:
    body = {"Note": "n", "Lat": "51.5", "Long": "0.1", "PlaceName": "London", "Tag": "t", "Category": "Document"}
    (result,) = upload(us, (body, "a.pdf", PDF))
    assert json.loads(json.dumps(result["Attachable"])).items() >= body.items()
