"""Flow 4: what is typed about a customer in one system comes to stand in the other."""

from temporalio import workflow

from activities.policies import Policies
from raccord.domain.contact.agreed import Pair
from raccord.domain.contact.outcome import ContactEnd, Ending
from raccord.domain.contact.plan import Plan, plan_of
from raccord.domain.contact.policy import ContactPolicy
from raccord.domain.contact.questions import about_customer, unwanted
from raccord.domain.contact.restoring import Restoring
from raccord.domain.contact.wording import carried
from raccord.domain.desk.problems import Problem
from raccord.domain.desk.question import Ask, Question
from raccord.domain.rules.modes import Mode
from raccord.domain.values.message import Message, RecordKind, RecordName
from raccord.domain.values.subject import Subject
from raccord.temporal import search
from raccord.texts.ends import money_markdown
from workflows.contact_sync.debounce import Debounce
from workflows.contact_sync.settling import Settling
from workflows.contact_sync.steps import Both, Reading, Writing
from workflows.flow import Flow
from workflows.steps import LookAgain, run_local


@workflow.defn(name="ContactSync")
class ContactSync(Flow[ContactEnd]):
    """Wait until nobody types any more, read both sides, and carry over what was typed on one of them."""

    _policy: ContactPolicy

    @workflow.init
    def __init__(self, subject: Subject) -> None:
        super().__init__(subject)
        self._debounce = Debounce(self)
        self._both: Both | None = None
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
        await self._debounce.over(self._policy.rules)
        self._changed = False
        self._both = both = await Reading(self, self.subject, self._policy).both()
        if both is None:
            return self._end(Ending.NOT_LINKED)
        if missing := await self._missing(both):
            return self._end(missing)
        plan = plan_of(both.pairs, both.standings(self._policy.rules), workflow.now())
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

    async def _missing(self, both: Both) -> Ending | None:
        name = both.customer.details.name or self.subject.id
        self.page.name(money_markdown(name, None, self._policy.language))
        workflow.upsert_search_attributes([search.STATE.value_set("running")])
        if both.customer.gone:
            return Ending.CUSTOMER_GONE
        if not both.pairs:
            return Ending.COMPANY_GONE
        if self.asks() and await Writing(self, self.subject, self._policy).moved(both.pairs):
            raise LookAgain
        return None

    async def _policy_now(self) -> ContactPolicy:
        policy = await run_local(Policies.contact, summary="read mode and rules")
        self.held_up.timing, self.held_up.language = policy.timing, policy.language
        return policy

    async def _may_write(self) -> Writing:
        """Give the steps that write. The reads may have waited for hours while somebody changed the rules."""
        if await self._policy_now() != self._policy:
            raise LookAgain
        return Writing(self, self.subject, self._policy)

    def about(self) -> RecordName:
        return RecordName(kind=RecordKind.CUSTOMER, id=self.subject.id)

    async def deleted(self) -> ContactEnd:
        return self._end(Ending.CUSTOMER_GONE)

    async def still_so(self) -> bool:
        both = await Reading(self, self.subject, self._policy).both()
        return (both and both.seen) == (self._both and self._both.seen)

    @property
    def in_haste(self) -> bool:
        """Whether somebody wants a look at once, whoever may be typing."""
        return self.thorough or self._thorough

    @property
    def _pairs(self) -> tuple[Pair, ...]:
        return self._both.pairs if self._both else ()

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
        name = self._both.customer.details.name if self._both else ""
        return ContactEnd(
            ending=ending,
            mode=self._policy.mode,
            customer=self.about().model_copy(update={"name": name}),
            carried=self._carried,
            problems=problems,
        )
