"""One billing customer per real customer: joining the flow that may create it, and creating it."""

import asyncio
from datetime import timedelta

from temporalio import activity
from temporalio.client import WorkflowFailureError
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError

from activities.billing.books import OURS, find_customer
from activities.effects import Effect, Effects, cause
from raccord.connectors.billing import Billing
from raccord.domain.desk.problems import Problem
from raccord.domain.values.base import Value
from raccord.domain.values.parties import Customer, CustomerProfile
from raccord.domain.values.subject import Subject
from raccord.records.links import Links
from raccord.temporal.flows import CONTACT_SYNC, FLOWS_QUEUE, Changed, wake

BEAT = timedelta(seconds=2)
NEW = "new"


class CustomerRequest(Value):
    """Find or create the customer of this profile in this billing connection.

    `chosen` is what a person chose among candidates: a customer's id, or `new`.
    """

    billing: str
    profile: CustomerProfile
    chosen: str = ""


class CustomerOutcome(Value):
    """One customer, or what a person has to settle first."""

    customer: Customer | None = None
    created: bool = False
    """It was made just now, so nothing was ever invoiced to it."""
    problems: tuple[Problem, ...] = ()
    candidates: tuple[Customer, ...] = ()


class CustomerActivities:
    """Joining the one flow that may create a customer. `in_step`: whether customers are kept in step."""

    def __init__(self, *, in_step: bool) -> None:
        self._in_step = in_step

    @activity.defn(name="customers.ensure")
    async def ensure(self, wanted: CustomerRequest) -> CustomerOutcome:
        """Start `EnsureCustomer`, or join it when another deal of the customer already did, and wait.

        An activity and not a child: two deals of one customer must share one run, and only a
        client can join a run that is already there.
        """
        reference = wanted.profile.identity.reference
        handle = await activity.client().start_workflow(
            "EnsureCustomer",
            wanted,
            id=f"customer/{wanted.billing}/{reference}",
            task_queue=FLOWS_QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            result_type=CustomerOutcome,
            static_summary=f"Customer of {wanted.profile.crm_company}",
        )
        waiting: asyncio.Future[CustomerOutcome] = asyncio.ensure_future(handle.result())
        try:
            while not (await asyncio.wait([waiting], timeout=BEAT.total_seconds()))[0]:
                activity.heartbeat()
            outcome = waiting.result()
            await self._remembered(wanted.billing, outcome.customer)
        except WorkflowFailureError as error:
            raise ApplicationError(
                f"Finding or creating customer {reference} was stopped; it is tried again.", type="Transient"
            ) from error
        finally:
            waiting.cancel()
        return outcome

    async def _remembered(self, billing: str, customer: Customer | None) -> None:
        """Have remembered what both sides say now: what is typed later is told by it."""
        if customer and self._in_step:
            subject = Subject(kind=CONTACT_SYNC.about, connection=billing, id=customer.id)
            await wake(activity.client(), CONTACT_SYNC, subject, Changed(key="invoiced"))


class CustomerWrites:
    """Making sure of a customer: whichever way it goes, at most one external write."""

    def __init__(self, billing: Billing, links: Links, effects: Effects) -> None:
        self._billing = billing
        self._links = links
        self._effects = effects

    @activity.defn(name="billing.ensure_customer")
    async def ensure_customer(self, wanted: CustomerRequest) -> CustomerOutcome:
        """Find the customer, adopt the one that resembles it enough or was chosen, or create it.

        Candidates are returned when only a person can choose. The link is remembered before it returns.
        """
        choice = await find_customer(self._billing, self._links, wanted.billing, wanted.profile)
        if choice.candidates:
            chosen = next((c for c in choice.candidates if c.id == wanted.chosen), None)
            if chosen is None and wanted.chosen != NEW:
                return CustomerOutcome(candidates=choice.candidates)
            if chosen:
                return CustomerOutcome(customer=await self._claimed(wanted, chosen.id))
        if choice.customer is None:
            return CustomerOutcome(customer=await self._created(wanted), created=True)
        if choice.evidence in OURS:
            return CustomerOutcome(customer=await self._ours(wanted, choice.customer))
        return CustomerOutcome(customer=await self._claimed(wanted, choice.customer.id))

    async def _ours(self, wanted: CustomerRequest, customer: Customer) -> Customer:
        """Take a customer that carries our mark, which an attempt that died may have left there."""
        for key in (_key(wanted), f"{_key(wanted)}/claim/{customer.id}"):
            await self._effects.found(key, customer)
        await self._remember(wanted, customer.id)
        return customer

    async def _created(self, wanted: CustomerRequest) -> Customer:
        profile = wanted.profile

        async def look() -> Customer | None:
            return None  # this very attempt has just looked

        async def write(key: str) -> Customer:
            return await self._billing.create_customer(profile, key=key)

        customer = await self._effects.once(
            Effect(
                key=_key(wanted),
                name="billing.create_customer",
                object=f"customer/{profile.identity.reference}",
                cause=cause(),
                request=profile.model_dump(mode="json"),
            ),
            look=look,
            write=write,
            # The created customer is in the answer; the vendor's search may show it only minutes later.
            read_back=False,
        )
        await self._remember(wanted, customer.id)
        return customer

    async def _claimed(self, wanted: CustomerRequest, customer_id: str) -> Customer:
        """Put our reference on a customer that existed before Raccord.

        Where another tool's stands in its place, the link alone tells whose customer it is.
        """
        profile, ours = wanted.profile, wanted.profile.identity.reference

        async def look() -> Customer | None:
            found = await self._billing.find_customers(profile, linked_id=customer_id)
            return next(
                (c for c in found if c.id == customer_id and (c.marked_elsewhere or c.reference == ours)),
                None,
            )

        async def write(key: str) -> Customer:
            return await self._billing.claim_customer(customer_id, profile, key=key)

        customer = await self._effects.once(
            Effect(
                key=f"{_key(wanted)}/claim/{customer_id}",
                name="billing.claim_customer",
                object=f"customer/{profile.identity.reference}",
                cause=cause(),
                request={"customer": customer_id},
            ),
            look=look,
            write=write,
        )
        await self._remember(wanted, customer.id)
        return customer

    async def _remember(self, wanted: CustomerRequest, customer_id: str) -> None:
        """Link the identity to its customer. A link that the look-up passed over names a deleted one."""
        identity = wanted.profile.identity.reference
        await self._links.link_customer(
            identity,
            wanted.billing,
            customer_id,
            wanted.profile.crm_company,
            replacing=await self._links.customer(identity, wanted.billing),
        )


def _key(wanted: CustomerRequest) -> str:
    return f"cus/{wanted.profile.identity.reference}"
