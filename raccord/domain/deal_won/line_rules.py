"""From a deal's line items to invoice lines, or to the problems that keep them from being invoiced."""

from collections.abc import Iterator
from decimal import Decimal, localcontext

from raccord.domain.deal_won.policy import DealWonPolicy
from raccord.domain.desk.problems import Cause, Problem, problem
from raccord.domain.values.deal import Deal, LineItem
from raccord.domain.values.invoice import InvoiceLine
from raccord.domain.values.money import EXACT, exponent, round_half_up

Outcome = InvoiceLine | Problem


def _record(line: LineItem) -> str:
    return f"line item {line.id}"


def price_after_discount(line: LineItem) -> Decimal | Problem:
    """Return the unit price after discount, exact; a discount outside 0..price is a problem."""
    price, discount = line.unit_price or Decimal(0), line.discount
    if discount is None:
        return price
    percent = discount.percent or Decimal(0)
    with localcontext(EXACT):
        if discount.percent is not None:
            reduced = price * (1 - percent / 100)
        else:
            reduced = price - (discount.per_unit or Decimal(0))
    if not (0 <= reduced <= price and 0 <= percent <= 100):
        return problem(
            Cause.DISCOUNT,
            _record(line),
            "discount",
            reason=(
                "La remise est négative ou dépasse le prix.",
                "The discount is negative or larger than the price.",
            ),
            remedy=(
                "Corrigez la remise ; un remboursement se fait par avoir.",
                "Correct the discount; money is given back by a credit note.",
            ),
        )
    return reduced


def _quantity(line: LineItem) -> Problem | None:
    if line.quantity is not None and line.quantity > 0:
        return None
    found = "vide" if line.quantity is None else f"{line.quantity:f}"
    found_en = "empty" if line.quantity is None else f"{line.quantity:f}"
    return problem(
        Cause.QUANTITY,
        _record(line),
        "quantity",
        reason=(f"La quantité est {found}.", f"The quantity is {found_en}."),
        remedy=(
            "Saisissez une quantité supérieure à zéro ou supprimez la ligne.",
            "Enter a quantity above zero or delete the line.",
        ),
    )


def _price(line: LineItem) -> Problem | None:
    if line.unit_price is None:
        return problem(
            Cause.PRICE,
            _record(line),
            "price",
            reason=("La ligne n'a pas de prix unitaire.", "The line has no unit price."),
            remedy=(
                "Saisissez le prix unitaire hors taxes (0 pour une ligne offerte).",
                "Enter the unit price before tax (0 for a free line).",
            ),
        )
    if line.unit_price < 0:
        return problem(
            Cause.PRICE,
            _record(line),
            "price",
            reason=(
                f"Le prix unitaire est négatif ({line.unit_price:f}).",
                f"The unit price is negative ({line.unit_price:f}).",
            ),
            remedy=(
                "Mettez la réduction dans le champ remise d'une ligne ; un remboursement se fait par avoir.",
                "Put the reduction into a line's discount; money is given back by a credit note.",
            ),
        )
    return None


def _name(line: LineItem) -> Problem | None:
    if line.name:
        return None
    return problem(
        Cause.LINES,
        _record(line),
        "name",
        reason=("La ligne n'a pas de désignation.", "The line has no description."),
        remedy=("Nommez la prestation ou le produit.", "Name the service or product."),
    )


def _vat_rate(line: LineItem, policy: DealWonPolicy) -> Decimal | Problem:
    vat = policy.invoice.vat
    rate = vat.rate_of(line.vat_rate)
    if rate is None:
        return problem(
            Cause.VAT,
            _record(line),
            "vat_rate",
            reason=("La ligne n'a pas de taux de TVA.", "The line has no VAT rate."),
            remedy=(
                "Saisissez le taux sur la ligne, ou fixez un taux par défaut dans [vat] default_rate.",
                "Enter the rate on the line, or set a default in [vat] default_rate.",
            ),
        )
    if rate not in vat.rates:
        known = ", ".join(f"{r:f}" for r in vat.rates)
        return problem(
            Cause.VAT,
            _record(line),
            "vat_rate",
            reason=(f"Le taux de TVA {rate:f} % est inconnu.", f"The VAT rate {rate:f} % is unknown."),
            remedy=(
                f"Utilisez un taux de l'entreprise ({known}) ou ajoutez-le dans [vat] rates.",
                f"Use one of the company's rates ({known}) or add it to [vat] rates.",
            ),
        )
    return rate


