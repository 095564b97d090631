"""The pages that show an invoice: Stripe's hosted one, and the Dashboard's.

Stripe docs, "Hosted Invoice Page": whoever has the link sees the issued invoice and its state; a draft
has none, and people of the company see it in the Dashboard. The real ones lie on invoice.stripe.com and
dashboard.stripe.com; these where the account itself is served.
"""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from html import escape
from importlib.resources import files
from string import Template
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal

from sandbox.stripe.account import Account
from sandbox.stripe.currencies import major
from sandbox.stripe.invoice_view import all_lines, shown
from sandbox.stripe.settings import ACCOUNT_DETAILS, ACCOUNT_EMAIL, ACCOUNT_NAME, ACCOUNT_TIMEZONE
from sandbox.stripe.store import Invoice, Json

_PAGE = Template(files("sandbox.stripe").joinpath("hosted.html").read_text("utf-8"))
_WORDS = {
    "fr": {
        "title": "Facture",
        "number": "Numéro",
        "issued": "Date d'émission",
        "due_on": "Date d'échéance",
        "due_words": "à payer",
        "from_words": "De",
        "to_words": "Facturé à",
        "description_words": "Description",
        "quantity_words": "Qté",
        "unit_words": "Prix unitaire HT",
        "vat_words": "TVA",
        "amount_words": "Montant HT",
        "net": "Total HT",
        "vat": "TVA {rate} % sur {base}",
        "gross": "Total TTC",
        "credited": "Avoirs",
        "paid_so_far": "Déjà payé",
        "remaining": "Reste à payer",
        "simulated": "Page simulée par le bac à sable : aucune facture réelle, aucun paiement possible.",
        "open": "À payer",
        "paid": "Payée",
        "void": "Annulée",
        "uncollectible": "Irrécouvrable",
        "draft": "Brouillon",
    },
    "en": {
        "title": "Invoice",
        "number": "Invoice number",
        "issued": "Date of issue",
        "due_on": "Date due",
        "due_words": "due",
        "from_words": "From",
        "to_words": "Bill to",
        "description_words": "Description",
        "quantity_words": "Qty",
        "unit_words": "Unit price excl. tax",
        "vat_words": "VAT",
        "amount_words": "Amount excl. tax",
        "net": "Total excluding tax",
        "vat": "VAT {rate}% on {base}",
        "gross": "Total",
        "credited": "Credit notes",
        "paid_so_far": "Amount paid",
        "remaining": "Amount due",
        "simulated": "A page of the sandbox: no real invoice, and nothing can be paid here.",
        "open": "Open",
        "paid": "Paid",
        "void": "Void",
        "uncollectible": "Uncollectible",
        "draft": "Draft",
    },
}
_TAX_IDS = {"eu_vat": "TVA/VAT", "fr_siren": "SIREN", "fr_siret": "SIRET"}


def invoice_page(account: Account, invoice: Invoice) -> str:
    """The whole page of an invoice, in the customer's language; French without one."""
    customer = account.store.customers.find(invoice.data["customer"]) or {}
    locales = customer.get("preferred_locales") or []
    language = next((each[:2] for each in locales if each[:2] in _WORDS), "fr")
    return _Paper(account, invoice, language).page()


