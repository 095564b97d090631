"""An invoice or a credit note as a PDF of one page: a real file, and no more than its figures."""

from decimal import Decimal

from sandbox.core.pdf import one_page
from sandbox.stripe.currencies import major
from sandbox.stripe.settings import ACCOUNT_DETAILS, ACCOUNT_NAME
from sandbox.stripe.store import Json


def pdf_of(document: Json) -> bytes:
    """Write it in Latin characters."""
    what = "Facture" if document["object"] == "invoice" else "Avoir"
    lines = [
        ACCOUNT_NAME,
        *ACCOUNT_DETAILS,
        "",
        f"{what} {document['number']}",
        str(document.get("customer_name") or ""),
        "",
        *(
            f"{line['description'] or ''}   {_money(line['amount'], document)}"
            for line in document["lines"]["data"]
        ),
        "",
        f"Total TTC {_money(document['total'], document)}",
        "",
        "Document simulé par le bac à sable : aucune facture réelle.",
    ]
    return one_page(lines)


def _money(amount: int, document: Json) -> str:
    return f"{Decimal(major(amount, document['currency'])):.2f} {document['currency'].upper()}"
