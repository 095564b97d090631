"""Flow 4: what is typed about a customer in one system comes to stand in the other."""

import contextlib

from temporalio import workflow

from activities.policies import Policies
from raccord.domain.contact.agreed import Pair, pairs_of
from raccord.domain.contact.outcome import ContactEnd, Ending
from raccord.domain.contact.plan import Plan, plan_of
from raccord.domain.contact.policy import ContactPolicy
from raccord.domain.contact.questions import about_customer, unwanted
from raccord.domain.contact.restoring import Restoring
from raccord.domain.contact.wording import carried
from raccord.domain.desk.problems import Problem
from raccord.domain.desk.question import Ask, Question
from raccord.domain.rules.contact import Standing
from raccord.domain.rules.modes import Mode
from raccord.domain.values.details import Field, Sight
from raccord.domain.values.message import Message, RecordKind, RecordName
from raccord.domain.values.subject import Subject
from raccord.temporal import search
from raccord.texts.ends import money_markdown
from workflows.contact_sync.settling import Settling
from workflows.contact_sync.steps import Reading, Writing, id_of
from workflows.flow import Flow
from workflows.steps import LookAgain, run_local


@workflow.defn(name="ContactSync")
class ContactSync(Flow[ContactEnd]):
    """Wait until nobody types any more, read both sides, and carry over what was typed on one of them."""

    _policy: ContactPolicy

    @workflow.init
    def __init__(self, subject: Subject) -> None:
        super().__init__(subject)
        self._heard = 0
        self._customer: Sight | None = None
        self._pairs: tuple[Pair, ...] = ()
        self._standings: dict[Field, Standing] = {}
        self._carried: tuple[Message, ...] = ()
        self._restores: list[Restoring] = []

    @workflow.run
    async def run(self, subject: Subject) -> ContactEnd:  # noqa: ARG002 - `__init__` took it
        return await self.until_nothing_changes()

    @workflow.signal(description="A person wants the old values back on one side")
    def restore(self, wanted: Restoring) -> None:
        self._restores.append(wanted)
        self._changed = self._thorough = True

    async def look(self) -> ContactEnd:
        """One pass. Any line may end it: not linked, gone, a question, a side that lags, look again."""
        self._policy = await self._policy_now()
        await self._until_quiet()
        if end := await self._read():
            return end
        plan = plan_of(self._pairs, self._standings, workflow.now())
        if not self.asks():
            return self._shadow(plan)
        writing = await self._may_write()
        await writing.follow(self._pairs)
        settling = Settling(writing, self._pairs, self._policy, self.ask)
        if self._restores:
            await settling.put_back(self._restores[0])
            self._restores.pop(0)
            raise LookAgain
        await settling.agreed(plan)
        for carrying in plan.writes:
            self._carried += await settling.carried(carrying)
        for doubt in plan.doubts:
            self._carried += await settling.settled(doubt)
        if plan.until:
            await self.rest(plan.until, "then the other side shows what was written")
        return self._end(Ending.IN_STEP)

    async def _until_quiet(self) -> None:
        """Wait until no change came for a while: what is being typed, or imported, is read once."""
        latest = workflow.now() + self._policy.rules.longest
        while self._heard != self.told and not (self.thorough or self._thorough):
            self._heard, wait = self.told, min(self._policy.rules.quiet, latest - workflow.now())
            with contextlib.suppress(TimeoutError):
                await workflow.wait_condition(
                    lambda: self.told != self._heard, timeout=wait, timeout_summary="no more was typed since"
                )
            if workflow.now() >= latest:
                break
        self._heard, self._changed = self.told, False

    async def _read(self) -> ContactEnd | None:
        """Read both sides; return the end where there is nothing to compare."""
        reading = Reading(self, self.subject, self._policy)
        known = await reading.known()
        if not known.pairs:
            return self._end(Ending.NOT_LINKED)
        customer, *companies = await reading.sights(known.pairs)
        self._customer = customer
        self._show(customer)
        if customer.gone:
            return self._end(Ending.CUSTOMER_GONE)
        self._pairs = pairs_of(customer, known.pairs, companies)
        if not self._pairs:
            return self._end(Ending.COMPANY_GONE)
        self._standings = {
            field: known.learnt.get(field, standing) for field, standing in self._policy.rules.fields.items()
        }
        if self.asks():
            await self._followed()
        return None

    async def _followed(self) -> None:
        """Follow companies into those that they were merged into."""
        merged = [each for each in self._pairs if id_of(each.company) != each.crm.record.id]
        for pair in merged:
            survivor = f"{self._policy.crm}:{pair.crm.record.id}"
            await Writing(self, self.subject, self._policy).moved(pair.company, survivor)
        if merged:
            raise LookAgain

    async def _policy_now(self) -> ContactPolicy:
        policy = await run_local(Policies.contact, summary="read mode and rules")
        self.held_up.timing, self.held_up.language = policy.timing, policy.language
        return policy

    async def _may_write(self) -> Writing:
        """Give the steps that write. The reads may have waited for hours while somebody changed the rules."""
        if await self._policy_now() != self._policy:
            raise LookAgain
        return Writing(self, self.subject, self._policy)

    def _show(self, customer: Sight) -> None:
        self.page.name(money_markdown(customer.details.name or self.subject.id, None, self._policy.language))
        workflow.upsert_search_attributes([search.STATE.value_set("running")])

    def about(self) -> RecordName:
        return RecordName(kind=RecordKind.CUSTOMER, id=self.subject.id)

    async def deleted(self) -> ContactEnd:
        return self._end(Ending.CUSTOMER_GONE)

    async def still_so(self) -> bool:
        seen = self._customer, self._pairs
        reading = Reading(self, self.subject, self._policy)
        known = await reading.known()
        if not known.pairs:
            return not self._pairs
        customer, *companies = await reading.sights(known.pairs)
        return (customer, pairs_of(customer, known.pairs, companies)) == seen

    def asks(self) -> bool:
        return self._policy.mode is not Mode.SHADOW

    def question(self, ask: Ask) -> Question:
        return about_customer(self.subject, self._policy.crm, self._pairs, ask)

    def stopped(self, ask: Ask) -> ContactEnd:
        return self._end(Ending.PROBLEMS, problems=ask.problems)

    def given_up(self) -> ContactEnd:
        return self._end(Ending.CLOSED)

    def _shadow(self, plan: Plan) -> ContactEnd:
        pairs = {each.company: each for each in self._pairs}
        asked = unwanted(plan.doubts, pairs, self._policy.clock)
        self._carried = tuple(said for each in plan.writes for said in carried(pairs[each.company], each))
        return self._end(Ending.PROBLEMS if asked else Ending.SHADOW, problems=asked)

    def _end(self, ending: Ending, *, problems: tuple[Problem, ...] = ()) -> ContactEnd:
        name = self._customer.details.name if self._customer else ""
        return ContactEnd(
            ending=ending,
            mode=self._policy.mode,
            customer=self.about().model_copy(update={"name": name}),
            carried=self._carried,
            problems=problems,
        )
