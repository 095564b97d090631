"""One look at a deal: what was read, what is allowed, and whom to ask."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, timedelta

from temporalio import workflow

from activities.billing.books import BooksQuery
from raccord.domain.deal_won.policy import DealWonPolicy
from raccord.domain.deal_won.quality import InvoicePlan
from raccord.domain.desk.question import Answer, Ask, Question
from raccord.domain.values.deal import Deal, DealRef
from raccord.domain.values.invoice import by_hand_between
from raccord.records.links import DealLink
from workflows.deal_won.steps import Reading, Writing
from workflows.steps import LookAgain

ISSUE_WITHIN = timedelta(minutes=2)
ECHO_WITHIN = timedelta(minutes=5)
"""How long after our last write an event that leaves the deal as it was is taken for its echo."""


@dataclass(frozen=True)
class Case:
    """What the chapters of one look share. `ask` returns a person's answer or ends the look."""

    ref: DealRef
    policy: DealWonPolicy
    today: date
    steps: Reading
    finishing: Callable[[], Writing]
    """What was begun is finished, so its last steps need no new leave."""
    ask: Callable[[Ask], Awaitable[Answer]]
    question: Callable[[Ask], Question]
    read: Deal | None = None

    @property
    def deal(self) -> Deal:
        """The deal as read in this look. Raises `LookupError` when it is gone."""
        if self.read is None:
            raise LookupError(f"deal {self.ref} is gone")
        return self.read

    @property
    def delivered(self) -> bool:
        """Whether the deal says when it was delivered: what the balance of a deposit waits for."""
        return self.deal.delivered_on is not None

    def left_of_today(self) -> timedelta | None:
        """Return how long an order dated today may be retried: one of another day has other dates.

        None where days are shorter than the steps that they would have to hold. Raises `LookAgain` when
        the day is over.
        """
        clock = self.policy.clock
        if clock.scaled:
            return None
        left = clock.end_of(self.today) - workflow.now()
        if left <= timedelta(0):
            raise LookAgain
        return left

    def left_to_issue(self) -> timedelta:
        """Return how long issuing may take before the deal has to be read again. Raises `LookAgain`."""
        return min(self.left_of_today() or ISSUE_WITHIN, ISSUE_WITHIN)

    def is_echo(self, link: DealLink) -> bool:
        """Whether the event may be what our own last write caused: nothing is different since."""
        recent = link.updated_at is not None and workflow.now() - link.updated_at < ECHO_WITHIN
        return recent and link.number is not None and link.settled == self.deal.content_hash

    def query(self, plan: InvoicePlan | None) -> BooksQuery:
        """Ask the books for all that decides about this deal; without a plan, for its own invoices."""
        query = BooksQuery(billing=self.policy.billing, deal=self.ref)
        if plan is None:
            return query
        balance = plan.deposit is not None and self.delivered
        since, until = by_hand_between(self.today, plan.service_date, self.deal.won_on)
        more = {
            "merged": tuple(DealRef(connection=self.ref.connection, id=id) for id in self.deal.merged),
            "profile": plan.profile,
            "rates": tuple(sorted({f"{line.vat_rate.normalize():f}" for line in plan.lines})),
            "since": since,
            "until": until,
            "balance": balance,
        }
        return query.model_copy(update=more)
