"""Deals with one dirty fact each."""

from decimal import Decimal

from raccord.domain.desk.problems import Cause
from raccord.domain.values.deal import Deal, Unreadable
from tests.domain.deal_won.selling import (
    COMPANY,
    LINE,
    NO_CONTACT,
    ONE_STOP_SHOP,
    at,
    lined,
    of,
    per_unit,
    percent,
    zero,
)
from tests.domain.samples import (
    OTHER_SIREN,
    OTHER_VAT,
    abroad,
    address,
    company,
    deal,
    line,
    terms,
)

# One dirty fact each, for a seller of services: the deal, then cause, record and field of its only problem.
DIRTY: dict[str, tuple[Deal, tuple[Cause, str, str]]] = {
    "a value that cannot be read": (
        deal(unreadable=(Unreadable(record=LINE, field="price", value="12,x"),)),
        (Cause.UNREADABLE, LINE, "price"),
    ),
    "no company": (deal(companies=()), (Cause.COMPANY, "deal", "company")),
    "two companies": (
        deal(companies=(company(), company(id="13", siret=""))),
        (Cause.COMPANY, "deal", "company"),
    ),
    "an old currency": (deal(currency="FRF"), (Cause.CURRENCY, "deal", "currency")),
    "the currency of no transaction": (deal(currency="XXX"), (Cause.CURRENCY, "deal", "currency")),
    "French VAT in dollars": (deal(currency="USD"), (Cause.CURRENCY, "deal", "currency")),
    "a name that is none": (of(name="-"), (Cause.ADDRESS, COMPANY, "name")),
    "a street that is none": (at(line1="n/a"), (Cause.ADDRESS, COMPANY, "address")),
    "a postal code that is none": (at(postal_code="."), (Cause.ADDRESS, COMPANY, "zip")),
    "a city that is none": (at(city="?"), (Cause.ADDRESS, COMPANY, "city")),
    "four digits of a postal code": (at(postal_code="1000"), (Cause.ADDRESS, COMPANY, "zip")),
    "letters for a postal code": (at(postal_code="ABC"), (Cause.ADDRESS, COMPANY, "zip")),
    "a Corsican department": (at(postal_code="2A004"), (Cause.ADDRESS, COMPANY, "zip")),
    "a post box overseas": (at(postal_code="BP 12 97400"), (Cause.ADDRESS, COMPANY, "zip")),
    "zeros for a postal code": (at(postal_code="00000"), (Cause.ADDRESS, COMPANY, "zip")),
    "Monaco with a French postal code": (
        deal(companies=(abroad("MC", postal_code="97400"),)),
        (Cause.ADDRESS, COMPANY, "zip"),
    ),
    "a German number in the SIRET field": (
        deal(companies=(abroad("DE", siret="HRB 12345"),)),
        (Cause.IDENTIFIER, COMPANY, "siret"),
    ),
    "a one-stop-shop number for a VAT number": (
        deal(companies=(abroad("DE", vat_number=ONE_STOP_SHOP),)),
        (Cause.IDENTIFIER, COMPANY, "vat_number"),
    ),
    "no company name": (of(name=""), (Cause.ADDRESS, COMPANY, "name")),
    "a blank company name": (of(name="  "), (Cause.ADDRESS, COMPANY, "name")),
    "no street": (at(line1=""), (Cause.ADDRESS, COMPANY, "address")),
    "no postal code": (at(postal_code=""), (Cause.ADDRESS, COMPANY, "zip")),
    "no city": (at(city=""), (Cause.ADDRESS, COMPANY, "city")),
    "no country and no French number": (
        of(siren="", siret="", vat_number="", address=address(country=None)),
        (Cause.ADDRESS, COMPANY, "country"),
    ),
    "no country and a postal code overseas": (
        at(country=None, postal_code="97400"),
        (Cause.ADDRESS, COMPANY, "country"),
    ),
    "no country and a postal code that is not French": (
        at(country=None, postal_code="SW1A 1AA"),
        (Cause.ADDRESS, COMPANY, "country"),
    ),
    "an unknown country": (
        of(address=address(country=None), country_text="Elbonia"),
        (Cause.ADDRESS, COMPANY, "country"),
    ),
    "overseas": (at(postal_code="97110"), (Cause.VAT, COMPANY, "zip")),
    "overseas with a space": (at(postal_code="97 110"), (Cause.VAT, COMPANY, "zip")),
    "overseas by country": (at(country="RE", postal_code="97400"), (Cause.VAT, COMPANY, "zip")),
    "no SIRET": (of(siret=""), (Cause.IDENTIFIER, COMPANY, "siret")),
    "a mistyped SIRET": (of(siret="73282932000079"), (Cause.IDENTIFIER, COMPANY, "siret")),
    "a SIRET of zeros": (of(siret="0" * 14), (Cause.IDENTIFIER, COMPANY, "siret")),
    "a SIRET eaten by a spreadsheet": (of(siret="7.32829E+13"), (Cause.IDENTIFIER, COMPANY, "siret")),
    "a mistyped SIREN": (of(siren="732829321"), (Cause.IDENTIFIER, COMPANY, "siren")),
    "a mistyped VAT number": (of(vat_number="FR45732829320"), (Cause.IDENTIFIER, COMPANY, "vat_number")),
    "SIREN and SIRET of two companies": (of(siren=OTHER_SIREN), (Cause.IDENTIFIER, COMPANY, "siren")),
    "SIRET and VAT number of two companies": (
        of(vat_number=OTHER_VAT),
        (Cause.IDENTIFIER, COMPANY, "siren"),
    ),
    "no e-mail": (
        deal(companies=(company(email=""),), **NO_CONTACT),
        (Cause.EMAIL, COMPANY, "billing_email"),
    ),
    "an e-mail without a domain": (of(email="compta@acme"), (Cause.EMAIL, COMPANY, "billing_email")),
    "an e-mail with a header in it": (
        of(email="a@b.fr\r\nBcc: x@y.fr"),
        (Cause.EMAIL, COMPANY, "billing_email"),
    ),
    "no lines": (deal(lines=()), (Cause.LINES, "deal", "line_items")),
    "251 lines": (
        deal(lines=tuple(line(id=str(i)) for i in range(251))),
        (Cause.LINES, "deal", "line_items"),
    ),
    "a line without a name": (lined(name=" "), (Cause.LINES, LINE, "name")),
    "no quantity": (lined(quantity=None), (Cause.QUANTITY, LINE, "quantity")),
    "quantity 0": (lined(quantity=Decimal("0.00")), (Cause.QUANTITY, LINE, "quantity")),
    "a negative quantity": (lined(quantity=Decimal(-1)), (Cause.QUANTITY, LINE, "quantity")),
    "no price": (lined(unit_price=None), (Cause.PRICE, LINE, "price")),
    "no price, 10 % off": (lined(unit_price=None, discount=percent("10")), (Cause.PRICE, LINE, "price")),
    "no price, 10 off": (lined(unit_price=None, discount=per_unit("10")), (Cause.PRICE, LINE, "price")),
    "a negative price": (lined(unit_price=Decimal("-0.01")), (Cause.PRICE, LINE, "price")),
    "a negative price, 10 % off": (
        lined(unit_price=Decimal(-50), discount=percent("10")),
        (Cause.PRICE, LINE, "price"),
    ),
    "more than 100 % off": (lined(discount=percent("100.01")), (Cause.DISCOUNT, LINE, "discount")),
    "a discount below 0 %": (lined(discount=percent("-5")), (Cause.DISCOUNT, LINE, "discount")),
    "more off than the price": (lined(discount=per_unit("50.01")), (Cause.DISCOUNT, LINE, "discount")),
    "a negative amount off": (lined(discount=per_unit("-1")), (Cause.DISCOUNT, LINE, "discount")),
    "150 % off a free line": (
        deal(lines=(line(id="1"), line(unit_price=Decimal(0), discount=percent("150")))),
        (Cause.DISCOUNT, LINE, "discount"),
    ),
    "no VAT rate": (lined(vat_rate=None), (Cause.VAT, LINE, "vat_rate")),
    "an unknown VAT rate": (lined(vat_rate=Decimal("19.6")), (Cause.VAT, LINE, "vat_rate")),
    "a rate nearly 20": (lined(vat_rate=Decimal("20.0000001")), (Cause.VAT, LINE, "vat_rate")),
    "a rate as a fraction": (lined(vat_rate=Decimal("0.2")), (Cause.VAT, LINE, "vat_rate")),
    "a negative rate": (lined(vat_rate=Decimal(-20)), (Cause.VAT, LINE, "vat_rate")),
    "a line in another currency": (lined(currency="USD"), (Cause.CURRENCY, LINE, "currency")),
    "a subscription": (lined(recurring="monthly"), (Cause.RECURRING, LINE, "recurring")),
    "a line the CRM counts otherwise": (lined(amount=Decimal("99.99")), (Cause.AMOUNT, LINE, "amount")),
    "no currency": (deal(currency=None), (Cause.CURRENCY, "deal", "currency")),
    "an unknown currency": (deal(currency="EURO"), (Cause.CURRENCY, "deal", "currency")),
    "a deal amount that its lines do not make": (
        deal(amount=Decimal("100.01")),
        (Cause.AMOUNT, "deal", "amount"),
    ),
    "an absurd deal amount": (deal(amount=Decimal("1E+300")), (Cause.AMOUNT, "deal", "amount")),
    "a deal amount of 0": (deal(amount=Decimal(0)), (Cause.AMOUNT, "deal", "amount")),
    "nothing to pay": (lined(unit_price=Decimal(0)), (Cause.AMOUNT, "deal", "amount")),
    "all given away": (lined(discount=percent("100")), (Cause.AMOUNT, "deal", "amount")),
    "a price that rounds to nothing": (
        lined(unit_price=Decimal("0.0024")),
        (Cause.AMOUNT, "deal", "amount"),
    ),
    "a negative term": (deal(payment_terms=terms(-1)), (Cause.TERMS, "deal", "payment_terms_days")),
    "a term beyond a year": (deal(payment_terms=terms(366)), (Cause.TERMS, "deal", "payment_terms_days")),
    "a company's term beyond a year": (
        of(payment_terms=terms(3000)),
        (Cause.TERMS, COMPANY, "payment_terms_days"),
    ),
    "no order number for a customer who wants one": (
        of(order_number_required=True),
        (Cause.COMPANY, "deal", "purchase_order"),
    ),
    "a blank order number for a customer who wants one": (
        deal(companies=(company(order_number_required=True),), purchase_order=" "),
        (Cause.COMPANY, "deal", "purchase_order"),
    ),
    "a private person, without a rule": (
        of(siret="", individual=True),
        (Cause.COMPANY, COMPANY, "individual"),
    ),
    "a Northern Irish VAT number mistyped": (
        deal(companies=(abroad("GB", vat_number="XI123456789"),)),
        (Cause.IDENTIFIER, COMPANY, "vat_number"),
    ),
    "Saint-Pierre-et-Miquelon": (at(postal_code="97500"), (Cause.VAT, COMPANY, "zip")),
    "Polynesia": (at(postal_code="98714"), (Cause.VAT, COMPANY, "zip")),
    "New Caledonia by country": (
        deal(companies=(abroad("NC"),)),
        (Cause.VAT, COMPANY, "zip"),
    ),
    "0 % at home": (zero(company()), (Cause.VAT, LINE, "vat_rate")),
    "0 % and 20 % at home": (
        deal(lines=(line(id="1"), line(vat_rate=Decimal(0)))),
        (Cause.VAT, LINE, "vat_rate"),
    ),
    "0 % and 20 % exported": (
        deal(companies=(abroad("US"),), lines=(line(id="1"), line(vat_rate=Decimal(0)))),
        (Cause.VAT, LINE, "vat_rate"),
    ),
    "0 % in the Union without a VAT number": (zero(abroad("DE")), (Cause.VAT, COMPANY, "vat_number")),
    "0 % in Ireland with a Northern Irish number": (
        zero(abroad("IE", vat_number="XI366303068")),
        (Cause.VAT, COMPANY, "vat_number"),
    ),
    "0 % in the Canary Islands": (
        zero(abroad("ES", postal_code="35001", vat_number="ESA58818501")),
        (Cause.VAT, COMPANY, "zip"),
    ),
}
