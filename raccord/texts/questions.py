"""How a question reads in the messenger and as a task in the CRM, whichever release asked it."""

from collections.abc import Iterator
from datetime import datetime

from raccord.domain.desk.notice import Button, ButtonStyle, Fact, Link, Notice
from raccord.domain.desk.question import Answer, Choice, Detail, Question, button_value
from raccord.domain.values.base import Value
from raccord.domain.values.message import Message, Moment, message
from raccord.texts.problems import say_problem
from raccord.texts.speech import called, say_fact, say_record
from raccord.texts.voice import Voice

MOST_POINTS = 25
LONG_LIST, FIRST = 20, 10
"""Of a list longer than the one only so many are shown."""
LONGEST_LABEL = 75

LOOK_AGAIN = message("button.look_again")


class Standing(Value):
    """Where a question stands. `answer` is the last one given; closed without one, it solved itself."""

    incident: str
    revision: int
    closed: bool = False
    answer: Answer | None = None


def notice_of(question: Question, standing: Standing, voice: Voice) -> Notice:
    """Write a question as one message, as it stands now."""
    mark = "✅ " if standing.closed else ""
    people = (question.owner.email,) if question.owner and question.owner.email else ()
    return Notice(
        title=f"{mark}{voice.test_mark}{voice.kept(question.title)}",
        facts=_facts(question, voice),
        points=_points(question, standing, voice),
        links=tuple(_links(question, voice)),
        buttons=() if standing.closed else _buttons(question, standing, voice),
        people=() if standing.closed else people,
        footer=f"{voice.signature} · raccord inbox show {standing.incident}",
    )


def escalation(question: Question, since: datetime, people: tuple[str, ...], voice: Voice) -> Notice:
    """Call the next people below a question that nobody has answered; `since` in the company's zone."""
    title = voice.say("escalation.title", since=Moment(moment=since), title=voice.kept(question.title))
    return Notice(title=title, facts=_facts(question, voice), people=people)


def task_text(question: Question, voice: Voice) -> tuple[str, str]:
    """Return subject and body of the salesperson's task."""
    facts = (_fact(each, voice) for each in table_of(question))
    body = "\n".join((*facts, *_told(question, voice), voice.say("task.goes_on"), *voice.helps))
    return voice.kept(question.title), body


def table_of(question: Question) -> tuple[Detail, ...]:
    """Return the facts beside a question that are no list."""
    return tuple(each for each in question.details if not each.listed)


def list_of(question: Question) -> tuple[tuple[Detail, ...], int]:
    """Return what of a question's list is shown, and how many there are; of a long one only the first."""
    listed = tuple(each for each in question.details if each.listed)
    return (listed[:FIRST] if len(listed) > LONG_LIST else listed), len(listed)


def answer_label(question: Question, answer: Answer) -> Message | str:
    """Return what an answer means, in the question's own words."""
    match answer.choice:
        case Choice.SKIP if question.skip:
            return question.skip
        case Choice.CANCEL if question.cancel:
            return question.cancel
        case Choice.CHOOSE:
            return next((o.label for o in question.options if o.id == answer.option), answer.option)
        case _:
            return LOOK_AGAIN


def _facts(question: Question, voice: Voice) -> tuple[Fact, ...]:
    facts = [
        Fact(
            label=voice.say(f"label.{question.subject.kind}"),
            value=called(question.name, question.subject.id, question.url),
        )
    ]
    if question.amount and question.amount not in (each.value for each in question.details):
        facts.append(Fact(label=voice.say("label.net_amount"), value=voice.write(question.amount)))
    if owner := question.owner:
        facts.append(Fact(label=voice.say("label.salesperson"), value=owner.name or owner.email or owner.id))
    facts += [Fact(label=voice.kept(d.label), value=voice.kept(d.value)) for d in table_of(question)]
    return tuple(facts)


def _links(question: Question, voice: Voice) -> Iterator[Link]:
    """Yield a link for the subject, what is to be opened, and each record of a problem that has one, once."""
    links = {question.url: voice.say(f"link.{question.subject.kind}")}
    links |= {page.url: voice.kept(page.label) for page in question.links}
    for found in (*question.problems, *question.warnings):
        links.setdefault(found.record.url, say_record(found.record, voice.language))
    yield from (Link(label=label, url=url) for url, label in links.items() if url)


def _points(question: Question, standing: Standing, voice: Voice) -> tuple[str, ...]:
    points = list(_told(question, voice))
    if (more := len(points) - MOST_POINTS) > 0:
        points = [*points[:MOST_POINTS], voice.say("points.more", count=more)]
    if outcome := _outcome(question, standing):
        points.append(voice.kept(outcome))
    return tuple(points)


def _told(question: Question, voice: Voice) -> Iterator[str]:
    """Yield what is wrong, what is worth knowing, and the list beside a question."""
    yield from (say_problem(found, voice.language) for found in question.problems)
    yield from (f"⚠️ {say_problem(found, voice.language)}" for found in question.warnings)
    shown, count = list_of(question)
    yield from (_fact(each, voice) for each in shown)
    if len(shown) < count:
        yield voice.say("points.first_of", shown=len(shown), total=count)


def _fact(detail: Detail, voice: Voice) -> str:
    return say_fact(voice.kept(detail.label), voice.kept(detail.value), voice.language)


def _outcome(question: Question, standing: Standing) -> Message | None:
    match standing.answer:
        case None:
            return message("outcome.settled") if standing.closed else None
        case Answer(choice=Choice.RETRY, actor=actor):
            return message(
                "outcome.settled_by_look" if standing.closed else "outcome.still_stands", actor=actor
            )
        case answer:
            label = answer_label(question, answer)
            return message("outcome.decided", actor=answer.actor, answer=label)


def _buttons(question: Question, standing: Standing, voice: Voice) -> tuple[Button, ...]:
    def button(
        label: Message, choice: Choice, option: str = "", *, style: ButtonStyle = ButtonStyle.PLAIN
    ) -> Button:
        sure = voice.say("button.sure") if style is not ButtonStyle.PLAIN else ""
        value = button_value(standing.incident, standing.revision, choice, option)
        return Button(label=voice.kept(label)[:LONGEST_LABEL], value=value, style=style, confirm=sure)

    buttons = [button(o.label, Choice.CHOOSE, o.id, style=ButtonStyle.PRIMARY) for o in question.options]
    if question.again:
        buttons.append(button(LOOK_AGAIN, Choice.RETRY))
    if question.skip:
        buttons.append(button(question.skip, Choice.SKIP))
    if question.cancel:
        buttons.append(button(question.cancel, Choice.CANCEL, style=ButtonStyle.DANGER))
    return tuple(buttons)
