"""What is remembered of a customer's pairs, of whose word counts, and the deals that wait with a draft."""

from temporalio import activity

from raccord.domain.contact.agreed import Agreement, Linked
from raccord.domain.desk.question import watch_key
from raccord.domain.rules.contact import Standing
from raccord.domain.values.base import Value
from raccord.domain.values.details import Field
from raccord.records.agreed import Said
from raccord.records.answers import Answers
from raccord.records.records import Records
from raccord.records.work import Work, together
from raccord.temporal.flows import DEAL_WON, Changed, flow_of, wake

RULES = "contact"
"""Stands for a company's id where people said whose word counts from now on; a field is the topic."""


class Known(Value):
    """The pairs of a customer, and whose word counts where people said so."""

    pairs: tuple[Linked, ...] = ()
    learnt: dict[Field, Standing] = {}


class CustomerQuery(Value):
    """A billing customer, whose companies are of this CRM."""

    billing: str
    customer_id: str
    crm: str


class Agreeing(Value):
    """What a customer's pairs agree on now, by company."""

    billing: str
    customer_id: str
    agreed: dict[str, dict[Field, Agreement]] = {}
    wrote: dict[str, tuple[Said, ...]] = {}
    """What we made a record say, by the company of the pair."""
    learnt: dict[Field, Standing] = {}


class Moving(Value):
    """A customer's company was merged into another one."""

    billing: str
    customer_id: str
    company: str
    survivor: str


class Touched(Value):
    """Companies, `<connection>:<id>`, of which the billing customer says something else now."""

    companies: tuple[str, ...]


async def learnt_rules(answers: Answers) -> dict[Field, Standing]:
    """Return whose word counts in which field, as people said at the desk."""
    said = await answers.of((RULES,))
    return {Field(field): Standing(standing) for field, standing in said.items()}


class ContactMemory:
    def __init__(self, records: Records) -> None:
        self._records = records

    @activity.defn(name="contact.recall")
    async def recall(self, wanted: CustomerQuery) -> Known:
        """Return a customer's companies, with what is remembered of each pair."""
        pairs = await self._records.agreed.of(wanted.customer_id, wanted.billing)
        ours = tuple(each for each in pairs if each.company.startswith(f"{wanted.crm}:"))
        return Known(pairs=ours, learnt=await learnt_rules(self._records.answers))

    @activity.defn(name="contact.agree")
    async def agree(self, wanted: Agreeing) -> None:
        """Remember all of it, or nothing."""
        records, its = self._records.agreed, (wanted.customer_id, wanted.billing)
        flow = activity.info().workflow_id or ""
        work: list[Work[None]] = [records.agree(*its, name, found) for name, found in wanted.agreed.items()]
        work += [records.wrote(*its, name, said) for name, said in wanted.wrote.items()]
        work += [
            self._records.answers.give(RULES, field.value, standing.value, flow)
            for field, standing in wanted.learnt.items()
        ]
        if work:
            await together(*work)

    @activity.defn(name="contact.moved")
    async def moved(self, wanted: Moving) -> None:
        """Let the customer belong to the company that its own was merged into."""
        await self._records.agreed.moved(wanted.customer_id, wanted.billing, wanted.company, wanted.survivor)

    @activity.defn(name="contact.follow")
    async def follow(self, keys: tuple[str, ...]) -> None:
        """Follow exactly these records beside the pairs' own, as `watch_key` writes them."""
        await self._records.followed.follow(activity.info().workflow_id or "", keys)

    @activity.defn(name="contact.redo_drafts")
    async def redo_drafts(self, touched: Touched) -> None:
        """Have the deals look that wait with a question about one of these companies: a draft, perhaps."""
        keys = [
            watch_key(connection, "company", id)
            for connection, _, id in (each.partition(":") for each in touched.companies)
        ]
        for flow in await self._records.waiting.watching(keys):
            found = flow_of(flow)
            if found and found[0] is DEAL_WON:
                await wake(activity.client(), *found, Changed(key="customer in step", thorough=True))
