"""A cause on a page: which one is asked for, and for how long it has kept something back."""

from datetime import datetime, timedelta

from django.http import Http404
from django.utils import timezone
from django.utils.timesince import timesince

from integrations.mapping.reasons import Reason, ReasonCode
from ledger.web.doors import PageRequest


def asked_cause(request: PageRequest) -> Reason:
    try:
        reason = Reason(ReasonCode(request.POST.get("code", "")), request.POST.get("subject", ""))
    except ValueError as unknown:
        raise Http404 from unknown
    if "\0" in reason.subject:
        raise Http404
    return reason


def age(since: datetime) -> str:
    now = timezone.now()
    return "just now" if now - since < timedelta(minutes=1) else timesince(since, now, depth=1)
