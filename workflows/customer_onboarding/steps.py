"""The steps of flow 2b, each bound to its deal, its queue and its place in the history."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta

from activities.crm.tasks import CrmTasks, TaskOrder
from activities.mail.sending import MailActivities, Mailing
from activities.onboarding.messages import ChannelMessage, OnboardingMessages
from activities.onboarding.outbound import EventActivities
from raccord.domain.desk.asks import vanished
from raccord.domain.onboarding.event import onboarding_event
from raccord.domain.onboarding.facts import Facts
from raccord.domain.onboarding.outcome import StepEnd, StepState
from raccord.domain.onboarding.policy import OnboardingPolicy
from raccord.domain.onboarding.questions import Failure, may_have_left, no_address, not_taken, step_name
from raccord.domain.onboarding.start import OnboardingStart
from raccord.domain.rules.onboarding import OnboardingStep, StepKind
from raccord.domain.rules.timing import Timing
from raccord.domain.values.message import RecordKind, RecordName
from raccord.texts import say_param
from workflows.steps import Gone, OutOfTime, Stopped, run_step

PATIENCE = timedelta(days=3)
"""How long a step is tried that a system puts off; then a person is asked, or it is told at the end."""
_MAIL_STEP = timedelta(minutes=2)
"""For one attempt of a mail: many servers look through it before they answer."""
_EVENT_RETRY = timedelta(hours=1)
"""The longest pause between two attempts of an event: every five minutes for three days is a nuisance."""


class Steps:
    """What the onboarding of one deal does. `at`: when it began, the same for every attempt of a step."""

    def __init__(
        self, start: OnboardingStart, policy: OnboardingPolicy, facts: Facts, *, at: datetime
    ) -> None:
        self._start = start
        self._policy = policy
        self._facts = facts
        self._at = at

    async def run(self, step: OnboardingStep) -> StepEnd | Failure:
        """Carry one step out; return how it ended, or why it did not."""
        try:
            state = await self._carried_out(step)
        except Stopped as stopped:
            return Failure(step=step.name, problem=stopped.ask.problems[0])
        except Gone:
            deal = RecordName(kind=RecordKind.DEAL, id=self._start.deal.id)
            return Failure(step=step.name, problem=vanished(deal).problems[0])
        except OutOfTime as late:
            return Failure(step=step.name, problem=not_taken(step.name, late.said))
        return state if isinstance(state, Failure) else StepEnd(name=step.name, state=state)

    async def _carried_out(self, step: OnboardingStep) -> StepState | Failure:
        match step.kind:
            case StepKind.CRM_TASK:
                return await self._task(step)
            case StepKind.EMAIL:
                return await self._mail(step)
            case StepKind.SLACK:
                return await self._message(step)
            case StepKind.EVENT:
                return await self._event(step)

    def key(self, step: OnboardingStep) -> str:
        """Name what a step does, for the marks and the audit: the same in every run."""
        return f"{self._start.key}/{step.name}"

    async def _task(self, step: OnboardingStep) -> StepState:
        deal, owner = self._facts.deal, self._facts.deal.owner
        named = self._named(self._policy.language)
        order = TaskOrder(
            deal=deal.ref,
            key=self.key(step),
            owner_id=step.owner or (owner.id if owner else ""),
            subject=step.title.format_map(named),
            body=step.text.format_map(named),
            since=self._at,
            due_in=step.due_in,
        )
        await run_step(
            CrmTasks.create,
            order,
            queue=self._policy.crm,
            timing=self._policy.timing,
            about=step_name(step.name),
            summary=f"{step.name}: create the task",
        )
        return StepState.DONE

    async def _mail(self, step: OnboardingStep) -> StepState | Failure:
        addresses = self._facts.recipients
        if not addresses:
            return Failure(step=step.name, problem=no_address(step.name))
        if not self._policy.mails_leave:
            return StepState.HELD
        language = self._start.language or self._facts.deal.language or self._policy.customers_language
        mailing = Mailing(
            key=self.key(step),
            about=str(self._start.deal),
            to=addresses,
            template=step.template,
            language=language,
            named=self._named(language),
            test=self._policy.test,
        )
        found = await run_step(
            MailActivities.send,
            mailing,
            queue=self._policy.mailer,
            timing=self._policy.timing,
            lasting=_MAIL_STEP,
            about=step_name(step.name),
            summary=f"{step.name}: e-mail the customer",
            within=PATIENCE,
        )
        if found.unknown:
            problem = may_have_left(step.name, addresses)
            return Failure(step=step.name, problem=problem, unknown=True, times=found.outcomes)
        return StepState.DONE

    async def _message(self, step: OnboardingStep) -> StepState:
        deal, named = self._facts.deal, self._named(self._policy.language)
        await run_step(
            OnboardingMessages.tell,
            ChannelMessage(
                key=self.key(step),
                deal=deal.ref,
                deal_name=deal.name,
                deal_url=deal.url,
                amounts=self._facts.amounts,
                title=step.title.format_map(named),
                text=step.text.format_map(named),
                people=(deal.owner.email,) if deal.owner and deal.owner.email else (),
                since=self._at,
            ),
            queue=self._policy.messenger,
            timing=self._policy.timing,
            about=step_name(step.name),
            summary=f"{step.name}: tell the channel",
        )
        return StepState.DONE

    async def _event(self, step: OnboardingStep) -> StepState:
        """Send the event to each endpoint, side by side: one that is dead holds no other up."""
        taken = await asyncio.gather(
            *(self._sent(step, endpoint) for endpoint in step.to or self._policy.outbound)
        )
        return StepState.DONE if all(taken) else StepState.UNDELIVERED

    async def _sent(self, step: OnboardingStep, endpoint: str) -> bool:
        event = onboarding_event(
            f"{self.key(step)}",
            self._start.deal,
            at=self._at,
            billing=self._policy.billing,
            customer_id=self._facts.customer_id,
            invoices=self._facts.invoices,
            amounts=self._facts.amounts,
        )
        timing = Timing.model_validate(dict(self._policy.timing) | {"longest_retry": _EVENT_RETRY})
        try:
            await run_step(
                EventActivities.send,
                event,
                queue=endpoint,
                timing=timing,
                about=step_name(step.name),
                summary=f"{step.name}: send the event to {endpoint}",
                within=PATIENCE,
            )
        except (Stopped, OutOfTime):
            # Whoever watches the endpoint has told of it once; a question for each deal would be a storm.
            return False
        return True

    def _named(self, language: str) -> Mapping[str, str]:
        return self._facts.named(say_param(self._facts.amounts, language))
