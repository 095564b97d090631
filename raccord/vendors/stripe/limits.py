"""How long Stripe's texts may be (Stripe docs: api/invoices/create, api/customers/create, api/metadata).

Stripe's change log of 2018-10-31 limits the text of an invoice line to 500 characters and the name of a
product to 250; the 5,000 of the OpenAPI specification are those of any text.
"""

from collections.abc import Iterator

from raccord.connectors.capabilities import InvoiceLimits
from raccord.connectors.lengths import cut

LIMITS = InvoiceLimits(line=500, field=140, memo=1500, footer=5000, customer_name=256, phone=20)
LONGEST_PRODUCT = 250
"""Of a product's name, which no invoice prints."""
_VALUE = 500
_MOST_VALUES = 10
"""Of one text: with all lines, an order stays one request of ordinary size."""


def kept_whole(name: str, text: str) -> Iterator[tuple[str, str]]:
    """Yield the metadata `<name>_1`, `<name>_2`... that are the text together, or as much as fits."""
    kept = cut(text, _VALUE * _MOST_VALUES)
    for place, start in enumerate(range(0, len(kept), _VALUE), start=1):
        yield f"{name}_{place}", kept[start : start + _VALUE]
