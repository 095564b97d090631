"""What Pennylane mails to a customer when an invoice is sent."""

from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, formataddr, make_msgid

from babel.dates import format_date
from babel.numbers import format_currency

from sandbox.pennylane.records import Invoice
from sandbox.pennylane.settings import COMPANY_EMAIL, COMPANY_NAME

_SUBJECTS = {"fr": "Facture {number} de {sender}", "en": "Invoice {number} from {sender}"}
_TEXTS = {
    "fr": (
        "Bonjour {name},\n\nVeuillez trouver la facture {number} de {sender}, d’un montant de {amount}, "
        "à régler avant le {due}.\n\nTélécharger la facture :\n{url}\n\n{sender}\n"
    ),
    "en": (
        "Hello {name},\n\nPlease find invoice {number} from {sender}, of {amount}, due on {due}.\n\n"
        "Download the invoice:\n{url}\n\n{sender}\n"
    ),
}


def invoice_letter(invoice: Invoice, name: str, recipient: str, url: str) -> EmailMessage:
    """In the invoice's language; in English where it is neither French nor English."""
    language = "fr" if invoice.values["language"] == "fr_FR" else "en"
    words = {
        "name": name,
        "sender": COMPANY_NAME,
        "number": invoice.number,
        "amount": format_currency(invoice.totals.gross, invoice.currency, locale=language),
        "due": format_date(invoice.deadline, "long", locale=language),
        "url": url,
    }
    letter = EmailMessage()
    letter["From"] = formataddr((COMPANY_NAME, COMPANY_EMAIL))
    letter["To"] = recipient
    letter["Subject"] = _SUBJECTS[language].format(**words)
    letter["Date"] = format_datetime(datetime.now(UTC))
    letter["Message-ID"] = make_msgid(domain="pennylane.sandbox.example")
    letter["Content-Language"] = language
    letter.set_content(_TEXTS[language].format(**words))
    return letter
