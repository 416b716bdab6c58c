"""The mapping of one entity: its card account, a default, and an account for each category."""

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.db.models import Count, QuerySet, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from integrations import bells, selectors, services
from integrations.mapping.slots import MappingSlot
from integrations.models import Connection, MappingEntry, Reference
from integrations.providers.documents import AccountRole
from integrations.services import Choices, MappingKey, StaleMapping
from integrations.tasks import drain_connection
from ledger.access import Action
from ledger.domain.money import Money
from ledger.models import CardTransaction, Category, Entity
from ledger.web.doors import PageRequest, organisation_page
from ledger.words import counted, money_shown

VERSIONS_SHOWN = 5
LINE_ROLES = {AccountRole.EXPENSE, AccountRole.POSTABLE}
CARD_ROLES = {AccountRole.CARD}


@organisation_page(Action.SEE_SYNC)
def first_mapping(request: PageRequest) -> HttpResponse:
    """Mapping, from the rail: the first connected entity, or the page on which one is connected."""
    tie = selectors.connections().order_by("entity__name").first()
    slug = request.access.organisation.slug
    return redirect("mapping", slug, tie.entity_id) if tie else redirect("connections", slug)


@organisation_page(Action.SEE_SYNC)
def mapping(request: PageRequest, entity_id: int) -> HttpResponse:
    tie = get_object_or_404(selectors.connections(), entity_id=entity_id)
    form = MappingForm(tie, request.POST if request.method == "POST" else None)
    if request.method == "POST" and request.access.allows(Action.CONFIGURE) and form.is_good():
        return _save(request, tie, form)
    status = 200 if request.method != "POST" else 422 if request.access.allows(Action.CONFIGURE) else 403
    return _shown(request, tie, form, status)


def _shown(request: PageRequest, tie: Connection, form: "MappingForm", status: int) -> HttpResponse:
    """In the entity's own time, as the trail of its postings is."""
    with timezone.override(ZoneInfo(tie.entity.time_zone)):
        return render(request, "integrations/mapping/page.html", {"page": _context(request, tie, form)}, status=status)


class MappingForm:
    """Three kinds of select, with what stands or what was posted, and what is wrong with it."""

    def __init__(self, tie: Connection, posted: Any) -> None:
        self.entity = tie.entity
        self.categories = list(Category.objects.order_by("name"))
        self.accounts = list(selectors.accounts(tie.company_id))
        self.version = selectors.versions(tie.entity_id).values_list("number", flat=True).first() or 0
        standing = selectors.current_mappings(tie.entity_id)
        self.reason = (posted.get("reason", "") if posted is not None else "").replace("\0", "").strip()[:500]
        # What the person looked at, not what stands now: saving must notice a newer version, after an error too.
        self.seen_version = posted.get("version", "") if posted is not None else str(self.version)
        self.values = self._posted(posted) if posted is not None else self._standing(standing)
        self.errors: dict[str, str] = {}

    def is_good(self) -> bool:
        self.errors = {name: error for name in self.values if (error := self._error(name))}
        if not self.reason:
            self.errors["reason"] = "Say why, in a few words; whoever looks at it later will thank you."
        if not re.fullmatch(r"[0-9]{1,9}", self.seen_version):
            self.errors["reason"] = "This page is incomplete. Load it again."
        return not self.errors

    def notice_newer_version(self) -> None:
        """What the person chose stays in the form; saving it once more is then a decision against the newer version."""
        self.seen_version = str(self.version)
        self.errors["reason"] = f"Version {self.version} was saved meanwhile; it stands among the versions. Save again?"

    def choices(self) -> Choices:
        chosen = {name: int(value) if value else None for name, value in self.values.items()}
        categories = {
            MappingKey(MappingSlot.CATEGORY, category.pk): chosen[_name(category)] for category in self.categories
        }
        plain = (MappingSlot.CARD_ACCOUNT, MappingSlot.DEFAULT)
        return Choices({MappingKey(slot): chosen[slot] for slot in plain} | categories)

    def field(self, name: str) -> dict[str, Any]:
        return {
            "name": name,
            "value": self.values[name],
            "options": _options(self.accounts, _roles(name), chosen=self.values[name]),
            "error": self.errors.get(name, ""),
            "help": "",
        }

    def _names(self) -> list[str]:
        return [MappingSlot.CARD_ACCOUNT, MappingSlot.DEFAULT, *(_name(category) for category in self.categories)]

    def _posted(self, posted: Any) -> dict[str, str]:
        return {name: posted.get(name, "") for name in self._names()}

    def _standing(self, rows: Iterable[MappingEntry]) -> dict[str, str]:
        known = {_name(row.category) if row.category else row.slot: str(row.target_id) for row in rows}
        return {name: known.get(name, "") for name in self._names()}

    def _error(self, name: str) -> str:
        value = self.values[name]
        if not value:
            return "Every charge is credited to it, so one must be chosen." if name == MappingSlot.CARD_ACCOUNT else ""
        account = next((account for account in self.accounts if str(account.pk) == value), None)
        if account is None:
            return "This account is not one of this company."
        return _impossible(account, _roles(name))


