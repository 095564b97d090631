"""How a question, its answers and its end read in the messenger and as a task."""

import re
from datetime import UTC, datetime

import pytest

from raccord.domain.desk.problems import Cause, problem
from raccord.domain.desk.question import Answer, Choice, Detail, Option, Question, WebPage
from raccord.domain.values.message import Quote, RecordKind, RecordName, message
from raccord.domain.values.money import Money
from raccord.domain.values.parties import Owner
from raccord.domain.values.subject import Subject, SubjectKind
from raccord.texts.questions import MOST_POINTS, Standing, escalation, notice_of, task_text
from raccord.texts.voice import Voice

INVOICE = RecordName(kind=RecordKind.INVOICE, id="in_1", name="F-1", url="https://billing.example/in_1")
REFUSAL = problem(Cause.REFUSED, INVOICE, "", "vendor.refused", quote=Quote(quote="No such customer: cus_1"))
OPEN = Standing(incident="0000beef", revision=1)
FR, EN = Voice(language="fr", stage="LIVE"), Voice(language="en", stage="LIVE")


def question(**changes: object) -> Question:
    given = {
        "step": "refused",
        "cause": "refused",
        "title": message("step.title"),
        "problems": (REFUSAL,),
        "details": (Detail(label=message("label.gross"), value=Money.of_minor(12000, "EUR")),),
        "options": (Option(id="in_1", label=message("by_hand.it_is", invoice=INVOICE)),),
        "skip": message("answer.without_mail"),
        "cancel": message("answer.by_hand"),
        "flow": "DealWon",
        "subject": Subject(kind=SubjectKind.DEAL, connection="hubspot", id="9001"),
        "name": "Refonte",
        "url": "https://crm.example/9001",
        "owner": Owner(id="77", name="Anne", email="anne@example.fr"),
        "amount": Money.of_minor(10000, "EUR"),
    }
    return Question.model_validate(given | changes)


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def test_a_vendor_s_refusal_is_a_quotation_inside_a_sentence_of_the_reader_s_language() -> None:
    (fr,) = (p for p in notice_of(question(details=()), OPEN, FR).points)
    (en,) = (p for p in notice_of(question(details=()), OPEN, EN).points)
    assert plain(fr).startswith(
        "facture F-1 : L'étape a été refusée. Réponse reçue : « No such customer: cus_1 » → Corrigez la cause"
    )
    assert en.startswith(
        "invoice F-1: The step was refused. The answer was: “No such customer: cus_1” → Correct the cause"
    )


@pytest.mark.parametrize(
    ("voice", "facts"),
    [
        (
            FR,
            [
                ("Affaire", "Refonte"),
                ("Montant HT", "100,00 €"),
                ("Commercial", "Anne"),
                ("Total TTC", "120,00 €"),
            ],
        ),
        (
            EN,
            [
                ("Deal", "Refonte"),
                ("Net amount", "€100.00"),
                ("Salesperson", "Anne"),
                ("Total gross", "€120.00"),
            ],
        ),
    ],
)
def test_the_facts_are_names_and_amounts_and_no_ids(voice: Voice, facts: list[tuple[str, str]]) -> None:
    shown = notice_of(question(), OPEN, voice).facts
    assert [(fact.label, plain(fact.value)) for fact in shown] == facts
    assert notice_of(question(name=""), OPEN, voice).facts[0].value == "9001"
    assert notice_of(question(url=""), OPEN, voice).facts[0].value == "Refonte (9001)"


def test_a_record_of_a_problem_is_linked_like_the_deal() -> None:
    links = notice_of(question(), OPEN, EN).links
    assert [(link.label, link.url) for link in links] == [
        ("Open the deal", "https://crm.example/9001"),
        ("invoice F-1", "https://billing.example/in_1"),
    ]


def test_the_no_break_spaces_of_amounts_and_punctuation_reach_the_messenger() -> None:
    notice = notice_of(question(title=message("by_hand.title")), OPEN, FR)
    assert notice.title.endswith("\u202f?")
    assert notice.facts[1].value == "100,00\u00a0€"


@pytest.mark.parametrize(
    ("standing", "fr"),
    [
        (OPEN, None),
        (Standing(incident="i", revision=1, closed=True), "Réglé : Raccord a repris de lui-même."),
        (
            Standing(incident="i", revision=1, answer=Answer(choice=Choice.RETRY, actor="cli:anne")),
            "Relu à la demande de cli:anne : la question se pose encore.",
        ),
        (
            Standing(incident="i", revision=1, closed=True, answer=Answer(choice=Choice.RETRY, actor="a")),
            "Réglé, relu à la demande de a.",
        ),
        (
            Standing(incident="i", revision=1, closed=True, answer=Answer(choice=Choice.SKIP, actor="a")),
            "Décidé par a : Continuer sans envoyer l'e-mail.",
        ),
        (
            Standing(
                incident="i",
                revision=1,
                closed=True,
                answer=Answer(choice=Choice.CHOOSE, option="in_1", actor="a"),
            ),
            "Décidé par a : C'est la facture F-1.",
        ),
    ],
)
def test_the_message_says_where_its_question_stands(standing: Standing, fr: str | None) -> None:
    notice = notice_of(question(), standing, FR)
    assert (plain(notice.points[-1]) == fr) is (fr is not None)
    assert bool(notice.buttons) is not standing.closed
    assert notice.title.startswith("✅") is standing.closed


