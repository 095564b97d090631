"""Thanking a customer who kept a promise, at an hour at which mails leave."""

from datetime import datetime

from temporalio import workflow

from raccord.domain.dunning.calendar import next_sending
from raccord.domain.dunning.memory import Memory
from raccord.domain.dunning.plan import Plan
from raccord.domain.dunning.policy import DunningPolicy
from raccord.domain.dunning.thanks import Thanks, thanks_due
from raccord.domain.dunning.words import thanked, unthanked
from workflows.dunning.steps import Writing


async def thank(writing: Writing, plan: Plan, memory: Memory, policy: DunningPolicy) -> datetime | None:
    """Thank for what was kept, or note that nobody does; return when to do it where that is not now."""
    for word in plan.kept:
        due = thanks_due(memory, policy, workflow.now())
        if due is Thanks.NOW:
            due = await writing.thank(word)
        now = workflow.now()
        if due is Thanks.LATER:
            return next_sending(policy, now)
        # Noted also where nobody thanks: what is kept now is no news once a stop is taken back.
        await writing.said(thanked(word, now) if due is Thanks.NOW else unthanked(word, now))
    return None
