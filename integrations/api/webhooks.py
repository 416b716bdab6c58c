"""Where a platform tells what happened in companies: checked, stored, answered. What it means is found out later."""

import logging

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from integrations import bells, services
from integrations.bells import Queue
from integrations.providers.errors import Unreadable
from integrations.providers.registry import platform
from integrations.services import PATIENCE
from integrations.tasks import take_changes

logger = logging.getLogger(__name__)

# A thousand events are a quarter of it.
LARGEST = 1024 * 1024


@csrf_exempt
@require_POST
def webhook(request: HttpRequest, provider: str) -> HttpResponse:
    """200 as soon as it is stored. Whatever else is answered, the platform comes again with."""
    try:
        hooks = platform(provider).webhooks()
    except KeyError as unknown:
        raise Http404 from unknown
    if not hooks.ready:
        logger.error("%s sends messages, and the secret that proves them is not set.", provider)
        return HttpResponse("Not set up.", status=503, content_type="text/plain")
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
        return HttpResponse("Too large.", status=413, content_type="text/plain")
    if not hooks.verify(request.body, {name.lower(): value for name, value in request.headers.items()}):
        logger.warning("A message in the name of %s has a wrong signature, or none.", provider)
        return HttpResponse("The signature is wrong.", status=401, content_type="text/plain")
    try:
        changes = hooks.parse(request.body)
    except Unreadable as trouble:
        logger.warning("A signed message of %s cannot be read: %s", provider, trouble)
        return HttpResponse(str(trouble), status=400, content_type="text/plain")
    _ring(services.receive(provider, changes))
    return HttpResponse("Thank you.", content_type="text/plain")


def _ring(companies: list[tuple[int, int]]) -> None:
    at = timezone.now() + PATIENCE
    for tenant, company in companies:
        bells.ring(take_changes, tenant, company, queue=Queue.BACKLOG, at=at)
