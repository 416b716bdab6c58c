"""Where "Open in QuickBooks" leads."""

from __future__ import annotations

import pytest

from integrations.providers.quickbooks.platform import QuickBooksSettings, quickbooks_platform


def _address(api_url: str, kind: str) -> str:
    settings = QuickBooksSettings(
        client_id="",
        client_secret="",
        discovery_url="",
        api_url=api_url,
        redirect_url="",
        timeout_seconds=1,
        settling_seconds=1,
    )
    return quickbooks_platform(settings).object_url("9341450000000011", kind, "42")


@pytest.mark.parametrize("kind", ["Purchase", "Transfer"])
def test_a_document_in_the_sandbox_has_an_address_of_its_own(kind: str) -> None:
    expected = f"http://127.0.0.1:8100/companies/9341450000000011/{kind.lower()}/42"
    assert _address("http://127.0.0.1:8100", kind) == expected


@pytest.mark.parametrize(("kind", "page"), [("Purchase", "expense"), ("Transfer", "transfer")])
def test_a_document_in_quickbooks_is_opened_by_the_page_of_its_kind(kind: str, page: str) -> None:
    assert _address("https://quickbooks.api.intuit.com", kind) == f"https://app.qbo.intuit.com/app/{page}?txnId=42"
