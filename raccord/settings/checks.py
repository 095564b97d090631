"""Lines of `raccord doctor` about the invoice rules: pure judgements of settings, without any call."""

import re
from collections.abc import Collection, Iterable
from datetime import date

from raccord.connectors.connection import Check, CheckState, together
from raccord.domain.deal_won.mentions import unstated
from raccord.domain.deal_won.vat_rules import FRENCH_VAT_TERRITORY
from raccord.domain.rules.einvoicing import EInvoicingMode
from raccord.domain.rules.invoicing import Delivery, InvoicePolicy, Invoicing
from raccord.domain.rules.modes import Mode
from raccord.domain.values.invoice import PaymentMethod
from raccord.domain.values.message import Message, Text, message

_LANGUAGES = ("fr", "en")
_OF_SELLER = (
    (
        message("check.legal_form"),
        re.compile(
            r"\b(S\.?A\.?S\.?U?|S\.?A\.?R\.?L|E\.?U\.?R\.?L|S\.?A|S\.?N\.?C|S\.?C\.?[IMP]|E\.?I|SELARL|SELAS|SCOP"
            r"|GIE|entreprise individuelle|association"
            r"|soci[ée]t[ée] (anonyme|par actions|[aà] responsabilit[ée]))\b",
            re.IGNORECASE,
        ),
    ),
    (
        "capital",
        re.compile(r"\bcapital\b|\bE\.?I\b|entreprise individuelle|association", re.IGNORECASE),
    ),
    (
        message("check.register"),
        re.compile(
            r"\bR\.?C\.?S\b|registre|r[ée]pertoire|\bR\.?N\.?E\b|\bR\.?M\b|\bSIRENE\b|register", re.IGNORECASE
        ),
    ),
)


def footers_check(rules: InvoicePolicy) -> Check:
    """Warn of languages whose invoices would lack a footer, or what the law has it state.

    Never a failure: deals that such an invoice belongs to become questions, one by one.
    """
    empty = [code for code in _LANGUAGES if not rules.footer(code).strip()]
    filled = [code for code in _LANGUAGES if code not in empty]
    silent = {code: missing for code in filled if (missing := unstated(rules, code))}
    found: list[Text] = [message("check.footer_none", languages=tuple(empty))] if empty else []
    found += [_lacking(code, missing) for code, missing in silent.items()]
    ok = not found
    return Check(
        title=message("check.footers"),
        state=CheckState.OK if ok else CheckState.WARN,
        seen=together(found) if found else ", ".join(sorted(rules.footers)),
        wanted=message("check.footers_state"),
        advice="" if ok else message("check.fill_footers"),
    )


def seller_mentions_check(rules: InvoicePolicy) -> Check:
    """Warn of footers that do not say what a French company must say of itself, and that nothing else prints.

    Legal form, capital and place of registration (C. com. R123-237, R123-238). A sole trader has no capital.
    """
    lacking = {
        code: missing
        for code, text in sorted(rules.footers.items())
        if (missing := [name for name, words in _OF_SELLER if not words.search(text)])
    }
    found = [_lacking(code, missing) for code, missing in lacking.items()]
    return Check(
        title=message("check.seller"),
        state=CheckState.WARN if found else CheckState.OK,
        seen=together(found) if found else message("check.seller_stated"),
        wanted=message("check.seller_expected"),
        advice=message("check.seller_remedy") if found else "",
    )


def _lacking(language: str, missing: Iterable[Text]) -> Message:
    return message("check.footer_lacks", language=language, missing=tuple(missing))


def vat_country_check(seller: str, rates: str | None, *, connection: str) -> Check:
    """Judge whether the billing system's VAT rates are of the seller's country.

    `rates` is the connection's `capabilities.vat_country`. FAIL is a contradiction, with which
    nothing should start: one country decides where 0 % is lawful, and the other's rates would be printed.
    """
    alike = rates in (None, seller) or FRENCH_VAT_TERRITORY.issuperset((rates or "", seller))
    return Check(
        title=message("check.vat_country"),
        state=CheckState.OK if alike else CheckState.FAIL,
        seen=seller
        if alike
        else message("check.vat_countries", seller=seller, connection=connection, rates=str(rates)),
        wanted="" if alike else message("check.one_country"),
        advice="" if alike else message("check.set_country"),
    )


