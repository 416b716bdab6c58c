from django.urls import path

from integrations.web.clashes import choose_side
from integrations.web.connections import callback, connect, connection_list, read_references
from integrations.web.difference import difference
from integrations.web.failed import failed, retry_all, retry_cause, retry_document
from integrations.web.home import organisation_home
from integrations.web.mapping import first_mapping, mapping, revert, targets
from integrations.web.runs import run_page
from integrations.web.undo import undo_document, undo_run
from integrations.web.unhung import retry_receipts

urlpatterns = [
    path("connect/<slug:provider>/callback", callback, name="connect_callback"),
    path("o/<slug:organisation>/", organisation_home, name="organisation"),
    path("o/<slug:organisation>/difference/", difference, name="difference"),
    path("o/<slug:organisation>/connections/", connection_list, name="connections"),
    path("o/<slug:organisation>/connections/<int:entity_id>/connect", connect, name="connect"),
    path("o/<slug:organisation>/connections/<int:connection_id>/read", read_references, name="read_references"),
    path("o/<slug:organisation>/runs/<int:run_id>/", run_page, name="run"),
    path("o/<slug:organisation>/runs/<int:run_id>/undo", undo_run, name="undo_run"),
    path("o/<slug:organisation>/undo/<uuid:public_id>", undo_document, name="undo_document"),
    path("o/<slug:organisation>/choose/<uuid:public_id>", choose_side, name="choose_side"),
    path("o/<slug:organisation>/mapping/", first_mapping, name="first_mapping"),
    path("o/<slug:organisation>/mapping/<int:entity_id>/", mapping, name="mapping"),
    path("o/<slug:organisation>/mapping/<int:entity_id>/targets", targets, name="mapping_targets"),
    path("o/<slug:organisation>/mapping/<int:entity_id>/revert", revert, name="revert_mapping"),
    path("o/<slug:organisation>/failed/", failed, name="failed"),
    path("o/<slug:organisation>/failed/retry", retry_cause, name="retry_cause"),
    path("o/<slug:organisation>/failed/retry-receipts", retry_receipts, name="retry_receipts"),
    path("o/<slug:organisation>/failed/retry-all", retry_all, name="retry_all"),
    path("o/<slug:organisation>/failed/retry/<uuid:public_id>", retry_document, name="retry_document"),
]
