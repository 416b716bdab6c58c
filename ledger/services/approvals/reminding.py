"""Write to approvers: once when something new waits for them, and again when it waits long."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.db import connection, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from ledger.access import Action, members_who_may
from ledger.domain.money import Money, by_currency
from ledger.models import Approval, Organisation, User, Verdict
from ledger.words import counted, day_text, money_text, sums_text

logger = logging.getLogger(__name__)

# What comes within these minutes stands in one letter.
GATHERED = timedelta(minutes=5)
AGAIN = timedelta(days=2)
NAMED = 10


def tenants_with_approvals() -> list[int]:
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT lookup.tenants_with_approvals(%s, %s)", [now - GATHERED, now - AGAIN])
        return [row[0] for row in cursor.fetchall()]


def remind(organisation: Organisation) -> int:
    """One letter to each approver of whom something new is asked, or old enough; all that waits for them stands in it.
    Called with the tenant set. Returns how many were written to.

    That somebody was told is stored first and taken back where the letter did not leave: nobody gets two of them from
    two who remind at once.
    """
    written = 0
    for person in _to_be_told():
        was = _claim(person)
        if not was:
            continue
        try:
            _write_to(person, organisation)
            written += 1
        except (SMTPException, OSError) as trouble:
            logger.warning("No letter to user %s of what waits for approval: %s", person.pk, type(trouble).__name__)
            _give_back(was)
    return written


def _due() -> Q:
    now = timezone.now()
    told = Q(told_at__isnull=True) | Q(told_at__lt=now - AGAIN)
    return told & Q(current=True, verdict=Verdict.ASKED, asked_at__lt=now - GATHERED)


@transaction.atomic
def _to_be_told() -> list[User]:
    """Of those who may approve here still."""
    wanted = set(Approval.objects.filter(_due(), approver__isnull=False).values_list("approver", flat=True))
    return [person for person in members_who_may(Action.APPROVE) if person.pk in wanted]


@transaction.atomic
def _claim(person: User) -> dict[int, datetime | None]:
    """When each was told before, by id; empty where somebody else was quicker."""
    rows = Approval.objects.filter(_due(), approver=person).select_for_update(no_key=True).order_by("id")
    was = dict(rows.values_list("pk", "told_at"))
    waiting = Approval.objects.filter(approver=person, current=True, verdict=Verdict.ASKED)
    if was:
        waiting.update(told_at=timezone.now())
    return was


@transaction.atomic
def _give_back(was: dict[int, datetime | None]) -> None:
    for told_at in set(was.values()):
        Approval.objects.filter(pk__in=[pk for pk, at in was.items() if at == told_at]).update(told_at=told_at)


def _write_to(person: User, organisation: Organisation) -> None:
    with transaction.atomic():
        rows = Approval.objects.filter(approver=person, current=True, verdict=Verdict.ASKED)
        waiting = list(rows.select_related("document").order_by("asked_at", "id"))
    number = counted(len(waiting), "item")
    subject = f"{number} {'waits' if len(waiting) == 1 else 'wait'} for your approval at {organisation.name}"
    send_mail(subject, _letter(waiting, organisation), settings.DEFAULT_FROM_EMAIL, [person.email])


def _letter(waiting: Sequence[Approval], organisation: Organisation) -> str:
    lines = [_line(row) for row in waiting[:NAMED]]
    if len(waiting) > NAMED:
        lines.append(f"and {len(waiting) - NAMED} more")
    address = settings.PUBLIC_URL + reverse("approvals", args=[organisation.slug])
    return "\n".join([f"{_sums(waiting)} in all:", "", *lines, "", f"Approve or decline: {address}"])


def _sums(waiting: Sequence[Approval]) -> str:
    return sums_text(by_currency(Money(row.document.amount_minor, row.document.currency) for row in waiting))


def _line(row: Approval) -> str:
    money = money_text(Money(row.document.amount_minor, row.document.currency))
    return f"- {row.payee}, {day_text(row.document.dated)}: {money}"