def einvoicing_check(rules: InvoicePolicy, *, transmits: bool, connection: str, today: date) -> Check:
    """Judge who transmits invoices under the French reform.

    `transmits` is the billing connection's `capabilities.einvoicing`. FAIL is a contradiction in the
    settings, with which nothing should start: invoices would be taken for transmitted.
    """
    mode, since = rules.einvoicing.mode, rules.einvoicing.starts_on
    if mode is EInvoicingMode.VENDOR and not transmits:
        return Check(
            title=message("check.einvoicing"),
            state=CheckState.FAIL,
            seen=message("check.cannot_transmit", connection=connection),
            wanted=message("check.transmitting"),
            advice=message("check.elsewhere"),
        )
    if mode is EInvoicingMode.VENDOR:
        return Check(
            title=message("check.einvoicing"),
            state=CheckState.OK,
            seen=message("check.transmitted_by", connection=connection),
        )
    if mode is EInvoicingMode.ELSEWHERE:
        found = message("check.transmitted_elsewhere")
        return Check(title=message("check.einvoicing"), state=CheckState.OK, seen=found)
    if rules.vat.seller_country == "FR" and rules.einvoicing.missing(today):
        return Check(
            title=message("check.einvoicing"),
            state=CheckState.WARN,
            seen=message("check.off_since", since=since),
            wanted=message("check.approved_platform"),
            advice=message("check.have_transmitted"),
        )
    if rules.vat.seller_country == "FR":
        return Check.ok(message("check.einvoicing"), message("check.off_from", since=since))
    return Check.ok(message("check.einvoicing"), message("check.off"))


def delivery_check(rules: Invoicing, *, delivers: bool, connection: str) -> Check:
    """Judge who e-mails invoices. FAIL is a promise that nobody keeps: invoices would reach no customer."""
    ok = delivers or rules.delivery is not Delivery.VENDOR
    return Check(
        title=message("check.delivery"),
        state=CheckState.OK if ok else CheckState.FAIL,
        seen=rules.delivery if ok else message("check.no_mails", connection=connection),
        wanted="" if ok else message("check.delivering"),
        advice="" if ok else message("check.send_yourself"),
    )


def payment_check(rules: InvoicePolicy, *, offers: Collection[PaymentMethod], connection: str) -> Check:
    """Judge how customers can pay. FAIL is a method that the billing connection cannot put on an invoice."""
    name, asked = message("check.payment_means"), rules.payment_methods
    if missing := [method for method in asked if method not in offers]:
        return Check.fail(
            name,
            message("check.not_offered", missing=tuple(missing), connection=connection),
            expected=message(
                "check.payment_means_of",
                connection=connection,
                offers=tuple(sorted(offers)) or message("check.none"),
            ),
            remedy=message("check.leave_out"),
        )
    online = tuple(asked) or message("check.by_itself", connection=connection)
    printed = (
        f"IBAN {rules.iban}"
        if rules.iban
        else message("check.iban_in_footer")
        if _names_an_account(rules)
        else ""
    )
    found = message("check.online", printed=printed or message("check.no_iban"), online=online)
    if printed or PaymentMethod.BANK_TRANSFER in asked:
        return Check.ok(name, found)
    return Check.warn(
        name,
        found,
        expected=message("check.account_to_transfer"),
        remedy=message("check.set_iban"),
    )


def _names_an_account(rules: InvoicePolicy) -> bool:
    return any("iban" in text.casefold() for text in rules.footers.values())


def drafts_check(flow: str, mode: Mode, *, drafts: bool, connection: str) -> Check:
    """Judge whether totals can be proven before an invoice is issued. FAIL where they could not be.

    `flow` is what issues it, as `[modes]` names it.
    """
    ok = drafts or mode is Mode.SHADOW
    return Check(
        title=message("check.proof_of_totals"),
        state=CheckState.OK if ok else CheckState.FAIL,
        seen=message("check.on_the_draft") if drafts else message("check.no_drafts", connection=connection),
        wanted="" if ok else message("check.drafting"),
        advice="" if ok else message("check.set_shadow", flow=flow),
    )