def _name(category: Category) -> str:
    return f"category_{category.pk}"


def _roles(name: str) -> set[AccountRole]:
    return CARD_ROLES if name == MappingSlot.CARD_ACCOUNT else LINE_ROLES


def _options(accounts: Iterable[Reference], roles: set[AccountRole], chosen: str) -> list[dict[str, Any]]:
    """By type, possible ones first. Impossible ones stay readable and say why, for whoever looks for them."""
    groups: dict[str, list[dict[str, str]]] = defaultdict(list)
    ordered = sorted(accounts, key=lambda account: AccountRole(account.role) not in roles)
    for account in ordered:
        if account.active or str(account.pk) == chosen:
            option = {"value": str(account.pk), "label": str(account), "impossible": _impossible(account, roles)}
            groups[account.type_name].append(option)
    return [{"label": label, "options": options} for label, options in groups.items()]


def _impossible(account: Reference, roles: set[AccountRole]) -> str:
    if not account.active:
        return "inactive"
    if AccountRole(account.role) in roles:
        return ""
    return "not a credit card account" if roles == CARD_ROLES else "charges cannot be booked there"


def _save(request: PageRequest, tie: Connection, form: MappingForm) -> HttpResponse:
    address = redirect("mapping", request.access.organisation.slug, tie.entity_id)
    try:
        woken = services.save_mapping(
            entity=tie.entity,
            choices=form.choices(),
            seen_version=int(form.seen_version),
            reason=form.reason,
            person=request.user,
        )
    except StaleMapping:
        form.notice_newer_version()
        return _shown(request, tie, form, 409)
    if woken is None:
        messages.info(request, "Nothing was changed, so there is no new version.")
        return address
    again = f" {counted(woken, 'charge')} that waited {'is' if woken == 1 else 'are'} tried again." if woken else ""
    messages.success(request, f"Saved as version {form.version + 1}.{again}")
    bells.ring_after_commit(drain_connection, request.access.organisation.pk, tie.pk)
    return address


def _context(request: PageRequest, tie: Connection, form: MappingForm) -> dict[str, Any]:
    slug = request.access.organisation.slug
    history = _history(tie.entity_id)
    spend = _spend(tie.entity)
    return {
        "entity": tie.entity.name,
        "company": tie.company.name,
        "version": form.version,
        "seen_version": form.seen_version,
        "changed_by": history[0]["who"] if history else "",
        "changed_at": history[0]["at"] if history else None,
        "entities_nav": _entities(tie, slug),
        "card_account": form.field(MappingSlot.CARD_ACCOUNT),
        "default_account": form.field(MappingSlot.DEFAULT),
        "categories": [
            {"name": category.name, "field": form.field(_name(category)), **spend(category.pk)}
            for category in form.categories
        ],
        "reason_error": form.errors.get("reason", ""),
        "reason_value": form.reason,
        "save_label": f"Save as version {form.version + 1}",
        "can_edit": request.access.allows(Action.CONFIGURE),
        "covered": None,
        "history": history,
    }


def _entities(current: Connection, slug: str) -> list[dict[str, Any]]:
    ties = list(selectors.connections().order_by("entity__name"))
    if len(ties) < 2:
        return []
    return [
        {"name": tie.entity.name, "url": reverse("mapping", args=[slug, tie.entity_id]), "current": tie == current}
        for tie in ties
    ]


def _spend(entity: Entity) -> Any:
    rows: QuerySet[Any, dict[str, Any]] = (
        CardTransaction.objects.filter(document__entity=entity, document__currency=entity.currency)
        .values("category_id")
        .annotate(charges=Count("id"), minor=Sum("document__amount_minor"))
        .order_by()
    )
    by_category = {row["category_id"]: row for row in rows}

    def of(category_id: int) -> dict[str, Any]:
        row = by_category.get(category_id, {"charges": 0, "minor": 0})
        return {"charges": row["charges"], "money": money_shown(Money(row["minor"], entity.currency))}

    return of


def _history(entity_id: int) -> list[dict[str, Any]]:
    shown = list(selectors.versions(entity_id)[:VERSIONS_SHOWN])
    changes = selectors.mapping_changes(entity_id, [version.number for version in shown])
    return [
        {
            "version": version.number,
            "who": str(version.made_by or "somebody who left"),
            "at": version.made_at,
            "why": version.reason,
            "changes": _changes(changes, version.number),
        }
        for version in shown
    ]


def _changes(rows: Iterable[MappingEntry], number: int) -> list[dict[str, str]]:
    """A slot that ended and began with the same version was changed from one account to the other."""
    changes: dict[str, dict[str, str]] = {}
    for row in rows:
        what = str(row.source or MappingSlot(row.slot).label)
        if row.until == number:
            changes.setdefault(what, {"what": what, "old": "", "new": ""})["old"] = str(row.target)
        if row.since == number:
            changes.setdefault(what, {"what": what, "old": "", "new": ""})["new"] = str(row.target)
    return list(changes.values())
