"""QuickBooks Online, put together from its settings."""

from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit

from integrations.providers.base import Platform, TokenSource
from integrations.providers.calls import Gate, Limits
from integrations.providers.quickbooks import payloads
from integrations.providers.quickbooks.client import UPLOAD_SECONDS, QuickBooksClient
from integrations.providers.quickbooks.oauth import QuickBooksOAuth
from integrations.providers.quickbooks.provider import HOME_COUNTRY, METERED, QuickBooksProvider
from integrations.providers.quickbooks.webhooks import QuickBooksWebhooks

# The page of an object on the platform, by its kind.
PAGES = {
    "Purchase": "expense",
    "Transfer": "transfer",
    "Bill": "bill",
    "VendorCredit": "vendorcredit",
    "BillPayment": "billpayment",
}
# Of one company, for all calls of our application.
LIMITS = Limits(per_second=10, per_minute=500, at_once=10, batches_per_minute=40)
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True, slots=True)
class QuickBooksSettings:
    client_id: str
    client_secret: str = field(repr=False)
    discovery_url: str
    api_url: str
    redirect_url: str
    timeout_seconds: float
    settling_seconds: float
    limits: bool = True
    webhook_verifier: str = field(default="", repr=False)
    upload_seconds: float = UPLOAD_SECONDS


def quickbooks_platform(settings: QuickBooksSettings) -> Platform:
    def oauth() -> QuickBooksOAuth:
        return QuickBooksOAuth(
            client_id=settings.client_id,
            client_secret=settings.client_secret,
            discovery_url=settings.discovery_url,
            redirect_url=settings.redirect_url,
        )

    limits = LIMITS if settings.limits else Limits()

    def provider(company: str, country: str, tokens: TokenSource, gate: Gate) -> QuickBooksProvider:
        client = QuickBooksClient(
            settings.api_url, company, tokens, settings.timeout_seconds, gate, settings.upload_seconds
        )
        settling = timedelta(seconds=settings.settling_seconds)
        return QuickBooksProvider(client, settling=settling, country=country, limits=limits)

    def vendor_name(name: str, country: str) -> str:
        return payloads.display_name(name, outside_us=country != HOME_COUNTRY)

    def object_url(company: str, kind: str, external_id: str) -> str:
        if _is_sandbox(settings):
            return f"{settings.api_url}/companies/{company}/{kind.lower()}/{external_id}"
        return f"https://app.qbo.intuit.com/app/{PAGES[kind]}?txnId={external_id}"

    return Platform(
        name="quickbooks",
        label="QuickBooks Online",
        short_label="QuickBooks",
        is_sandbox=_is_sandbox(settings),
        oauth=oauth,
        webhooks=lambda: QuickBooksWebhooks(settings.webhook_verifier),
        provider=provider,
        vendor_name=vendor_name,
        object_url=object_url,
        limits=limits,
        metered=METERED,
    )


def _is_sandbox(settings: QuickBooksSettings) -> bool:
    return urlsplit(settings.api_url).hostname in LOOPBACK
