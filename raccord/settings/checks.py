"""Lines of `raccord doctor` about the invoice rules: pure judgements of settings, without any call."""

import re
from collections.abc import Collection
from datetime import date

from raccord.connectors.connection import Check, CheckState
from raccord.domain.deal_won.mentions import unstated
from raccord.domain.deal_won.vat_rules import FRENCH_VAT_TERRITORY
from raccord.domain.rules.einvoicing import EInvoicingMode
from raccord.domain.rules.invoicing import Delivery, InvoicePolicy, Invoicing
from raccord.domain.rules.modes import Mode
from raccord.domain.values.invoice import PaymentMethod
from raccord.texts import say_param

_LANGUAGES = ("fr", "en")
_OF_SELLER = {
    "legal form": re.compile(
        r"\b(S\.?A\.?S\.?U?|S\.?A\.?R\.?L|E\.?U\.?R\.?L|S\.?A|S\.?N\.?C|S\.?C\.?[IMP]|E\.?I|SELARL|SELAS|SCOP|GIE"
        r"|entreprise individuelle|association|soci[ée]t[ée] (anonyme|par actions|[aà] responsabilit[ée]))\b",
        re.IGNORECASE,
    ).search,
    "capital": re.compile(r"\bcapital\b|\bE\.?I\b|entreprise individuelle|association", re.IGNORECASE).search,
    "register": re.compile(
        r"\bR\.?C\.?S\b|registre|r[ée]pertoire|\bR\.?N\.?E\b|\bR\.?M\b|\bSIRENE\b|register", re.IGNORECASE
    ).search,
}


def footers_check(rules: InvoicePolicy) -> Check:
    """Warn of languages whose invoices would lack a footer, or what the law has it state.

    Never a failure: deals that such an invoice belongs to become questions, one by one.
    """
    empty = [code for code in _LANGUAGES if not rules.footer(code).strip()]
    filled = [code for code in _LANGUAGES if code not in empty]
    silent = {code: missing for code in filled if (missing := unstated(rules, code))}
    found = [f"none for {', '.join(empty)}"] if empty else []
    found += [f"{code} lacks {say_param(missing, 'en')}" for code, missing in silent.items()]
    ok = not found
    return Check(
        name="invoice footers",
        state=CheckState.OK if ok else CheckState.WARN,
        found="; ".join(found) or ", ".join(sorted(rules.footers)),
        expected="late penalties, the EUR 40 indemnity and the discount for early payment",
        remedy="" if ok else "Fill [invoice.footers]; raccord.example.toml has a text to start from.",
    )


def seller_mentions_check(rules: InvoicePolicy) -> Check:
    """Warn of footers that do not say what a French company must say of itself, and that nothing else prints.

    Legal form, capital and place of registration (C. com. R123-237, R123-238). A sole trader has no capital.
    """
    lacking = {
        code: missing
        for code, text in sorted(rules.footers.items())
        if (missing := [name for name, found in _OF_SELLER.items() if not found(text)])
    }
    found = "; ".join(f"{code} lacks {', '.join(missing)}" for code, missing in lacking.items())
    return Check(
        name="seller in the footer",
        state=CheckState.WARN if found else CheckState.OK,
        found=found or "legal form, capital and register are stated",
        expected="legal form, capital, RCS with its town (or the register of trades)",
        remedy="Begin [invoice.footers] with them: “Ma Société, SAS au capital de 10 000 EUR, RCS Paris "
        "123 456 789.” A sole trader writes EI and no capital."
        if found
        else "",
    )


def vat_country_check(seller: str, rates: str | None, *, connection: str) -> Check:
    """Judge whether the billing system's VAT rates are of the seller's country.

    `rates` is the connection's `capabilities.vat_country`. FAIL is a contradiction, with which
    nothing should start: one country decides where 0 % is lawful, and the other's rates would be printed.
    """
    alike = rates in (None, seller) or FRENCH_VAT_TERRITORY.issuperset((rates or "", seller))
    return Check(
        name="VAT country",
        state=CheckState.OK if alike else CheckState.FAIL,
        found=seller if alike else f"vat.seller_country is {seller} and {connection}.vat_country is {rates}",
        expected="" if alike else "one country for both",
        remedy="" if alike else "Set both to the country where the company owes VAT.",
    )


