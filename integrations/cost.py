"""The calls of each month by company, since platforms charge for some of them by the month."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import connection

from integrations.models import CallCount
from integrations.providers.calls import CountingGate
from ledger.tenancy.context import required_tenant

ADD_CALLS = """
    INSERT INTO integrations_callcount AS count (tenant_id, company_id, month, kind, calls, answered)
    SELECT %s, %s, %s, * FROM unnest(%s::varchar[], %s::bigint[], %s::bigint[])
    ON CONFLICT (tenant_id, company_id, month, kind) DO UPDATE
       SET calls = count.calls + excluded.calls, answered = count.answered + excluded.answered
"""


def add_calls(company: int, gate: CountingGate, today: date) -> None:
    """To the company's calls of this month. Several holders of gates may count at the same time."""
    if not gate.calls:
        return
    kinds = sorted(gate.calls)
    columns: list[list[Any]] = [
        [kind.value for kind in kinds],
        [gate.calls[kind] for kind in kinds],
        [gate.answered[kind] for kind in kinds],
    ]
    with connection.cursor() as cursor:
        cursor.execute(ADD_CALLS, [required_tenant(), company, today.replace(day=1), *columns])


def of_month(companies: Iterable[int], month: date) -> dict[int, list[CallCount]]:
    """By company, the calls of the month that begins on this day."""
    found: dict[int, list[CallCount]] = {}
    for row in CallCount.objects.filter(company__in=list(companies), month=month).order_by("kind"):
        found.setdefault(row.company_id, []).append(row)
    return found
