from django.urls import path

from ledger.web.approvals import approval_list, decide_approvals, edit_policy, policy_list
from ledger.web.bills import (
    bill_detail,
    bill_list,
    edit_bill,
    new_bill,
    pay_bill,
    payment_detail,
    submit_bill,
    void_bill,
    void_payment,
)
from ledger.web.documents.approvals import add_comment
from ledger.web.documents.files import add_receipts, receipt_file, receipt_preview, take_receipt_away
from ledger.web.imports import (
    choose_columns,
    discard_import,
    import_list,
    import_page,
    new_import,
    refused_file,
    stop_import,
)
from ledger.web.inbound import inbound_mail
from ledger.web.organisations import home
from ledger.web.people import change_person, invitation, invite_person, people, withdraw_invitation
from ledger.web.transactions import (
    decide_on_several,
    export_transactions,
    transaction_detail,
    transaction_list,
    transaction_there,
)
from ledger.web.tray import add_to_tray, hang_receipt, tray

urlpatterns = [
    path("", home, name="home"),
    path("invitations/<slug:secret>/", invitation, name="invitation"),
    path("inbound/mailgun", inbound_mail, name="inbound_mail"),
    path("o/<slug:organisation>/transactions/", transaction_list, name="transactions"),
    path("o/<slug:organisation>/transactions/decide", decide_on_several, name="decide_on_several"),
    path("o/<slug:organisation>/transactions/export.csv", export_transactions, name="export_transactions"),
    path("o/<slug:organisation>/transactions/<uuid:public_id>/", transaction_detail, name="transaction"),
    path("o/<slug:organisation>/transactions/<uuid:public_id>/there", transaction_there, name="transaction_there"),
    path("o/<slug:organisation>/documents/<uuid:public_id>/receipts", add_receipts, name="add_receipts"),
    path("o/<slug:organisation>/documents/<uuid:public_id>/comments", add_comment, name="comment"),
    path("o/<slug:organisation>/approvals/", approval_list, name="approvals"),
    path("o/<slug:organisation>/approvals/decide", decide_approvals, name="decide_approvals"),
    path("o/<slug:organisation>/approvals/policies/", policy_list, name="approval_policies"),
    path("o/<slug:organisation>/approvals/policies/<int:entity_id>/<slug:kind>", edit_policy, name="edit_policy"),
    path("o/<slug:organisation>/receipts/<uuid:public_id>", receipt_file, name="receipt_file"),
    path("o/<slug:organisation>/receipts/<uuid:public_id>/preview", receipt_preview, name="receipt_preview"),
    path("o/<slug:organisation>/receipts/", tray, name="tray"),
    path("o/<slug:organisation>/receipts/add", add_to_tray, name="add_to_tray"),
    path("o/<slug:organisation>/receipts/<uuid:public_id>/hang", hang_receipt, name="hang_receipt"),
    path("o/<slug:organisation>/receipts/<uuid:public_id>/remove", take_receipt_away, name="remove_receipt"),
    path("o/<slug:organisation>/bills/", bill_list, name="bills"),
    path("o/<slug:organisation>/bills/new", new_bill, name="new_bill"),
    path("o/<slug:organisation>/bills/<uuid:public_id>/", bill_detail, name="bill"),
    path("o/<slug:organisation>/bills/<uuid:public_id>/edit", edit_bill, name="edit_bill"),
    path("o/<slug:organisation>/bills/<uuid:public_id>/submit", submit_bill, name="submit_bill"),
    path("o/<slug:organisation>/bills/<uuid:public_id>/void", void_bill, name="void_bill"),
    path("o/<slug:organisation>/bills/<uuid:public_id>/pay", pay_bill, name="pay_bill"),
    path("o/<slug:organisation>/bill-payments/<uuid:public_id>/", payment_detail, name="bill_payment"),
    path("o/<slug:organisation>/bill-payments/<uuid:public_id>/void", void_payment, name="void_payment"),
    path("o/<slug:organisation>/people/", people, name="people"),
    path("o/<slug:organisation>/people/invite", invite_person, name="invite_person"),
    path("o/<slug:organisation>/people/<int:number>", change_person, name="change_person"),
    path("o/<slug:organisation>/invitations/<int:number>/withdraw", withdraw_invitation, name="withdraw_invitation"),
    path("o/<slug:organisation>/imports/", import_list, name="imports"),
    path("o/<slug:organisation>/imports/new", new_import, name="new_import"),
    path("o/<slug:organisation>/imports/<uuid:import_id>/", import_page, name="import"),
    path("o/<slug:organisation>/imports/<uuid:import_id>/choose", choose_columns, name="choose_columns"),
    path("o/<slug:organisation>/imports/<uuid:import_id>/stop", stop_import, name="stop_import"),
    path("o/<slug:organisation>/imports/<uuid:import_id>/discard", discard_import, name="discard_import"),
    path("o/<slug:organisation>/imports/<uuid:import_id>/refused.csv", refused_file, name="refused_rows"),
]
