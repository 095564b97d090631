"""How a question reads in the messenger and as a task in the CRM."""

from datetime import datetime

from raccord.domain.desk.notice import Button, ButtonStyle, Fact, Link, Notice
from raccord.domain.desk.problems import Problem, Text
from raccord.domain.desk.question import Answer, Choice, Question, button_value
from raccord.domain.values.base import Value

MOST_POINTS = 25

_ANOTHER_LOOK = Text(fr="Relire maintenant", en="Look again now")
_SURE = Text(fr="Êtes-vous sûr ?", en="Are you sure?")


class Standing(Value):
    """Where a question stands. `answer` is the last one given; closed without one, it solved itself."""

    incident: str
    revision: int
    closed: bool = False
    answer: Answer | None = None


class Voice(Value):
    """How the company's messages speak: their language, TEST or LIVE, and whom they name for help."""

    language: str = "fr"
    stage: str = "TEST"
    contact: str = ""

    def say(self, text: Text) -> str:
        return text.in_language(self.language)


def notice_of(question: Question, standing: Standing, voice: Voice) -> Notice:
    """Write a question as one message, as it stands now."""
    mark = "✅ " if standing.closed else ""
    stage = "[TEST] " if voice.stage == "TEST" else ""
    people = (question.owner.email,) if question.owner and question.owner.email else ()
    return Notice(
        title=f"{mark}{stage}{voice.say(question.title)}",
        facts=_facts(question, voice),
        points=_points(question, standing, voice),
        links=(Link(label=voice.say(_THE_DEAL), url=question.url),) if question.url else (),
        buttons=() if standing.closed else _buttons(question, standing, voice),
        people=() if standing.closed else people,
        footer=_footer(standing, voice),
    )


_THE_DEAL = Text(fr="Ouvrir l'affaire", en="Open the deal")


def _facts(question: Question, voice: Voice) -> tuple[Fact, ...]:
    name = question.name or question.subject.id
    facts = [Fact(label=voice.say(Text(fr="Affaire", en="Deal")), value=f"{name} ({question.subject.id})")]
    if question.amount:
        label = voice.say(Text(fr="Montant HT", en="Net amount"))
        facts.append(Fact(label=label, value=question.amount.text(voice.language)))
    if question.owner:
        label = voice.say(Text(fr="Commercial", en="Salesperson"))
        facts.append(Fact(label=label, value=question.owner.name or question.owner.id))
    return tuple(facts)


def _points(question: Question, standing: Standing, voice: Voice) -> tuple[str, ...]:
    points = [f"{voice.say(d.label)} : {d.value}" for d in question.details]
    points += [said(problem, voice.language) for problem in question.problems]
    if len(points) > MOST_POINTS:
        more = len(points) - MOST_POINTS
        points = points[:MOST_POINTS]
        points.append(voice.say(Text(fr=f"… et {more} de plus", en=f"… and {more} more")))
    if outcome := _outcome(question, standing, voice):
        points.append(outcome)
    return tuple(points)


def said(found: Problem, language: str) -> str:
    """Write one problem as a sentence: record, field, reason, remedy."""
    reason, remedy = found.reason.in_language(language), found.remedy.in_language(language)
    return f"{_named(found.record, language)} · {found.field} : {reason} → {remedy}"


_RECORDS = {
    "deal": "affaire",
    "company": "entreprise",
    "contact": "contact",
    "line item": "ligne",
    "customer": "client",
    "draft": "brouillon",
    "invoice": "facture",
    "settings": "réglages",
}


def _named(record: str, language: str) -> str:
    """Name a record in the reader's language; the number that tells it from others stays."""
    kind = next((kind for kind in _RECORDS if record == kind or record.startswith(f"{kind} ")), None)
    if language != "fr" or kind is None:
        return record
    return _RECORDS[kind] + record.removeprefix(kind)


def _outcome(question: Question, standing: Standing, voice: Voice) -> str:
    match standing.answer:
        case None if standing.closed:
            return voice.say(
                Text(fr="Réglé : le flux a repris de lui-même.", en="Settled: the flow went on.")
            )
        case None:
            return ""
        case Answer(choice=Choice.RETRY) as answer if not standing.closed:
            return voice.say(
                Text(
                    fr=f"Relu à la demande de {answer.actor} : la question se pose encore.",
                    en=f"Looked at again for {answer.actor}: the question still stands.",
                )
            )
        case Answer(choice=Choice.RETRY) as answer:
            return voice.say(
                Text(
                    fr=f"Réglé, relu à la demande de {answer.actor}.",
                    en=f"Settled, after {answer.actor} asked for another look.",
                )
            )
        case answer:
            return voice.say(
                Text(
                    fr=f"Décidé par {answer.actor} : {answer_label(question, answer).fr}.",
                    en=f"Decided by {answer.actor}: {answer_label(question, answer).en}.",
                )
            )


def answer_label(question: Question, answer: Answer) -> Text:
    """Return what an answer means, in the question's own words."""
    match answer.choice:
        case Choice.SKIP if question.skip:
            return question.skip
        case Choice.CANCEL if question.cancel:
            return question.cancel
        case Choice.CHOOSE:
            fitting = (o.label for o in question.options if o.id == answer.option)
            return next(fitting, Text(fr=answer.option, en=answer.option))
        case _:
            return _ANOTHER_LOOK


def _buttons(question: Question, standing: Standing, voice: Voice) -> tuple[Button, ...]:
    def button(
        label: Text, choice: Choice, option: str = "", *, style: ButtonStyle = ButtonStyle.PLAIN
    ) -> Button:
        sure = voice.say(_SURE) if style is not ButtonStyle.PLAIN else ""
        value = button_value(standing.incident, standing.revision, choice, option)
        return Button(label=voice.say(label)[:75], value=value, style=style, confirm=sure)

    buttons = [button(o.label, Choice.CHOOSE, o.id, style=ButtonStyle.PRIMARY) for o in question.options]
    buttons.append(button(_ANOTHER_LOOK, Choice.RETRY))
    if question.skip:
        buttons.append(button(question.skip, Choice.SKIP))
    if question.cancel:
        buttons.append(button(question.cancel, Choice.CANCEL, style=ButtonStyle.DANGER))
    return tuple(buttons)


def _footer(standing: Standing, voice: Voice) -> str:
    helps = f"Contact : {voice.contact} · " if voice.contact else ""
    return f"{helps}{voice.stage} · raccord inbox show {standing.incident}"


def escalation(question: Question, since: datetime, people: tuple[str, ...], voice: Voice) -> Notice:
    """Call the next people below a question that nobody has answered."""
    day = f"{since:%d/%m %H:%M}"
    title = Text(
        fr=f"Sans réponse depuis le {day} : {question.title.fr}",
        en=f"No answer since {day}: {question.title.en}",
    )
    return Notice(title=voice.say(title), facts=_facts(question, voice), people=people)


def task_text(question: Question, voice: Voice) -> tuple[str, str]:
    """Return subject and body of the salesperson's task."""
    return voice.say(question.title), "\n".join(_points_of_task(question, voice))


def _points_of_task(question: Question, voice: Voice) -> tuple[str, ...]:
    points = tuple(said(problem, voice.language) for problem in question.problems)
    ending = Text(
        fr="Le flux reprend de lui-même dès que la fiche est corrigée.",
        en="The flow goes on by itself as soon as the record is corrected.",
    )
    helps = (f"Contact : {voice.contact}",) if voice.contact else ()
    return (*points, voice.say(ending), *helps)
