"""Each question, alert, remark and end as people get it: one language throughout, nothing left to fill in."""

import ast
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from raccord.domain.deal_won.outcome import DealWonEnd, Ending, NotForUs, question_about, shadow_findings
from raccord.domain.deal_won.quality import examine
from raccord.domain.deal_won.remarks import Remark
from raccord.domain.desk.notice import Notice
from raccord.domain.desk.problems import Cause
from raccord.domain.desk.question import Answer, Ask, Choice, Question
from raccord.domain.payment.news import Bulletin, News, NewsKind
from raccord.domain.payment.outcome import Ending as PaymentEnding
from raccord.domain.payment.outcome import PaymentEnd, PlacedEnd, PlacedEnding
from raccord.domain.payment.status import PaymentStatus
from raccord.domain.service.outage import Look, OutageCause, Report, Watch
from raccord.domain.values.invoice import Part
from raccord.domain.values.message import message
from raccord.domain.values.money import Money
from raccord.domain.values.parties import Customer, Owner
from raccord.domain.values.payment import PaymentMeans
from raccord.domain.values.subject import Subject, SubjectKind
from raccord.texts import LANGUAGES
from raccord.texts.ends import end_markdown, money_markdown, question_markdown, waiting_markdown
from raccord.texts.outages import report_notice, watch_markdown
from raccord.texts.payments import bulletin_notice, news_notice, payment_details
from raccord.texts.questions import Standing, escalation, notice_of, task_text
from raccord.texts.remarks import remark_notice
from raccord.texts.voice import Voice
from tests.domain.payment.money import euros, money, payment
from tests.domain.samples import DEAL, TODAY, customer, deal, policy, totals
from tests.texts.asks import all_asks, one_problem_of
from tests.texts.reading import faults

ROOT = Path(__file__).parents[2]
SINCE = datetime(2026, 11, 27, 8, 5, tzinfo=UTC)
EURO = Money.of_minor(123456, "EUR")
ASKS = all_asks()


@pytest.fixture(params=LANGUAGES)
def voice(request: pytest.FixtureRequest) -> Voice:
    return Voice(language=request.param, stage="LIVE", contact="Anne")


def asked(ask: Ask) -> Question:
    about = deal(owner=Owner(id="77", name="Anne", email="anne@acme.fr"), url="https://crm.example/7")
    return question_about(DEAL, about, ask)


def lines(notice: Notice) -> Iterator[str]:
    """Yield every text of a message that a person reads; the footer's command is the same everywhere."""
    yield from (notice.title, *notice.points)
    yield from (f"{fact.label}\u00a0: {fact.value}" for fact in notice.facts)
    yield from (link.label for link in notice.links)
    for button in notice.buttons:
        yield button.label
        if button.confirm:
            yield button.confirm
    if notice.footer:
        yield notice.footer.partition(" · raccord ")[0]


def wrong(texts: Iterator[str], language: str) -> dict[str, tuple[str, ...]]:
    return {text: found for text in texts if (found := faults(text, language))}


def answers(ask: Ask) -> Iterator[Answer | None]:
    yield None
    yield from (Answer(choice=Choice.CHOOSE, option=each.id, actor="cli:anne") for each in ask.options)
    yield from (
        Answer(choice=choice, actor="cli:anne")
        for choice in (Choice.RETRY, Choice.SKIP, Choice.CANCEL)
        if ask.allows(choice)
    )


@pytest.mark.parametrize("name", ASKS)
def test_a_question_and_all_that_becomes_of_it(name: str, voice: Voice) -> None:
    question = asked(ASKS[name])
    texts = [
        text
        for closed in (False, True)
        for answer in answers(question)
        for text in lines(
            notice_of(
                question, Standing(incident="0000beef", revision=1, closed=closed, answer=answer), voice
            )
        )
    ]
    texts += lines(escalation(question, SINCE, ("anne@acme.fr",), voice))
    texts += [
        *task_text(question, voice),
        *question_markdown(question, "0000beef", voice.language).split("\n\n"),
    ]
    assert wrong(iter(texts), voice.language) == {}


