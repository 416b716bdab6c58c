"""Letters that Mailgun took for us (an inbound route with forward(); the form with raw MIME for small letters only).

Signed by its webhook signing key: https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks
"""

import logging
from email.utils import parseaddr
from typing import Any

from anymail.webhooks.mailgun import MailgunInboundWebhookView
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from ledger.mail.reading import header, letter_of
from ledger.mail.smtp import LARGEST
from ledger.services.inboxes import tenant_of
from ledger.services.letters import open_letter
from ledger.storage import StorageTrouble
from ledger.tenancy.context import acting_for
from ledger.web.bodies import announced

logger = logging.getLogger(__name__)


class SignedLetters(MailgunInboundWebhookView):  # type: ignore[misc]  # anymail has no types
    """Checks the signature and understands both forms."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.validate_request(request)
        for event in self.parse_events(request):
            try:
                _take(event.message)
            except StorageTrouble:
                logger.exception("A letter could not be kept; Mailgun is asked to bring it again.")
                return HttpResponse(status=503)
        return HttpResponse()


@csrf_exempt
@require_POST
def inbound_mail(request: HttpRequest) -> HttpResponse:
    """Not there where no key is set: nothing could be believed."""
    key = settings.MAILGUN_SIGNING_KEY
    if not key:
        raise Http404
    if announced(request) > LARGEST:
        # Not again, please: it would be as large as it is.
        return HttpResponse(status=406)
    try:
        answer: HttpResponse = SignedLetters.as_view(webhook_signing_key=key)(request)
    except RequestDataTooBig:
        # A raw letter is a field of the form, which is held in memory.
        return HttpResponse(status=406)
    return answer


def _take(message: Any) -> None:
    """Whoever has no address here gets no answer: Mailgun would bring it again for hours."""
    tenant = tenant_of(message.envelope_recipient or "")
    if tenant is None:
        logger.info("A letter to an address that nobody has.")
        return
    with acting_for(tenant):
        open_letter(letter_of(message, proven=_is_proven(message)))


def _is_proven(message: Any) -> bool:
    """The server that handed it to Mailgun may send for the envelope's domain, and the letter says it is from there.
    Only a Mailgun domain whose spam filter marks letters writes that down itself, which is for the operator to say."""
    if not settings.MAILGUN_MARKS_SENDERS:
        return False
    checked = [str(value).casefold() for value in message.get_all("X-Mailgun-Spf", [])]
    sender = parseaddr(header(message, "From"))[1].rpartition("@")[2].casefold()
    envelope = (message.envelope_sender or "").rpartition("@")[2].casefold()
    return bool(sender) and checked == ["pass"] and sender == envelope