class _Paper:
    """One invoice in one language."""

    def __init__(self, account: Account, invoice: Invoice, language: str) -> None:
        self._percentages = account.store.percentages
        self._data = shown(account, invoice)
        self._lines = all_lines(account, invoice)
        self._language = language
        self._words = _WORDS[language]

    def page(self) -> str:
        data, words = self._data, self._words
        parts = {name: escape(text) for name, text in words.items()}
        return _PAGE.substitute(
            parts,
            language=self._language,
            seller=escape(ACCOUNT_NAME),
            due=escape(self._money(data["amount_remaining"])),
            state=escape(words[data["status"]]),
            facts="".join(
                f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in self._facts()
            ),
            seller_block=escape("\n".join((ACCOUNT_NAME, *ACCOUNT_DETAILS, ACCOUNT_EMAIL))),
            buyer_block=escape("\n".join(filter(None, self._buyer()))),
            lines="".join(map(self._line, self._lines)),
            sums="".join(_sum(name, amount, total=total) for name, amount, total in self._sums()),
            mentions="".join(
                f'<p class="mentions">{escape(text)}</p>'
                for text in (data["description"], data["footer"])
                if text
            ),
        )

    def _facts(self) -> Iterator[tuple[str, str]]:
        data, words = self._data, self._words
        yield words["number"], data["number"] or data["id"]
        if data["effective_at"]:
            yield words["issued"], self._day(data["effective_at"])
        if data["due_date"]:
            yield words["due_on"], self._day(data["due_date"])
        for custom in data["custom_fields"] or ():
            yield custom["name"], custom["value"]

    def _buyer(self) -> Iterator[str]:
        data, address = self._data, self._data["customer_address"] or {}
        yield data["customer_name"] or ""
        yield address.get("line1") or ""
        yield address.get("line2") or ""
        yield " ".join(filter(None, (address.get("postal_code"), address.get("city"))))
        yield address.get("country") or ""
        yield data["customer_email"] or ""
        for tax_id in data["customer_tax_ids"] or ():
            yield f"{_TAX_IDS.get(tax_id['type'], tax_id['type'])} {tax_id['value']}"

    def _line(self, line: Json) -> str:
        unit = Decimal(line["pricing"]["unit_amount_decimal"])
        rates = ", ".join(self._rate(tax) for tax in line["taxes"])
        cells = (
            ("n", self._number(Decimal(line["quantity_decimal"]))),
            ("n unit", self._money(unit)),
            ("n", rates or "–"),
            ("n", self._money(line["amount"])),
        )
        tail = "".join(f'<td class="{kind}">{escape(text)}</td>' for kind, text in cells)
        return f'<tr><td dir="auto">{escape(line["description"] or "")}</td>{tail}</tr>'

    def _sums(self) -> Iterator[tuple[str, str, bool]]:
        data, words = self._data, self._words
        yield words["net"], self._money(data["total_excluding_tax"]), False
        for tax in data["total_taxes"]:
            rate = self._number(self._percent(tax))
            yield (
                words["vat"].format(rate=rate, base=self._money(tax["taxable_amount"])),
                self._money(tax["amount"]),
                False,
            )
        yield words["gross"], self._money(data["total"]), True
        if data["pre_payment_credit_notes_amount"]:
            yield words["credited"], self._money(-data["pre_payment_credit_notes_amount"]), False
        if data["amount_paid"]:
            yield words["paid_so_far"], self._money(-data["amount_paid"]), False
        yield words["remaining"], self._money(data["amount_remaining"]), True

    def _percent(self, tax: Json) -> Decimal:
        return self._percentages[tax["tax_rate_details"]["tax_rate"]]

    def _rate(self, tax: Json) -> str:
        return f"{self._number(self._percent(tax))} %"

    def _money(self, amount: Any) -> str:
        """An amount in minor units; a unit price may have parts of one."""
        currency = self._data["currency"]
        exact = major(amount, currency) if isinstance(amount, int) else amount * major(1, currency)
        return str(
            format_currency(
                exact,
                currency.upper(),
                locale=self._language,
                decimal_quantization=isinstance(amount, int) or exact == round(exact, 2),
            )
        )

    def _number(self, value: Decimal) -> str:
        return str(format_decimal(value, locale=self._language, decimal_quantization=False))

    def _day(self, at: int) -> str:
        day = datetime.fromtimestamp(at, ZoneInfo(ACCOUNT_TIMEZONE)).date()
        return str(format_date(day, "long", locale=self._language))


def _sum(name: str, amount: str, *, total: bool) -> str:
    kind = ' class="total"' if total else ""
    return f'<tr{kind}><td>{escape(name)}</td><td class="n">{escape(amount)}</td></tr>'