def test_every_builder_of_a_question_is_played_here() -> None:
    built = set()
    for path in (*(ROOT / "raccord/domain").rglob("*.py"), *(ROOT / "workflows").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.FunctionDef(name=name) if any(
                    isinstance(inner, ast.Call) and getattr(inner.func, "id", "") == "Ask"
                    for inner in ast.walk(node)
                ):
                    built.add(name)
                case _:
                    continue
    assert built <= {name.partition(",")[0] for name in ASKS}


def test_a_question_of_any_cause_ends_in_words(voice: Voice) -> None:
    found = tuple(one_problem_of(cause) for cause in Cause)
    shadow = DealWonEnd(ending=Ending.PROBLEMS, problems=found).told(DEAL.subject)
    assert wrong(iter(end_markdown(shadow, voice.language).split("\n")), voice.language) == {"": ("empty",)}


@pytest.mark.parametrize("over", [False, True])
@pytest.mark.parametrize("cause", OutageCause)
def test_an_alert_and_its_end(cause: OutageCause, over: bool, voice: Voice) -> None:
    look = Look(healthy=False, cause=cause, said="503 cus_1", flows=2, amounts=(EURO, EURO), met_at=SINCE)
    until = SINCE + timedelta(hours=1) if over else None
    report = Report(connection="hubspot", since=SINCE, look=look, until=until)
    assert wrong(lines(report_notice(report, voice, UTC)), voice.language) == {}


@pytest.mark.parametrize("alerted", [False, True])
@pytest.mark.parametrize("flows", [0, 1, 2])
@pytest.mark.parametrize("cause", OutageCause)
def test_what_is_known_of_an_outage_while_it_lasts(
    cause: OutageCause, flows: int, alerted: bool, voice: Voice
) -> None:
    for amounts in ((), (EURO,)):
        look = Look(healthy=not flows, cause=cause, said="503 cus_1", flows=flows, amounts=amounts)
        watch = Watch(connection="hubspot", since=SINCE, alerted=alerted)
        shown = watch_markdown(watch, look, voice.language).replace("\n\n", "\n").split("\n")
        assert wrong(iter(shown), voice.language) == {}
    assert wrong(iter((waiting_markdown("hubspot", voice.language),)), voice.language) == {}


@pytest.mark.parametrize("several", [1, 2])
def test_a_remark_about_an_issued_invoice(several: int, voice: Voice) -> None:
    warnings = tuple(one_problem_of(cause) for cause in (Cause.TERMS, Cause.VAT)[:several])
    remark = Remark(
        deal=DEAL, deal_url="https://crm.example/7", number="F-1", gross=EURO, points=warnings, at=SINCE
    )
    assert wrong(lines(remark_notice(remark, voice)), voice.language) == {}


@pytest.mark.parametrize(
    "end",
    [
        *(DealWonEnd(ending=Ending.NOT_FOR_US, reason=reason) for reason in NotForUs),
        *(DealWonEnd(ending=ending, number="F-1", totals=totals()) for ending in Ending),
        DealWonEnd(ending=Ending.INVOICED, number="F-1", totals=totals(), part=Part.DEPOSIT),
    ],
    ids=lambda end: f"{end.ending}{'-' + end.reason if end.reason else ''}",
)
def test_an_end(end: DealWonEnd, voice: Voice) -> None:
    assert wrong(iter((end_markdown(end.told(DEAL.subject), voice.language),)), voice.language) == {}


@pytest.mark.parametrize(
    "end",
    [
        *(
            PaymentEnd(ending=ending, number="F-1", status=PaymentStatus.PAID, received=EURO, due=EURO)
            for ending in PaymentEnding
        ),
        PaymentEnd(
            ending=PaymentEnding.SHOWN, number="F-1", received=EURO, due=EURO, not_shown=("x_1", "x_2")
        ),
        *(PlacedEnd(ending=ending) for ending in PlacedEnding),
    ],
    ids=lambda end: f"{type(end).__name__}-{end.ending}",
)
def test_an_end_of_a_flow_about_money(end: PaymentEnd | PlacedEnd, voice: Voice) -> None:
    subject = Subject(kind=SubjectKind.INVOICE, connection="stripe", id="in_1")
    assert wrong(iter((end_markdown(end.told(subject), voice.language),)), voice.language) == {}


def news(kind: NewsKind, **changes: Any) -> News:
    base = {
        "key": f"in_1.{kind}",
        "kind": kind,
        "at": SINCE,
        "invoice_id": "in_1",
        "number": "F-1",
        "invoice_url": "https://billing.example/1",
        "deal_id": "7",
        "deal_name": "Rubis",
        "deal_url": "https://crm.example/7",
        "customer": "Acme",
        "owner_name": "Anne",
        "owner_email": "anne@acme.fr",
        "amount": EURO,
        "due": EURO,
        "means": PaymentMeans.CARD,
        "paid_on": TODAY,
        "days_late": 3,
    }
    return News(**(base | changes))


@pytest.mark.parametrize("days", [-1, 0, 1, 2])
@pytest.mark.parametrize("kind", NewsKind)
def test_news_of_a_payment(kind: NewsKind, days: int, voice: Voice) -> None:
    notice = news_notice(news(kind, days_late=days), voice, ("finance@acme.fr",))
    assert wrong(lines(notice), voice.language) == {}
    assert notice.people == ("anne@acme.fr", *(("finance@acme.fr",) if kind.of_finance else ()))


@pytest.mark.parametrize("means", PaymentMeans)
def test_news_name_the_means(means: PaymentMeans, voice: Voice) -> None:
    assert wrong(lines(news_notice(news(NewsKind.PAID, means=means), voice, ())), voice.language) == {}


def test_many_news_are_one_message_that_begins_with_the_gravest(voice: Voice) -> None:
    many = (
        *(news(NewsKind.PAID, key=str(n)) for n in range(40)),
        news(NewsKind.DISPUTED),
        news(NewsKind.FAILED),
    )
    notice = bulletin_notice(Bulletin(ref="p", at=SINCE, news=many), voice, ("finance@acme.fr",))
    assert wrong(lines(notice), voice.language) == {}
    assert len(notice.points) == 11
    assert "42" in notice.title
    assert voice.write(message("news.kind.disputed")) == notice.facts[0].label
    assert notice.people == ("finance@acme.fr",)


def test_a_deal_says_in_a_line_how_each_invoice_stands(voice: Voice) -> None:
    every = (money(payment()), money(payment("60", refunded=euros("20"))))
    said = payment_details(every, voice.language).split("\n")
    assert len(said) == 2
    assert wrong(iter(said), voice.language) == {}


@pytest.mark.parametrize("found", [None, customer(name="Acme")], ids=["new customer", "known customer"])
def test_what_live_mode_would_do(found: Customer | None, voice: Voice) -> None:
    plan = examine(deal(), policy(), TODAY).plan
    assert plan
    told = shadow_findings(plan, policy(), found)
    assert wrong((voice.write(each) for each in told), voice.language) == {}


def test_a_page_about_money_names_it_as_it_is_paid() -> None:
    assert money_markdown("F-1", EURO, "fr") == "### F-1\u00a0: 1\u202f234,56\u00a0€"
    assert money_markdown("F*1", None, "en") == "### F\\*1"