def test_every_answer_has_a_button_in_the_reader_s_language() -> None:
    labels = [button.label for button in notice_of(question(), OPEN, FR).buttons]
    assert labels == [
        "C'est la facture F-1",
        "Relire maintenant",
        "Continuer sans envoyer l'e-mail",
        "Abandonner\u00a0: je m'en occupe à la main",
    ]


def test_a_question_of_another_release_is_told_raw_with_what_this_one_knows() -> None:
    """It may be answered after an upgrade, and its message then says so."""
    dropped = message("of_another_release")
    page = WebPage(label=dropped, url="https://crm.example/12")
    kept = question(
        title=dropped,
        problems=(REFUSAL.model_copy(update={"message": dropped}),),
        details=(Detail(label=dropped, value=dropped), Detail(label=dropped, value=dropped, listed=True)),
        options=(Option(id="in_1", label=dropped),),
        skip=dropped,
        cancel=dropped,
        links=(page,),
    )
    raw = dropped.identity
    notice = notice_of(kept, OPEN, FR)
    assert notice.title == raw
    assert ("Montant HT", "100,00 €") in [(each.label, plain(each.value)) for each in notice.facts]
    reason, remedy = "of_another_release.reason()", "of_another_release.remedy()"
    assert [plain(each) for each in notice.points] == [f"facture F-1 : {reason} → {remedy}", f"{raw} : {raw}"]
    assert {link.label for link in notice.links} >= {raw, "facture F-1"}
    assert [button.label for button in notice.buttons] == [raw, "Relire maintenant", raw, raw]
    given = Answer(choice=Choice.SKIP, actor="a")
    closed = Standing(incident="i", revision=1, closed=True, answer=given)
    assert plain(notice_of(kept, closed, FR).points[-1]) == f"Décidé par a : {raw}."
    assert raw in escalation(kept, datetime(2026, 11, 4, tzinfo=UTC), (), FR).title
    title, body = task_text(kept, FR)
    assert title == raw
    assert plain(body).startswith(f"{raw} : {raw}\nfacture F-1 : {reason}")


def test_a_long_list_is_cut_and_says_how_much_is_missing() -> None:
    points = notice_of(question(problems=(REFUSAL,) * 40, details=()), OPEN, EN).points
    assert len(points) == MOST_POINTS + 1
    assert points[-1] == "… and 15 more"


LINES = tuple(
    Detail(label=message("approval.line", number=n), value=f"jour {n}", listed=True) for n in range(1, 22)
)


def test_of_more_than_twenty_lines_the_first_ten_are_shown_and_their_count() -> None:
    (*shown, rest) = notice_of(question(problems=(), details=LINES), OPEN, FR).points
    assert [plain(point) for point in shown] == [f"Ligne {n} : jour {n}" for n in range(1, 11)]
    assert plain(rest) == "… 10 lignes sur 21 ; le brouillon les montre toutes"
    assert len(notice_of(question(problems=(), details=LINES[:20]), OPEN, FR).points) == 20


def test_a_warning_is_marked_as_one_and_stands_above_the_lines() -> None:
    first, *_ = notice_of(question(problems=(), warnings=(REFUSAL,), details=LINES), OPEN, FR).points
    assert plain(first).startswith("⚠️ facture F-1 : L'étape a été refusée")


def test_what_is_to_be_opened_is_linked_beside_the_deal() -> None:
    draft = WebPage(label=message("link.draft"), url="https://billing.example/in_9")
    links = notice_of(question(problems=(), links=(draft,)), OPEN, FR).links
    assert [link.label for link in links] == ["Ouvrir l'affaire", "Ouvrir le brouillon"]


def test_an_escalation_says_since_when_in_the_reader_s_language() -> None:
    since = datetime(2026, 11, 27, 8, 5, tzinfo=UTC)
    assert plain(escalation(question(), since, (), FR).title).startswith(
        "Sans réponse depuis le 27/11 08:05 : "
    )
    assert escalation(question(), since, (), EN).title.startswith("No answer since 27 Nov 08:05: ")


def test_the_task_says_what_to_do_and_whom_to_ask() -> None:
    subject, body = task_text(question(), Voice(language="fr", contact="Anne"))
    assert subject == "Une étape a échoué"
    gross, point, goes_on, contact = body.split("\n")
    assert plain(gross) == "Total TTC : 120,00 €"
    assert plain(point).startswith("facture F-1")
    assert goes_on.startswith("Après une correction dans le CRM, Raccord reprend de lui-même")
    assert plain(contact) == "Contact : Anne"


@pytest.mark.parametrize("stage", ["TEST", "LIVE"])
def test_a_test_is_marked_as_one(stage: str) -> None:
    notice = notice_of(question(), OPEN, Voice(language="en", stage=stage))
    assert notice.title.startswith("[TEST] ") is (stage == "TEST")
    assert re.search(rf"{stage} · raccord inbox show 0000beef$", notice.footer)
