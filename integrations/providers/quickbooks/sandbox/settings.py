"""Where the sandbox listens and keeps its books, and the switches for what QuickBooks does not document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

DEFAULT_PORT = 8100
#: Of the app that everybody may be: no secret at all.
DEFAULT_SECRET = "sandbox-secret"  # noqa: S105


class BadSetting(ValueError):
    """A switch holds a word or number it does not know."""


def _one_of(default: str, *others: str) -> Any:
    return field(default=default, metadata={"words": (default, *others)})


@dataclass(frozen=True)
class Limits:
    """§8.1 the published limits of the throttle, in the environment SANDBOX_LIMIT_…; 0 switches one off."""

    per_minute: int = 500
    per_second: int = 10
    at_once: int = 10
    batches_per_minute: int = 40
    #: Over all apps of the company.
    realm_batches_per_minute: int = 120
    #: Over all apps; from 2017, its present value is not known.
    reports_per_minute: int = 200


@dataclass(frozen=True)
class Switches:
    """Each default is the more hostile reading; the environment name is SANDBOX_ and the field in capitals."""

    #: §1.4 the refresh value changes on every refresh, or only once it is older than the window.
    rotate_refresh: str = _one_of("always", "daily")
    #: §1.4 the window: so many hours a refresh value stays the same when it is not changed on every refresh.
    refresh_window_hours: int = 24
    #: §1.4 seconds for which the previous value still serves, and gives the newest one; 0 is none.
    refresh_grace_seconds: int = 0
    #: §1.4 unused for so many days a refresh value is dead.
    refresh_idle_days: int = 100
    #: §1.4 so many days after a person agreed the connection is over.
    refresh_hard_days: int = 5 * 365
    #: §1.4 two refreshes of one value within so many milliseconds: the second loses,
    refresh_race_ms: int = 500
    #: §1.4 and the first loses what it got too, or keeps it.
    refresh_race: str = _one_of("keep", "revoke")
    #: §1.3 lifetime of an access token.
    access_seconds: int = 3600
    #: §1.6 user info tells what the scopes name, or all that is known.
    user_info: str = _one_of("scoped", "whole")
    #: §1.4 a spent refresh value is only refused, or also ends the whole grant.
    reused_refresh: str = _one_of("refuse", "revoke")
    #: §1.4 the older access token dies with a refresh, or lives out its hour.
    access_after_refresh: str = _one_of("dies", "lives")
    #: §1.2 lifetime of an authorization code.
    code_minutes: int = 5
    #: §4.3 a refused write under a requestid is run again, or its refusal is repeated.
    remember_failures: str = _one_of("no", "yes")
    #: §4.3 the same requestid with another body gets the first answer, or code 600.
    requestid_mismatch: str = _one_of("replay", "refuse")
    #: §4.3 how long an answer is remembered; 0 keeps it for ever.
    requestid_minutes: int = 15
    #: §3 MAXRESULTS above 1000.
    maxresults_over: str = _one_of("refuse", "cap")
    #: §3 a backslash in a literal that escapes neither a quote nor a backslash.
    lone_backslash: str = _one_of("refuse", "keep")
    #: §11 seconds until a new object is seen by queries.
    query_lag: int = 0
    #: §3 != in a query: documented as unknown, and used by tests that public clients run against live companies.
    not_equal: str = _one_of("allow", "refuse")
    #: §3 two quotes within a literal mean one, as some clients escape it beside the documented backslash.
    doubled_quote: str = _one_of("accept", "refuse")
    #: §2 characters outside ISO-8859-1 (US) or the basic plane (elsewhere).
    wide_text: str = _one_of("refuse", "replace", "keep")
    #: §11 blanks around names and several between their words.
    name_spaces: str = _one_of("collapse", "trim", "keep")
    #: §9.5 marks in the name of a vendor: one integrator's list, or most.
    name_marks: str = _one_of("listed", "most")
    #: §9.5 length of the name of a vendor: 100 in older documentation, 500 in newer.
    name_length: str = _one_of("older", "newer")
    #: §9.5 a foreign CurrencyRef on a new vendor is kept, or dropped in silence as one field log has it.
    vendor_currency: str = _one_of("keep", "ignore")
    #: §3 Sku in the answer to a query for items: only where it is named beside the asterisk, or always.
    item_sku: str = _one_of("named", "always")
    #: §10, code 6220: a customer or vendor with an open balance is not made inactive, or is.
    owing_names: str = _one_of("refuse", "allow")
    #: §9.4 ClassRef and DepartmentRef while tracking is off.
    class_off: str = _one_of("refuse", "drop")
    #: §9.1 purchase orders, bills and times in plans that do not list them: 5020, or taken.
    plan_gates: str = _one_of("strict", "off")
    #: §9.4 classes and locations themselves while tracking is off: only read, neither read nor written, or both.
    class_lists: str = _one_of("read", "refuse", "allow")
    #: §4.1 what a sparse update must send again: as one integrator reports, or only as recorded.
    sparse_repeats: str = _one_of("reported", "recorded")
    #: §4.2 a delete that carries more than Id and SyncToken: whatever is known but PurchaseEx, that too, or nothing.
    delete_body: str = _one_of("recorded", "any", "bare")
    #: §3 Amount of transfers and card payments in WHERE and ORDERBY.
    amount_query: str = _one_of("refuse", "allow")
    #: §9.10 cheque numbers of card payments guard nothing, or must differ.
    payment_numbers: str = _one_of("free", "unique")
    #: §9.8 deleting a bill, invoice or credit that something is applied to: 6000, or the payment loses its link.
    paid_delete: str = _one_of("refuse", "unlink")
    #: §4.4 a vendor's bill number used twice: 6140 always, or only while WarnDuplicateBillNumber is on.
    bill_numbers: str = _one_of("preference", "always")
    #: §9.3 longest number of an account: 20 as live tests of 2025 write it, or 7 in the US, UK and India as before.
    account_number_length: str = _one_of("newer", "older")
    #: §9.3 a number that another account has: refused, or taken.
    account_numbers: str = _one_of("unique", "free")
    #: §9.6 outside the US a taxed line without a tax code.
    vat_code: str = _one_of("required", "optional")
    #: §9.3 receivable and payable accounts on expense lines and transfers.
    payable_lines: str = _one_of("refuse", "allow")
    #: §9.3 which accounts a cash purchase may be paid from.
    cash_accounts: str = _one_of("bank", "assets")
    #: §6 changes since a moment longer ago than can be looked back: a fault, or an answer with nothing in it.
    cdc_too_old: str = _one_of("refuse", "empty")
    #: §6 what was changed in the very second asked for. Clocks of ordinary clients need it.
    cdc_boundary: str = _one_of("inclusive", "exclusive")
    #: §7 which answers end the attempts: 200 alone, or any from 200 to 299.
    webhook_accepts: str = _one_of("200", "2xx")
    #: §7 hours of failure after which a subscription is disabled; 0 for never.
    webhook_disable_hours: int = 72
    #: §7 the word for a void in CloudEvents: as in a sample of the documentation, or as the others are formed.
    cloud_void: str = _one_of("void", "voided")
    #: §7 the name that a merge has taken in: gone, as the word deletedId says, or inactive.
    merged_names: str = _one_of("deleted", "inactive")
    #: What names a merged one names the other: without a trace in the document, or with one more in its SyncToken.
    merge_touches: str = _one_of("nothing", "documents")
    #: §9.11 attaching to something that is not there.
    attach_missing: str = _one_of("2500", "610", "6050")
    #: §9.11 the reference of an attachment to what was deleted since: neither read nor found, or as ever.
    orphan_links: str = _one_of("hidden", "shown")
    #: §9.11 requestid on an upload.
    upload_requestid: str = _one_of("ignored", "honoured")
    #: §10 an upload without content-length, as a client sends that streams: taken, or 6020.
    upload_length: str = _one_of("optional", "required")
    #: §9.11 Content-Type instead of ContentType in the metadata of a file, refused since June 2026.
    metadata_type: str = _one_of("exact", "either")
    #: §11 changes and deletes of what an accountant has reconciled; QuickBooks is said to let them pass.
    reconciled: str = _one_of("allow", "refuse")
    #: TransactionList's filter Cleared: only what is cleared and no more, or also what is reconciled.
    cleared_filter: str = _one_of("exact", "wide")
    #: Reports: what the real ones show at most, and then cut with a word in the last row; 0 shows everything.
    report_cells: int = 400_000
    #: §8.1 the published limits per realm.
    throttle: str = _one_of("off", "on")
    #: §8.1 shape of the throttle answer.
    throttle_body: str = _one_of("json", "xml", "lower")
    #: §8.1 seconds after which the gateway gives a request up; the work goes on.
    request_seconds: int = 120
    #: Milliseconds that every answer of the API takes at least, so that requests are under way together.
    latency_ms: int = 0
    #: §8.2 CorePlus calls an app may make in a month; 0 is no end.
    coreplus_budget: int = 0
    #: §8.2 once they are spent every call is refused, or only those that are metered.
    budget_blocks: str = _one_of("all", "coreplus")
    #: §2.1 the language of messages; codes stay what they are.
    language: str = _one_of("en", "fr")
    #: §8.1 seconds in Retry-After; 0 leaves the header out.
    retry_after: int = 0

    #: Requests that are kept in memory with their answers, for the page that shows them; 0 keeps none.
    request_log: int = 1000
    #: §8.1 each of them by a name of its own.
    limits: Limits = Limits()

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> Switches:
        return cls(**_given(cls, environ, "SANDBOX_"), limits=Limits(**_given(Limits, environ, "SANDBOX_LIMIT_")))


def _given(cls: Any, environ: Mapping[str, str], prefix: str) -> dict[str, Any]:
    """What the environment says of the fields of a class."""
    named = ((each, f"{prefix}{each.name.upper()}") for each in fields(cls) if each.name != "limits")
    return {each.name: _value(each, name, environ[name]) for each, name in named if environ.get(name)}


def _value(switch: Any, name: str, text: str) -> str | int:
    words = switch.metadata.get("words")
    if words is None:
        if not text.isdigit():
            raise BadSetting(f"{name} must be a whole number, not {text!r}")
        return int(text)
    if text not in words:
        raise BadSetting(f"{name} must be one of {', '.join(words)}, not {text!r}")
    return text


@dataclass(frozen=True)
class Settings:
    host: str
    port: int
    data: Path
    client_id: str
    client_secret: str
    switches: Switches
    #: A folder with a chart of accounts for some of the companies, `<realm>.csv`.
    charts: Path | None = None
    #: Where the app may be returned to; none means https and loopback addresses.
    redirect_uris: tuple[str, ...] = ()

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> Settings:
        return cls(
            host=environ.get("SANDBOX_HOST") or "127.0.0.1",
            port=int(environ.get("SANDBOX_PORT") or DEFAULT_PORT),
            data=Path(environ.get("SANDBOX_DATA") or "./.flexsync/sandbox"),
            client_id=environ.get("QUICKBOOKS_CLIENT_ID") or "sandbox-client",
            client_secret=environ.get("QUICKBOOKS_CLIENT_SECRET") or DEFAULT_SECRET,
            switches=Switches.read(environ),
            redirect_uris=tuple((environ.get("QUICKBOOKS_REDIRECT_URIS") or "").split()),
            charts=Path(environ["SANDBOX_CHARTS"]) if environ.get("SANDBOX_CHARTS") else None,
        )