def _currency(line: LineItem, currency: str | None) -> Problem | None:
    if not line.currency or not currency or line.currency.strip().upper() == currency.strip().upper():
        return None
    return problem(
        Cause.CURRENCY,
        _record(line),
        "currency",
        reason=(
            f"La ligne est en {line.currency}, l'affaire en {currency}.",
            f"The line is in {line.currency}, the deal in {currency}.",
        ),
        remedy=(
            "Mettez toutes les lignes dans la devise de l'affaire.",
            "Put every line into the deal's currency.",
        ),
    )


def _recurring(line: LineItem) -> Problem | None:
    if not line.recurring:
        return None
    return problem(
        Cause.RECURRING,
        _record(line),
        "recurring",
        reason=(
            f"La ligne est un abonnement ({line.recurring}) : Raccord émet une facture unique.",
            f"The line is a subscription ({line.recurring}): Raccord issues one single invoice.",
        ),
        remedy=(
            "Facturez l'abonnement dans l'outil de facturation, ou retirez la récurrence de la ligne.",
            "Bill the subscription in the billing system, or take the recurrence off the line.",
        ),
    )


def _crm_amount(line: LineItem, made: InvoiceLine, currency: str) -> Problem | None:
    net = made.priced.net(currency)
    if line.amount is None or round_half_up(line.amount, exponent(currency)) == net:
        return None
    return problem(
        Cause.AMOUNT,
        _record(line),
        "amount",
        reason=(
            f"Le CRM calcule {line.amount:f} pour cette ligne, quantité et prix donnent {net:f}.",
            f"The CRM computes {line.amount:f} for this line, quantity and price give {net:f}.",
        ),
        remedy=(
            "Vérifiez quantité, prix et remise de la ligne.",
            "Check the line's quantity, price and discount.",
        ),
    )


def _line(line: LineItem, deal: Deal, policy: DealWonPolicy) -> Iterator[Outcome]:
    found = [
        p
        for p in (
            _name(line),
            _quantity(line),
            _price(line),
            _currency(line, deal.currency),
            _recurring(line),
        )
        if p
    ]
    rate, price = _vat_rate(line, policy), price_after_discount(line)
    found += [p for p in (rate, price) if isinstance(p, Problem) and not (p is price and _price(line))]
    if found or isinstance(rate, Problem) or isinstance(price, Problem):
        yield from found
        return
    made = InvoiceLine(
        name=line.name,
        description=line.description,
        quantity=line.quantity or Decimal(0),
        list_price=line.unit_price or Decimal(0),
        unit_price=price,
        discount_percent=line.discount.percent if line.discount else None,
        vat_rate=rate,
    )
    if deal.currency and (differs := _crm_amount(line, made, deal.currency)):
        yield differs
        return
    yield made


def examine_lines(deal: Deal, policy: DealWonPolicy) -> tuple[tuple[InvoiceLine, ...], tuple[Problem, ...]]:
    """Turn every line item into an invoice line, or say everything that is wrong with the lines."""
    if not deal.lines:
        return (), (
            problem(
                Cause.LINES,
                "deal",
                "line_items",
                reason=("L'affaire n'a aucune ligne.", "The deal has no line items."),
                remedy=(
                    "Ajoutez à l'affaire les produits ou prestations vendus.",
                    "Add the products or services sold to the deal.",
                ),
            ),
        )
    if len(deal.lines) > policy.max_lines:
        return (), (
            problem(
                Cause.LINES,
                "deal",
                "line_items",
                reason=(
                    f"L'affaire a {len(deal.lines)} lignes, la facturation en accepte {policy.max_lines}.",
                    f"The deal has {len(deal.lines)} lines; the billing system accepts {policy.max_lines}.",
                ),
                remedy=(
                    "Regroupez des lignes ou partagez l'affaire en plusieurs.",
                    "Group lines, or split the deal into several.",
                ),
            ),
        )
    outcomes = [outcome for line in deal.lines for outcome in _line(line, deal, policy)]
    return (
        tuple(o for o in outcomes if isinstance(o, InvoiceLine)),
        tuple(o for o in outcomes if isinstance(o, Problem)),
    )