def einvoicing_check(rules: InvoicePolicy, *, transmits: bool, connection: str, today: date) -> Check:
    """Judge who transmits invoices under the French reform.

    `transmits` is the billing connection's `capabilities.einvoicing`. FAIL is a contradiction in the
    settings, with which nothing should start: invoices would be taken for transmitted.
    """
    mode, since = rules.einvoicing.mode, rules.einvoicing.starts_on
    if mode is EInvoicingMode.VENDOR and not transmits:
        return Check(
            name="e-invoicing",
            state=CheckState.FAIL,
            found=f"einvoicing.mode is vendor, and Raccord cannot have {connection} transmit",
            expected="a billing connection that transmits to an approved platform",
            remedy='Set [einvoicing] mode = "elsewhere" and have another platform transmit them.',
        )
    if mode is EInvoicingMode.VENDOR:
        return Check(name="e-invoicing", state=CheckState.OK, found=f"transmitted by {connection}")
    if mode is EInvoicingMode.ELSEWHERE:
        found = "transmitted by another platform, as einvoicing.mode says; Raccord cannot see it"
        return Check(name="e-invoicing", state=CheckState.OK, found=found)
    if rules.vat.seller_country == "FR" and rules.einvoicing.missing(today):
        return Check(
            name="e-invoicing",
            state=CheckState.WARN,
            found=f"off, and due since {since.isoformat()}",
            expected="invoices between French companies go through an approved platform",
            remedy='Have a platform transmit them and set [einvoicing] mode = "elsewhere"; Raccord does not.',
        )
    due = f", due from {since.isoformat()}" if rules.vat.seller_country == "FR" else ""
    return Check(name="e-invoicing", state=CheckState.OK, found=f"off{due}")


def delivery_check(rules: Invoicing, *, delivers: bool, connection: str) -> Check:
    """Judge who e-mails invoices. FAIL is a promise that nobody keeps: invoices would reach no customer."""
    ok = delivers or rules.delivery is not Delivery.VENDOR
    return Check(
        name="delivery",
        state=CheckState.OK if ok else CheckState.FAIL,
        found=rules.delivery if ok else f"invoice.delivery is vendor, and {connection} e-mails no invoices",
        expected="" if ok else "none, or a billing connection that e-mails invoices",
        remedy="" if ok else 'Set [invoice] delivery = "none" and send them yourself.',
    )


def payment_check(rules: InvoicePolicy, *, offers: Collection[PaymentMethod], connection: str) -> Check:
    """Judge how customers can pay. FAIL is a method that the billing connection cannot put on an invoice."""
    name, asked = "payment means", rules.payment_methods
    if missing := [method for method in asked if method not in offers]:
        return Check.fail(
            name,
            f"invoice.payment_methods names {', '.join(missing)}, which {connection} cannot offer",
            expected=f"of {connection}: {', '.join(sorted(offers)) or 'none'}",
            remedy="Leave it out of [invoice] payment_methods.",
        )
    online = ", ".join(asked) or f"as the account of {connection} offers by itself"
    printed = f"IBAN {rules.iban}" if rules.iban else "IBAN in the footer" if _names_an_account(rules) else ""
    found = f"{printed or 'no IBAN'}; online: {online}"
    if printed or PaymentMethod.BANK_TRANSFER in asked:
        return Check.ok(name, found)
    return Check.warn(
        name,
        found,
        expected="an account that companies can transfer to",
        remedy='Set [invoice] iban, or payment_methods = ["bank_transfer"].',
    )


def _names_an_account(rules: InvoicePolicy) -> bool:
    return any("iban" in text.casefold() for text in rules.footers.values())


def drafts_check(flow: str, mode: Mode, *, drafts: bool, connection: str) -> Check:
    """Judge whether totals can be proven before an invoice is issued. FAIL where they could not be.

    `flow` is what issues it, as `[modes]` names it.
    """
    ok = drafts or mode is Mode.SHADOW
    return Check(
        name="proof of totals",
        state=CheckState.OK if ok else CheckState.FAIL,
        found="on the draft" if drafts else f"{connection} has no drafts on which totals could be proven",
        expected="" if ok else "a billing connection with drafts, or shadow mode",
        remedy="" if ok else f'Set [modes] {flow} = "shadow".',
    )
