"""How a customer who owes reads inside the company: on the flow's page, in tasks, and to finance."""

from raccord.domain.desk.notice import Link, Notice
from raccord.domain.dunning.exceptions import ladder_of
from raccord.domain.dunning.formal_notice import claims_of
from raccord.domain.dunning.memory import Memory, Round
from raccord.domain.dunning.outcome import customer_record, silence
from raccord.domain.dunning.past import Past
from raccord.domain.dunning.plan import Plan
from raccord.domain.dunning.policy import DunningPolicy
from raccord.domain.dunning.questions import invoice_record
from raccord.domain.dunning.words import Word, WordKind
from raccord.domain.payment.status import sums
from raccord.domain.values.account import Account, OwedInvoice
from raccord.domain.values.message import Message, message
from raccord.texts import owing
from raccord.texts.ends import money_markdown
from raccord.texts.mails import Worded
from raccord.texts.speech import say
from raccord.texts.voice import Voice

_MOST_NAMED = 10


def account_markdown(account: Account, plan: Plan, policy: DunningPolicy) -> str:
    """Name the customer and what is late, for the flow's page."""
    owed = plan.owed[0] if len(plan.owed) == 1 else None
    return money_markdown(account.name or account.customer_id, owed, policy.language)


def next_step(plan: Plan, policy: DunningPolicy) -> str:
    """Say what is waited for, for the timer in the history: opaque, as summaries are sealed but short."""
    if plan.next_level is not None:
        return say(message("dunning.next", level=plan.next_level), policy.language)
    return say(silence(plan.why.why) if plan.why else message("dunning.rests"), policy.language)


def task_subject(account: Account, sent: Round, plan: Plan, policy: DunningPolicy) -> str:
    """Title the salesperson's task of a round."""
    customer = customer_record(account, account.customer_id)
    owed = sums(each.due for each in _reminded(sent, plan))
    said = message("dunning.task", customer=customer, owed=owed, level=sent.level)
    return say(said, policy.language)


def task_body(account: Account, sent: Round, memory: Memory, plan: Plan, policy: DunningPolicy) -> str:
    """List what the customer was reminded of, and what to do, and where a prepared letter is."""
    lines = [say(_line(each), policy.language) for each in _reminded(sent, plan)]
    lines += ["", say(message("dunning.task.what"), policy.language)]
    level = ladder_of(account, policy.rules).step(sent.level).level
    if level.finance and policy.rules.finance and _is_prepared(account, memory, policy):
        lines += ["", say(_letter(policy), policy.language)]
    return "\n".join(lines)


def _reminded(sent: Round, plan: Plan) -> tuple[OwedInvoice, ...]:
    about = {each.invoice_id for each in sent.reached}
    return tuple(each for each in plan.claimed if each.id in about)


def story(account: Account, memory: Memory, plan: Plan, policy: DunningPolicy) -> Worded:
    """Write the account's story for finance: what is owed, what was sent and when, what people said."""
    language, customer = policy.language, customer_record(account, account.customer_id)
    parts = [say(message("dunning.story.owed", customer=customer, owed=plan.owed), language)]
    parts += [f"- {_owed(each, plan, language)}" for each in plan.overdue]
    parts += ["", say(message("dunning.story.sent", count=len(memory.left)), language)]
    parts += [f"- {say(_sent(each, policy), language)}" for each in memory.left]
    words = [each for each in memory.words if each.kind in _TOLD]
    if words:
        parts += ["", say(message("dunning.story.said"), language)]
        parts += [f"- {_said(word, account, policy)}" for word in words]
    parts += ["", say(_goes_on(account, memory, plan, policy), language)]
    subject = say(message("dunning.story.title", customer=customer, owed=plan.owed), language)
    return Worded(subject=f"[TEST] {subject}" if policy.test else subject, text="\n".join(parts) + "\n")


def story_notice(account: Account, memory: Memory, plan: Plan, policy: DunningPolicy, voice: Voice) -> Notice:
    """Write the account's story in short, for the channel, and call those of finance."""
    customer = customer_record(account, account.customer_id)
    title = voice.say("dunning.story.title", customer=customer, owed=plan.owed)
    points = [_owed(each, plan, voice.language) for each in plan.overdue[:_MOST_NAMED]]
    if (more := len(plan.overdue) - _MOST_NAMED) > 0:
        points.append(voice.say("points.more", count=more))
    points.append(voice.write(_goes_on(account, memory, plan, policy)))
    if _is_prepared(account, memory, policy):
        points.append(voice.write(_letter(policy)))
    link = Link(label=voice.say("link.customer"), url=account.page)
    return Notice(
        title=f"⚠️ {voice.test_mark}{title}",
        points=tuple(points),
        links=(link,) if account.page else (),
        people=policy.rules.finance,
        footer=voice.signature,
    )


def _is_prepared(account: Account, memory: Memory, policy: DunningPolicy) -> bool:
    """Whether a formal notice goes with what finance is told of the last round."""
    return bool(claims_of(account, memory, policy, memory.rounds[-1].at))


def _letter(policy: DunningPolicy) -> Message:
    """Say where the formal notice is, and that nobody sent it."""
    return message("dunning.letter", addresses=", ".join(policy.rules.finance))


def _said(word: Word, account: Account, policy: DunningPolicy) -> str:
    day, what = policy.clock.date_of(word.at), owing.word(word, account)
    said = say(message("dunning.story.word", day=day, what=what, actor=word.actor), policy.language)
    return f"{said} — {word.reason}" if word.reason else said


def _goes_on(account: Account, memory: Memory, plan: Plan, policy: DunningPolicy) -> Message:
    """Say of what no further reminder leaves."""
    past, last = Past.of(memory), ladder_of(account, policy.rules).last
    told = tuple(each for each in plan.claimed if past.consumed(each) >= last)
    if not told:
        return message("dunning.story.goes_on")
    if told == plan.claimed:
        return message("dunning.story.next")
    return message("dunning.story.next_of", invoices=tuple(map(invoice_record, told)))


def _owed(invoice: OwedInvoice, plan: Plan, language: str) -> str:
    """Say what is left of an invoice, and why nobody asks for it where nobody does."""
    line = say(_line(invoice), language)
    if invoice in plan.claimed:
        return line
    why = [say(silence(each.why), language) for each in plan.silent if each.invoice_id == invoice.id]
    return f"{line} ({', '.join(why)})"


def _line(invoice: OwedInvoice) -> Message:
    return message("dunning.owed", invoice=invoice_record(invoice), due=invoice.due, day=invoice.due_on)


def _sent(sent: Round, policy: DunningPolicy) -> Message:
    day = policy.clock.date_of(sent.at)
    return message("dunning.story.round", level=sent.level, day=day, addresses=", ".join(sent.to))


_TOLD = frozenset(WordKind) - {
    WordKind.REMIND,
    WordKind.APPROVED,
    WordKind.LEFT_ALONE,
    WordKind.THANKED,
    WordKind.UNTHANKED,
}
"""What people said of the customer; the others were said to Raccord."""
