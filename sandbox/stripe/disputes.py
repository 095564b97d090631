"""Disputes: the payer's bank takes the money back, or asks first (Stripe docs: api/disputes, disputes/*).

What the bank does is told by the routes of `bank.py`; what the company answers, by Stripe's own.
"""

from sandbox.core.table import new_id
from sandbox.stripe.balance import moved
from sandbox.stripe.call import Call
from sandbox.stripe.checks import merged_metadata
from sandbox.stripe.errors import Refusal, missing_object
from sandbox.stripe.pages import in_range, page
from sandbox.stripe.store import Json

EVIDENCE = (
    "access_activity_log",
    "billing_address",
    "cancellation_policy",
    "cancellation_policy_disclosure",
    "cancellation_rebuttal",
    "customer_communication",
    "customer_email_address",
    "customer_name",
    "customer_purchase_ip",
    "customer_signature",
    "duplicate_charge_documentation",
    "duplicate_charge_explanation",
    "duplicate_charge_id",
    "product_description",
    "receipt",
    "refund_policy",
    "refund_policy_disclosure",
    "refund_refusal_explanation",
    "service_date",
    "service_documentation",
    "shipping_address",
    "shipping_carrier",
    "shipping_date",
    "shipping_documentation",
    "shipping_tracking_number",
    "uncategorized_file",
    "uncategorized_text",
)
# Stripe docs, "Dispute fees": 20 EUR; taken with the money, and kept whatever the end.
_FEE = 2000
_ANSWER_WITHIN = 9 * 86_400
_OPEN = ("needs_response", "under_review", "warning_needs_response", "warning_under_review")


def open_dispute(call: Call, charge: Json, amount: int, reason: str, *, inquiry: bool) -> Json:
    """The bank disputes a charge. It takes the money with it, unless it only inquires."""
    if charge["status"] != "succeeded":
        raise Refusal(f"Charge {charge['id']} has no money to dispute.", param="charge")
    if any(each["charge"] == charge["id"] and each["status"] in _OPEN for each in call.store.disputes):
        raise Refusal(f"Charge {charge['id']} is disputed already.", param="charge")
    if amount > charge["amount"]:
        raise Refusal("A dispute cannot be about more than the charge.", param="amount")
    dispute = _dispute(call, charge, amount, reason, inquiry=inquiry)
    call.store.disputes.add(dispute["id"], dispute)
    call.change("charge.updated", charge, disputed=True)
    call.event("charge.dispute.created", dispute)
    if not inquiry:
        _withdraw(call, dispute)
    return dispute


def decide(call: Call, dispute: Json, outcome: str) -> Json:
    """The bank decides: `won`, `lost`, or of an inquiry `escalated` to a dispute or `closed`."""
    inquiry = dispute["status"].startswith("warning_")
    if dispute["status"] not in _OPEN or inquiry != (outcome in ("escalated", "closed")):
        raise Refusal(f"A dispute that is {dispute['status']} cannot be {outcome}.", param="outcome")
    match outcome:
        case "escalated":
            call.change(
                "charge.dispute.updated", dispute, status="needs_response", is_charge_refundable=False
            )
            _withdraw(call, dispute)
        case "won":
            # Not said in the docs: what was won back is taken to be the company's to refund.
            dispute["is_charge_refundable"] = True
            _close(call, dispute, "won")
            _reinstate(call, dispute)
        case "lost":
            _close(call, dispute, "lost")
        case "closed":
            _close(call, dispute, "warning_closed")
    return dispute


def update(call: Call) -> Json:
    """Evidence; with `submit` it goes to the bank."""
    dispute, params = existing_dispute(call), call.params
    if dispute["status"] not in _OPEN:
        raise Refusal(f"This dispute is already closed: {dispute['status']}.", param="dispute")
    evidence = {**dispute["evidence"], **params.get("evidence", {})}
    given = any(evidence[name] for name in EVIDENCE)
    submitted = bool(params.get("submit", "evidence" in params)) and given
    details = dispute["evidence_details"]
    call.change(
        "charge.dispute.updated",
        dispute,
        evidence=evidence,
        evidence_details={
            **details,
            "has_evidence": given,
            "submission_count": details["submission_count"] + submitted,
        },
        metadata=merged_metadata(dispute["metadata"], params.get("metadata", {})),
        status=dispute["status"].replace("needs_response", "under_review")
        if submitted
        else dispute["status"],
    )
    return dispute


def close(call: Call) -> Json:
    """The company accepts it: it is lost."""
    dispute = existing_dispute(call)
    if dispute["status"] != "needs_response":
        raise Refusal(f"This dispute cannot be closed: it is {dispute['status']}.", param="dispute")
    _close(call, dispute, "lost")
    return dispute


def retrieve(call: Call) -> Json:
    return existing_dispute(call)


def list_(call: Call) -> Json:
    params = call.params
    return page(
        call,
        "dispute",
        call.store.disputes,
        lambda each: (
            all(each[name] == params[name] for name in ("charge", "payment_intent") if name in params)
            and in_range(each["created"], params.get("created"))
        ),
    )


def existing_dispute(call: Call) -> Json:
    """The dispute that the path names."""
    dispute = call.store.disputes.find(call.id)
    if dispute is None:
        raise missing_object("dispute", call.id)
    return dispute


def _withdraw(call: Call, dispute: Json) -> None:
    taken = moved(call, "adjustment", _of(dispute), -dispute["amount"], fee=_FEE, category="dispute")
    dispute["balance_transactions"] = [*dispute["balance_transactions"], taken]
    call.event("charge.dispute.funds_withdrawn", dispute)


def _reinstate(call: Call, dispute: Json) -> None:
    back = moved(call, "adjustment", _of(dispute), dispute["amount"], category="dispute_reversal")
    dispute["balance_transactions"] = [*dispute["balance_transactions"], back]
    call.event("charge.dispute.funds_reinstated", dispute)


def _close(call: Call, dispute: Json, status: str) -> None:
    dispute.update(status=status)
    call.event("charge.dispute.closed", dispute)


def _of(dispute: Json) -> Json:
    return {**dispute, "description": f"Chargeback of {dispute['charge']}"}


def _dispute(call: Call, charge: Json, amount: int, reason: str, *, inquiry: bool) -> Json:
    kind = charge["payment_method_details"]["type"]
    card = {
        "brand": charge["payment_method_details"].get("card", {}).get("brand"),
        "case_type": "inquiry" if inquiry else "chargeback",
        "network": charge["payment_method_details"].get("card", {}).get("brand"),
        "network_reason_code": "10.4",
    }
    return {
        "id": new_id("dp" if kind == "card" else "pdp"),
        "object": "dispute",
        "amount": amount,
        "balance_transactions": [],
        "charge": charge["id"],
        "created": call.now,
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {**dict.fromkeys(EVIDENCE), "enhanced_evidence": {}},
        "evidence_details": {
            "due_by": call.now + _ANSWER_WITHIN,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": inquiry,
        "livemode": call.settings.livemode,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "payment_method_details": {**({"card": card} if kind == "card" else {}), "type": kind},
        "reason": reason,
        "status": "warning_needs_response" if inquiry else "needs_response",
    }
