"""Which scenarios each pair plays, and which it cannot, with the reason."""

from dataclasses import dataclass

from raccord.domain.values.message import message
from starters.demo import contacts, deals, dunning, late, onboarding, payments, sweep, weekly
from starters.demo.cast.hubspot import HubSpot
from starters.demo.cast.pennylane import Pennylane
from starters.demo.cast.pipedrive import Pipedrive
from starters.demo.cast.roles import Pair
from starters.demo.cast.stripe import Stripe
from starters.demo.scenario import LeftOut, Scenario


@dataclass(frozen=True)
class Programme:
    pair: Pair
    scenarios: tuple[Scenario, ...]
    left_out: tuple[LeftOut, ...] = ()


def _with_stripe(pair: Pair) -> Programme:
    return Programme(
        pair,
        (
            *deals.of_won_deals(pair),
            *(payments.PAYMENT, payments.PARTIAL, payments.REFUND),
            onboarding.ONBOARDING,
            *(contacts.CRM_TO_BILLING, contacts.billing_to_crm_of(pair), contacts.CONFLICT),
            sweep.WEBHOOKS_OFF,
            *dunning.IN_SHORT_DAYS,
            weekly.WEEK,
        ),
    )


def _with_pennylane(pair: Pair) -> Programme:
    no_refund, no_short_days = message("demo.left_out.refund"), message("demo.dunning.left_out")
    return Programme(
        pair,
        (
            *deals.of_won_deals(pair),
            *(payments.PAYMENT, payments.PARTIAL),
            onboarding.ONBOARDING,
            *(contacts.relocation_of(pair), contacts.billing_to_crm_of(pair), contacts.CONFLICT),
            sweep.WEBHOOKS_OFF,
            late.REMINDER,
            weekly.LAST_WEEK,
        ),
        (
            LeftOut(payments.REFUND.name, no_refund),
            *(LeftOut(each.name, no_short_days) for each in dunning.IN_SHORT_DAYS),
        ),
    )


_ALL = (_with_stripe(Pair(HubSpot, Stripe)), _with_pennylane(Pair(Pipedrive, Pennylane)))
PROGRAMMES = {each.pair.name: each for each in _ALL}
"""By the names of the pairs, which `--pair` takes."""
