"""Which customers fall under other rules than all."""

from raccord.domain.dunning.ladder import Ladder
from raccord.domain.payment.status import sums
from raccord.domain.rules.dunning import Dunning, ExceptionRule
from raccord.domain.values import identifiers
from raccord.domain.values.account import Account


def public_body(account: Account) -> bool:
    return identifiers.public_body(identifiers.parse_siren(account.siren))


def ladder_of(account: Account, rules: Dunning) -> Ladder:
    """Return the levels for a customer: those of the first exception that fits it, else those of all."""
    found = next((each for each in rules.exceptions if _fits(each, account)), None)
    levels = found.levels if found and found.levels is not None else rules.levels
    return Ladder.of(levels, found)


def _fits(rule: ExceptionRule, account: Account) -> bool:
    owed = [each.amount for each in sums(invoice.due for invoice in account.invoices)]
    # Of whom nobody knows it, a private person is assumed: nothing of the law of businesses is said to it.
    business = account.business is True
    return all(
        (
            not rule.customers or account.customer_id in rule.customers,
            not rule.countries or account.address.country in rule.countries,
            rule.public is None or rule.public is public_body(account),
            rule.business is None or rule.business is business,
            rule.owed_from is None or any(amount >= rule.owed_from for amount in owed),
            rule.owed_below is None or all(amount < rule.owed_below for amount in owed),
        )
    )
