"""The event that tells other systems of a paid deal, in the words of Standard Webhooks.

Its id is the same however often it is sent: whoever receives it twice knows it by that.
"""

import hashlib
import json
from datetime import datetime

from raccord.domain.values.base import Value
from raccord.domain.values.deal import DealRef
from raccord.domain.values.money import Money, exponent

TYPE = "customer.onboarding"


class OutboundEvent(Value):
    """One event, as it is signed and sent: its body is the same for every attempt and every endpoint."""

    key: str
    """Derives from the business: deal and step."""
    about: str
    """Opaque id of what it is about: `<connection>:123`."""
    body: str

    @property
    def id(self) -> str:
        """Its `webhook-id`."""
        return f"msg_{hashlib.sha256(self.key.encode()).hexdigest()[:32]}"


def onboarding_event(
    key: str,
    deal: DealRef,
    *,
    at: datetime,
    billing: str,
    customer_id: str,
    invoices: tuple[str, ...],
    amounts: tuple[Money, ...],
) -> OutboundEvent:
    """Write the event of a paid deal: ids and amounts, nothing personal. Exact amounts are text."""
    data = {
        "crm": {"connection": deal.connection, "deal": deal.id},
        "billing": {"connection": billing, "customer": customer_id, "invoices": list(invoices)},
        "amounts": [
            {"amount": f"{money.amount:.{exponent(money.currency)}f}", "currency": money.currency}
            for money in amounts
        ],
    }
    body = {"type": TYPE, "timestamp": at.isoformat().replace("+00:00", "Z"), "data": data}
    return OutboundEvent(key=key, about=str(deal), body=json.dumps(body, ensure_ascii=False))
