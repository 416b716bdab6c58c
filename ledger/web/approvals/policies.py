"""Who must approve what: read by everybody who approves, changed by whoever configures."""

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.forms import BaseFormSet, formset_factory
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import capfirst

from ledger.access import Access, Action, members_who_may
from ledger.domain.approvals import APPROVED_KINDS, MOST_STEPS, Step
from ledger.domain.documents import DocumentKind
from ledger.domain.money import Money, NotMoney, parse_amount
from ledger.models import ApprovalPolicy, ApprovalStep, Entity
from ledger.models.approvals import TOLD_BY_SENDER, in_force
from ledger.services.approvals import save_policy
from ledger.web.doors import PageRequest, organisation_page
from ledger.words import day_text, money_text

NOBODY, SENDER = "", "told"
SPARE = 2
PLURALS = {
    DocumentKind.CHARGE: "Card charges",
    DocumentKind.BILL: "Bills",
    DocumentKind.REIMBURSEMENT: "Reimbursements",
}


@organisation_page(Action.APPROVE)
def policy_list(request: PageRequest) -> HttpResponse:
    slug, entities = request.access.organisation.slug, list(Entity.objects.order_by("name"))
    policies = in_force([entity.pk for entity in entities])
    page = {
        "back_url": reverse("approvals", args=[slug]),
        "may_change": request.access.allows(Action.CONFIGURE),
        "entities": [
            {
                "name": entity.name,
                "kinds": [_kind_shown(slug, entity, kind, policies.get((entity.pk, kind))) for kind in APPROVED_KINDS],
            }
            for entity in entities
        ],
    }
    return render(request, "ledger/approvals/policies.html", {"page": page})


def _kind_shown(slug: str, entity: Entity, kind: DocumentKind, policy: ApprovalPolicy | None) -> dict[str, Any]:
    return {
        "label": PLURALS[kind],
        "steps": list(_steps_shown(policy, entity)) if policy else [],
        "by": f"{policy.made_by or 'somebody who left'}, {day_text(policy.made_at.date())}" if policy else "",
        "url": reverse("edit_policy", args=[slug, entity.pk, kind.value]),
    }


def _steps_shown(policy: ApprovalPolicy, entity: Entity) -> Iterator[dict[str, str]]:
    for step in _ordered(policy):
        above = money_text(Money(step.above_minor, entity.currency))
        yield {
            "who": str(step.approver) if step.approver else capfirst(TOLD_BY_SENDER),
            "above": f"above {above}" if step.above_minor else "any amount",
        }


def _ordered(policy: ApprovalPolicy) -> list[ApprovalStep]:
    return sorted(policy.steps.all(), key=lambda step: step.position)


class StepForm(forms.Form):
    """One step; without anybody chosen it is left out."""

    who = forms.ChoiceField(label="Who", required=False)
    above = forms.CharField(label="Above", required=False, max_length=24)

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]], currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency
        who = self.fields["who"]
        assert isinstance(who, forms.ChoiceField)
        who.choices = [(NOBODY, "Nobody"), *people]
        self.fields["above"].label = f"For more than, {currency}"
        self.fields["above"].widget.attrs |= {"class": "num", "inputmode": "decimal", "autocomplete": "off"}

    def clean_above(self) -> int:
        text = self.cleaned_data["above"].replace(",", "").strip()
        try:
            return parse_amount(text, self.currency).minor if text else 0
        except NotMoney as trouble:
            raise forms.ValidationError(str(trouble)) from trouble

    @property
    def step(self) -> Step | None:
        who = self.cleaned_data.get("who", NOBODY)
        if who == NOBODY:
            return None
        return Step(None if who == SENDER else int(who), self.cleaned_data["above"])


@organisation_page(Action.CONFIGURE)
def edit_policy(request: PageRequest, entity_id: int, kind: str) -> HttpResponse:
    entity = get_object_or_404(Entity, pk=entity_id)
    if kind not in APPROVED_KINDS:
        raise Http404
    subject = DocumentKind(kind)
    if request.method != "POST":
        standing = in_force([entity.pk]).get((entity.pk, subject))
        return _shown(request, entity, subject, _forms(request.access, entity, standing=standing))
    told = _forms(request.access, entity, data=request.POST)
    if not told.is_valid():
        return _shown(request, entity, subject, told, status=422)
    return _save(request, entity, subject, told)


def _save(request: PageRequest, entity: Entity, kind: DocumentKind, told: "BaseFormSet[StepForm]") -> HttpResponse:
    steps = [form.step for form in told.forms if form.step is not None]
    try:
        changed = save_policy(entity=entity, kind=kind, steps=steps, person=request.user)
    except ValueError as trouble:
        messages.error(request, str(trouble))
        return _shown(request, entity, kind, told, status=422)
    saved = "Saved. It holds for what is submitted or changed from now on; what was asked already stays as it is."
    messages.success(request, saved if changed else "Nothing was changed.")
    return redirect("approval_policies", request.access.organisation.slug)


def _forms(
    access: Access, entity: Entity, *, data: Any = None, standing: ApprovalPolicy | None = None
) -> "BaseFormSet[StepForm]":
    steps = _ordered(standing) if standing else []
    people = _people(steps)
    extra = min(SPARE, MOST_STEPS - len(steps))
    factory = formset_factory(StepForm, extra=extra, max_num=MOST_STEPS, absolute_max=MOST_STEPS + SPARE)
    return factory(
        data,
        prefix="step",
        initial=[_initial(step, entity) for step in steps],
        form_kwargs={"people": people, "currency": entity.currency},
    )


def _people(steps: Sequence[ApprovalStep]) -> list[tuple[str, str]]:
    """Who may approve now, and whoever stands in the policy still."""
    people = {str(person.pk): str(person) for person in members_who_may(Action.APPROVE)}
    left = {str(step.approver.pk): f"{step.approver}, who left" for step in steps if step.approver}
    return [*(left | people).items(), (SENDER, capfirst(TOLD_BY_SENDER))]


def _initial(step: ApprovalStep, entity: Entity) -> dict[str, str]:
    above = str(Money(step.above_minor, entity.currency).amount) if step.above_minor else ""
    return {"who": str(step.approver_id) if step.approver_id else SENDER, "above": above}


def _shown(
    request: PageRequest, entity: Entity, kind: DocumentKind, told: "BaseFormSet[StepForm]", status: int = 200
) -> HttpResponse:
    page = {
        "title": f"Who approves {PLURALS[kind].lower()} of {entity.name}",
        "steps": told,
        "back_url": reverse("approval_policies", args=[request.access.organisation.slug]),
    }
    return render(request, "ledger/approvals/policy.html", {"page": page}, status=status)
