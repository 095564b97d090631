"""What Stripe mails to the customer when an invoice is sent."""

from collections.abc import Sequence
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, formataddr, make_msgid
from html import escape
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_currency

from sandbox.stripe.currencies import major
from sandbox.stripe.settings import ACCOUNT_EMAIL, ACCOUNT_NAME, ACCOUNT_TIMEZONE
from sandbox.stripe.store import Json

_SUBJECTS = {
    "fr": "Facture {number} de {sender}",
    "en": "Invoice {number} from {sender}",
}
_TEXTS = {
    "fr": (
        "Bonjour {name},\n\n{sender} vous adresse la facture {number}.\n\n"
        "Montant dû : {amount}\n{due}\nVoir et payer la facture :\n{url}\n\n{sender}\n"
    ),
    "en": (
        "Hello {name},\n\n{sender} has sent you invoice {number}.\n\n"
        "Amount due: {amount}\n{due}\nView and pay the invoice:\n{url}\n\n{sender}\n"
    ),
}
_DUE = {"fr": "Échéance : {date}\n", "en": "Due date: {date}\n"}


def invoice_letter(invoice: Json, *, recipient: str, locales: Sequence[str]) -> EmailMessage:
    """The mail in the first locale we speak; without any, in French, the language of the account."""
    language = next((each[:2] for each in locales if each[:2] in _TEXTS), "fr")
    words = {
        "name": invoice["customer_name"] or recipient,
        "sender": ACCOUNT_NAME,
        "number": invoice["number"],
        "amount": format_currency(
            major(invoice["amount_remaining"], invoice["currency"]),
            invoice["currency"].upper(),
            locale=language,
        ),
        "due": _due(invoice["due_date"], language),
        "url": invoice["hosted_invoice_url"],
    }
    text = _TEXTS[language].format(**words)
    letter = EmailMessage()
    letter["From"] = formataddr((ACCOUNT_NAME, ACCOUNT_EMAIL))
    letter["To"] = recipient
    letter["Subject"] = _SUBJECTS[language].format(**words)
    letter["Date"] = format_datetime(datetime.now(UTC))
    letter["Message-ID"] = make_msgid(domain="stripe.sandbox.example")
    letter["Content-Language"] = language
    letter.set_content(text)
    letter.add_alternative(_html(text, words["url"]), subtype="html")
    return letter


def _due(at: int | None, language: str) -> str:
    if at is None:
        return ""
    day = datetime.fromtimestamp(at, ZoneInfo(ACCOUNT_TIMEZONE)).date()
    return _DUE[language].format(date=format_date(day, "long", locale=language))


def _html(text: str, url: str) -> str:
    link = f'<a href="{escape(url)}">{escape(url)}</a>'
    body = escape(text).replace(escape(url), link).replace("\n", "<br>\n")
    return f"<!doctype html><html><body>{body}</body></html>"
