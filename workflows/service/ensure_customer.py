"""Part of flows 1 and 4: one billing customer per real customer."""

from temporalio import workflow

from activities.billing.customers import CustomerOutcome, CustomerRequest, CustomerWrites
from activities.policies import Policies
from raccord.domain.deal_won.questions import vanished_customer
from raccord.domain.values.message import RecordKind, RecordName
from workflows.steps import Gone, Stopped, run_local, run_step


@workflow.defn(name="EnsureCustomer")
class EnsureCustomer:
    """Find or create one customer; several first deals of one customer share this run.

    The workflow id is only a lock with a short memory, so every run looks before it creates, and
    the link is stored by the activity that found or created the customer.
    """

    @workflow.run
    async def run(self, wanted: CustomerRequest) -> CustomerOutcome:
        policy = await run_local(Policies.deal_won, summary="read the rules")
        try:
            return await run_step(
                CustomerWrites.ensure_customer,
                wanted,
                queue=wanted.billing,
                timing=policy.timing,
                about=RecordName(kind=RecordKind.CUSTOMER, name=wanted.profile.name),
                summary="find or create the customer",
            )
        except Stopped as stopped:
            return CustomerOutcome(problems=stopped.ask.problems)
        except Gone:
            return CustomerOutcome(problems=(vanished_customer(wanted.profile),))
