"""How Stripe writes the ids of its objects: a prefix for each kind (API reference, the examples' `id`)."""

from raccord.connectors.capabilities import IdShape
from raccord.connectors.webhooks import HintKind

_REST = "[A-Za-z0-9_]{1,90}"
IDS = {
    HintKind.INVOICE: IdShape(pattern=f"in_{_REST}", said="an invoice, like in_1MtHbELkdIwHu7ixl4OzzPMv"),
    HintKind.CUSTOMER: IdShape(pattern=f"cus_{_REST}", said="a customer, like cus_NffrFeUfNV2Hib"),
    HintKind.PAYMENT: IdShape(
        pattern=f"(pi|ch|py)_{_REST}", said="a payment, like pi_3MtwBwLkdIwHu7ix28a3tqPa"
    ),
}
