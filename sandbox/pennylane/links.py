"""The PDF of a finalised invoice, and the public link to it (pennylane.md 1.6)."""

import base64
import hashlib
import hmac
import secrets
import time
from decimal import Decimal

from sandbox.core.pdf import one_page
from sandbox.pennylane.call import Call
from sandbox.pennylane.money import shown
from sandbox.pennylane.records import Invoice
from sandbox.pennylane.settings import COMPANY_NAME, COMPANY_SIREN
from sandbox.pennylane.store import Company

PATH = "/public/invoice/pdf"
_KEY = secrets.token_bytes(32)


def ready(call: Call, invoice: Invoice) -> bool:
    """Whether the PDF exists: some time after the invoice was finalised."""
    made = invoice.finalised
    return made is not None and time.monotonic() - made >= call.settings.pdf_seconds


def public(call: Call, invoice: Invoice) -> str:
    """An address that needs no login, for a while."""
    ends = int(time.time()) + call.settings.link_seconds
    said = f"{invoice.id}.{ends}"
    sealed = base64.urlsafe_b64encode(f"{said}.{_mark(said)}".encode()).decode()
    return f"{call.pages}{PATH}?encrypted_id={sealed}"


def opened(company: Company, sealed: str) -> Invoice | None:
    """The invoice that a link leads to while it lasts."""
    try:
        said, _, mark = base64.urlsafe_b64decode(sealed.encode()).decode().rpartition(".")
    except ValueError:
        return None
    if not hmac.compare_digest(mark.encode(), _mark(said).encode()):
        return None
    id_, _, ends = said.partition(".")
    return company.invoices.get(int(id_)) if time.time() < int(ends) else None


def pdf_of(company: Company, invoice: Invoice) -> bytes:
    """Its figures, and no more."""
    name = company.customers[invoice.customer].values["name"]
    lines = [
        COMPANY_NAME,
        f"SIREN {COMPANY_SIREN}",
        "",
        f"{'Avoir' if invoice.credit_note else 'Facture'} {invoice.number}",
        name,
        "",
        *(f"{each.values['label']}   {_money(each.priced.net, invoice)}" for each in invoice.lines),
        "",
        f"Total HT {_money(invoice.totals.net, invoice)}",
        f"TVA {_money(invoice.totals.tax, invoice)}",
        f"Total TTC {_money(invoice.totals.gross, invoice)}",
        "",
        "Document simulé par le bac à sable : aucune facture réelle.",
    ]
    return one_page(lines)


def _money(amount: Decimal, invoice: Invoice) -> str:
    return f"{shown(amount, False)} {invoice.currency}"


def _mark(said: str) -> str:
    return hmac.new(_KEY, said.encode(), hashlib.sha256).hexdigest()
