"""What became of it: counted in the platform's books and in ours, apart from each other."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from integrations.conservation import prove
from integrations.models import ExternalLink, ReceiptAttempt, SyncAttempt, SyncJob
from integrations.sync.marks import PREFIX, mark_of
from integrations.unhung import stuck_receipts
from ledger.models import SourceDocument
from ledger.tenancy.context import acting_for
from tests.chaos.workload import Workload
from tests.processes import Sandbox

KINDS = ("Purchase", "Transfer")


@dataclass(frozen=True)
class Verdict:
    told: int
    posted: int
    duplicates: int
    lost: int
    cents_off: int
    waits: Counter[str]
    """For a person, by the reasons."""
    strays: tuple[str, ...]
    """Links that point elsewhere than to what stands there, and what conservation found."""

    suspects: tuple[str, ...] = ()
    """The documents of which something is wrong."""

    @property
    def clean(self) -> bool:
        return not (self.duplicates or self.lost or self.cents_off or self.waits or self.strays)


def judge(work: Workload, sandbox: Sandbox, theirs: Collection[str] = ()) -> Verdict:
    """`theirs`: documents that a person changed in the books and that are theirs to settle, by external id."""
    firm = work.firm
    with acting_for(firm.tenant):
        rows = _standing(sandbox, firm.realm)
        with transaction.atomic():
            names = {mark_of(row.public_id): row.external_id for row in SourceDocument.objects.all()}
            links = {link.document.external_id: link for link in ExternalLink.objects.select_related("document")}
            waits = list(SyncJob.objects.filter(state__in=["held", "needs_attention"]).select_related("document"))
            open_attempts = SyncAttempt.objects.filter(settled_at__isnull=True).count()
            open_attempts += ReceiptAttempt.objects.filter(settled_at__isnull=True).count()
            unhung = [reason for job in stuck_receipts() for reason in job.reasons]
        proof = prove()
    by_mark = Counter(_mark(row) for row in rows)
    by_name = Counter(names.get(mark, mark) for mark in by_mark.elements())
    expected = {one.name for one in work.known.values() if one.stands and one.name not in theirs}
    strays = [*map(str, proof.differences), *_stray_links(links, rows, expected, names, theirs)]
    strays += [f"{open_attempts} attempts are still open"] if open_attempts else []
    strays += _stray_receipts(work, sandbox, {name: link.external_id for name, link in links.items()}, theirs)
    waiting = [job for job in waits if job.document.external_id not in theirs]
    return Verdict(
        told=len(work.known),
        posted=len(rows),
        duplicates=max(_more_than_one(by_mark), _more_than_one(by_name)),
        lost=len(expected - by_name.keys()),
        cents_off=_cents_off(work, sandbox, theirs, [row for row in rows if names.get(_mark(row)) in theirs]),
        waits=Counter(reason["code"] for reason in [*(reason for job in waiting for reason in job.reasons), *unhung]),
        strays=tuple(strays),
        suspects=(
            *(expected - by_name.keys()),
            *(name for name, number in by_name.items() if number > 1 or name not in links),
        ),
    )


def _standing(sandbox: Sandbox, realm: str) -> list[dict[str, Any]]:
    """What is ours in the books and counts for something."""
    found = [{**row, "kind": kind} for kind in KINDS for row in sandbox.objects(kind, realm)]
    return [row for row in found if PREFIX in (row.get("DocNumber") or "") + (row.get("PrivateNote") or "")]


def _mark(row: dict[str, Any]) -> str:
    words = [row.get("DocNumber") or "", *(row.get("PrivateNote") or "").split()[::-1]]
    return next(word.partition("/")[0] for word in words if word.startswith(PREFIX))


def _more_than_one(counted: Counter[str]) -> int:
    return sum(number - 1 for number in counted.values() if number > 1)


def _stray_links(
    links: dict[str, Any],
    rows: list[dict[str, Any]],
    expected: set[str],
    names: dict[str, str],
    theirs: Collection[str],
) -> list[str]:
    there = {(row["kind"], row["Id"]): row for row in rows}
    told = []
    for name, link in links.items():
        row = there.get((link.external_kind, link.external_id))
        if name in theirs:
            continue
        if row is None or names.get(_mark(row)) != name:
            told.append(f"{name} is linked to {link.external_kind} {link.external_id}, which is not it")
        elif row["SyncToken"] != link.external_version:
            told.append(f"{name} is linked in version {link.external_version} and stands in {row['SyncToken']}")
    unlinked = {names.get(_mark(row), _mark(row)) for row in rows} - links.keys() - set(theirs)
    told += [f"{name} stands there without a link" for name in sorted(unlinked)]
    return told + [f"{name} has no link" for name in sorted(expected - links.keys())]


def _stray_receipts(work: Workload, sandbox: Sandbox, standing: dict[str, str], theirs: Collection[str]) -> list[str]:
    """Each hangs once where its document stands, and nowhere else."""
    if not work.signs:
        return []
    hung: dict[str, list[str]] = {}
    for file in sandbox.objects("Attachable", work.firm.realm):
        refs = [ref["EntityRef"]["value"] for ref in file.get("AttachableRef", [])]
        hung.setdefault(file.get("Note", "").split()[-1], []).extend(refs or ["nothing"])
    wanted = {name: [standing[name]] if name in standing else [] for name in work.signs if name not in theirs}
    return [
        f"the receipt of {name} hangs at {hung.get(work.signs[name], [])} instead of {places}"
        for name, places in wanted.items()
        if hung.get(work.signs[name], []) != places
    ]


def _cents_off(work: Workload, sandbox: Sandbox, but: Collection[str], theirs: list[dict[str, Any]]) -> int:
    """Of the trial balance against our own sums, over all accounts, without what is theirs."""
    ours = work.postings(but)
    found = Counter({number: int(total.scaleb(2)) for number, total in sandbox.postings(work.firm.realm).items()})
    for row in theirs:
        found.subtract(_postings(sandbox, work.firm.realm, row))
    return sum(abs(found[account] - ours[account]) for account in found.keys() | ours.keys())


def _postings(sandbox: Sandbox, realm: str, row: dict[str, Any]) -> Counter[str]:
    numbers = {account["Id"]: account.get("AcctNum", "") for account in sandbox.objects("Account", realm)}
    if row["kind"] == "Transfer":
        into, out_of = (numbers[row[name]["value"]] for name in ("ToAccountRef", "FromAccountRef"))
        cents = int(Decimal(str(row["Amount"])).scaleb(2))
        return Counter({into: cents, out_of: -cents})
    lines = [(line["AccountBasedExpenseLineDetail"]["AccountRef"]["value"], line["Amount"]) for line in row["Line"]]
    sign = -1 if row.get("Credit") else 1
    total = Counter[str]()
    for account, amount in lines:
        cents = int(Decimal(str(amount)).scaleb(2)) * sign
        total.update({numbers[account]: cents, numbers[row["AccountRef"]["value"]]: -cents})
    return total
