import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from temporalio.client import WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from activities.desk.messages import BUSY
from raccord.domain.desk.notice import Place
from raccord.domain.desk.question import Choice, Decision, Detail, WebPage
from raccord.domain.values.message import message
from raccord.domain.values.money import Money
from raccord.records.records import Records
from raccord.records.waiting import Waiting
from starters.cli import display, inbox, server
from tests.cli.conftest import Company
from tests.records.questions import FLOW, answer, question
from tests.records.rows import tampering

Verb = Callable[[Decision], Awaitable[str]]


def asked(company: Company, **given: Any) -> str:
    """List a question and return its incident."""
    return company.remember(lambda records: records.waiting.open(FLOW, question(**given))).incident


def settled(company: Company, choice: Choice = Choice.SKIP) -> str:
    incident = asked(company)
    company.remember(lambda records: records.waiting.answer(incident, 1, answer(choice)))
    return incident


def row_of(company: Company, incident: str) -> Waiting:
    row = company.remember(lambda records: records.waiting.get(incident))
    assert row
    return row


def _words(text: str) -> str:
    """What is said, without line breaks, columns and no-break spaces."""
    return " ".join(text.split())


class TestList:
    def test_an_empty_inbox_says_so(self, company: Company) -> None:
        done = company.raccord("inbox", "list")
        assert done.exit_code == 0, done.output
        assert done.output == "Aucune question n'attend une personne.\n"
        assert json.loads(company.raccord("inbox", "list", "--json").output) == {
            "questions": [],
            "held_up": [],
        }

    def test_each_question_is_one_line_with_deal_amount_and_person(self, company: Company) -> None:
        incident = asked(company)
        lines = company.raccord("inbox", "list").output.splitlines()
        (line,) = [line for line in lines if line.startswith(incident)]
        for part in ("second", "SIREN, SIRET, TVA", "Rideaux Canari", "1\u202f234,50", "Anne Canari"):
            assert part in line
        assert "« 7329 » n'est pas un SIRET valide." in _words(line)

    def test_the_desk_speaks_its_own_language(self, company: Company) -> None:
        asked(company)
        company.speak("en")
        said = company.raccord("inbox", "list").output
        for word in ("incident", "age", "subject", "net amount", "salesperson", "asked"):
            assert word in said
        for word in ("sujet", "montant", "commercial", "facturable", "TVA"):
            assert word not in said

    def test_a_long_last_column_goes_on_below_itself_in_a_terminal(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(display, "columns", lambda: 30)
        _, *lines = display.table(("id", "asked"), [("7", "not ready to be invoiced: one point")])
        assert lines == ["7   not ready to be invoiced:", "    one point"]

    @pytest.mark.parametrize("language", ["fr", "en"])
    @pytest.mark.parametrize("width", [80, 60])
    def test_a_narrow_terminal_has_room_for_deal_amount_and_the_point(
        self, company: Company, monkeypatch: pytest.MonkeyPatch, language: str, width: int
    ) -> None:
        monkeypatch.setattr(display, "columns", lambda: width)
        company.speak(language)
        name = "Refonte du site internet et hébergement annuel"
        incident = asked(company, name=name, amount=Money(amount=Decimal("128900.00"), currency="EUR"))
        lines = company.raccord("inbox", "list").output.splitlines()
        assert max(map(len, lines)) <= width
        said = {"fr": "« 7329 » n'est pas un SIRET valide.", "en": "“7329” is not a valid SIRET."}[language]
        amount = {"fr": "128\u202f900,00\xa0€", "en": "€128,900.00"}[language]
        (first,) = (line for line in lines if line.startswith(incident))
        assert amount in first
        words = {*" ".join(lines).split()}
        assert {*name.split(), *said.split()} <= words, "no word is broken"

    def test_more_than_one_point_is_counted(self, company: Company) -> None:
        (wrong,) = question().problems
        asked(company, problems=(wrong, wrong, wrong))
        assert "SIRET valide. (+2)" in company.raccord("inbox", "list").output

    def test_settled_questions_are_listed_only_when_asked_for(self, company: Company) -> None:
        incident = settled(company)
        assert incident not in company.raccord("inbox", "list").output
        everything = company.raccord("inbox", "list", "--all").output
        assert incident in everything
        assert "Continuer sans envoyer l'e-mail, par cli:anne" in _words(everything)

    def test_connections_that_hold_flows_up_are_named_with_how_many_wait(self, company: Company) -> None:
        async def outage(records: Records) -> None:
            for number in range(12):
                await records.stuck.hold("stripe", f"deal-won/hubspot/{number}", "down")
            await records.stuck.hold("hubspot", "deal-won/hubspot/1", "credentials")

        company.remember(outage)
        said = _words(company.raccord("inbox", "list").output)
        assert "stripe ne répond pas : 12 traitements attendent depuis " in said
        assert "hubspot refuse les identifiants de Raccord : 1 traitement attend depuis " in said
        company.speak("en")
        said = company.raccord("inbox", "list").output
        assert "stripe does not answer: 12 jobs waiting since " in said
        assert "hubspot refuses Raccord's credentials: 1 job waiting since " in said
        held = json.loads(company.raccord("inbox", "list", "--json").output)["held_up"]
        assert [(h["connection"], h["cause"], len(h["flows"])) for h in held] == [
            ("hubspot", "credentials", 1),
            ("stripe", "down", 12),
        ]

    def test_what_a_stranger_typed_never_steers_the_terminal(self, company: Company) -> None:
        incident = asked(company, name="[red]x[/]\x1b]0;owned\x07\u202e", details=())
        for words in (("list",), ("show", incident)):
            said = company.raccord("inbox", *words).output
            assert "\x1b" not in said
            assert "\u202e" not in said
            assert "[red]x[/]\\x1b]0;owned\\x07\\u202e" in said


class TestOfAnotherRelease:
    """An upgrade dropped what a question that still waits was asked with."""

    @pytest.fixture
    def incident(self, company: Company) -> str:
        dropped = message("of_another_release", typed="7329")
        (wrong,) = question().problems
        (option,) = question().options
        return asked(
            company,
            title=dropped,
            problems=(wrong.model_copy(update={"message": dropped}),),
            warnings=(wrong.model_copy(update={"message": dropped}),),
            details=(Detail(label=dropped, value=dropped), Detail(label=dropped, value="x", listed=True)),
            links=(WebPage(label=dropped, url="https://app.hubspot.test/company/12"),),
            options=(option.model_copy(update={"label": dropped}),),
            skip=dropped,
            cancel=dropped,
        )

    def test_its_row_is_listed_with_what_is_known(self, company: Company, incident: str) -> None:
        done = company.raccord("inbox", "list")
        assert done.exit_code == 0, done.output
        (line,) = [_words(line) for line in done.output.splitlines() if line.startswith(incident)]
        for part in (
            "SIREN, SIRET, TVA",
            "Rideaux Canari",
            "1 234,50",
            "Anne Canari",
            "entreprise Canari Couture",
        ):
            assert part in line
        assert "SIRET : of_another_release.reason(typed='7329')" in line

    def test_its_page_offers_every_answer(self, company: Company, incident: str) -> None:
        done = company.raccord("inbox", "show", incident)
        assert done.exit_code == 0, done.output
        for verb in ("choose", "retry", "skip", "cancel"):
            assert f"raccord inbox {verb} {incident}" in done.output
        assert "of_another_release(typed='7329')" in done.output
        document = json.loads(company.raccord("inbox", "show", incident, "--json").output)
        assert document["title"] == "of_another_release(typed='7329')"
        assert {found["reason"] for found in document["problems"]} == {
            "of_another_release.reason(typed='7329')"
        }

    @pytest.mark.parametrize("choice", [Choice.SKIP, Choice.CANCEL])
    def test_it_says_how_it_was_settled(self, company: Company, incident: str, choice: Choice) -> None:
        company.remember(lambda records: records.waiting.answer(incident, 1, answer(choice)))
        told = "of_another_release(typed='7329'), par cli:anne"
        assert told in _words(company.raccord("inbox", "list", "--all").output)
        assert told in _words(company.raccord("inbox", "show", incident).output)
        late = company.raccord("inbox", "skip", incident)
        assert late.exit_code == 1
        assert "of_another_release(typed='7329')" in late.stderr


class TestShow:
    def test_everything_is_shown_with_the_command_of_each_answer(self, company: Company) -> None:
        incident = asked(company)
        place = Place(channel="C042", message="1712.0009")
        company.remember(lambda records: records.waiting.told(incident, place, "h"))
        company.remember(lambda records: records.waiting.tasked(incident, "task-7"))
        company.remember(lambda records: records.waiting.answer(incident, 1, answer(Choice.RETRY)))
        said = _words(company.raccord("inbox", "show", incident).output)
        for part in (
            "ouverte depuis",
            "entreprise Canari Couture · SIRET : « 7329 » n'est pas un SIRET valide. → Videz ce champ",
            "Rideaux Canari https://app.hubspot.test/deal/9001",
            "anne.canari@example.test",
            "canal C042, message 1712.0009",
            "task-7, ouverte",
            "Relire maintenant, par cli:anne",
            "Client Zoé Canari",
            f"raccord inbox choose {incident} cus_1 C'est Canari Mode",
            f"raccord inbox retry {incident} Relire maintenant",
            f"raccord inbox skip {incident} Continuer sans envoyer l'e-mail",
            f"raccord inbox cancel {incident} Ne pas facturer cette affaire",
        ):
            assert part in said

    def test_only_what_may_be_answered_is_offered(self, company: Company) -> None:
        incident = asked(company, skip=None, cancel=None, options=())
        said = company.raccord("inbox", "show", incident).output
        assert [word for word in ("choose", "skip", "cancel") if f"inbox {word}" in said] == []

    def test_a_settled_question_says_who_settled_it(self, company: Company) -> None:
        incident = settled(company)
        said = _words(company.raccord("inbox", "show", incident).output)
        assert "Continuer sans envoyer l'e-mail, par cli:anne" in said
        assert "inbox cancel" not in said
        assert f"raccord inbox retry {incident}" in said

    def test_a_machine_reads_the_same_in_one_document(self, company: Company) -> None:
        incident = asked(company)
        document = json.loads(company.raccord("inbox", "show", incident, "--json").output)
        assert json.loads(company.raccord("inbox", "list", "--json").output)["questions"] == [document]
        assert (document["incident"], document["state"], document["flow"]) == (incident, "open", FLOW)
        assert document["amount"] == {"amount": "1234.50", "currency": "EUR"}
        (found,) = document["problems"]
        assert (found["code"], found["record"]["id"]) == ("company.siret_abroad", "12")
        assert _words(found["reason"]) == "« 7329 » n'est pas un SIRET valide."
        assert [way["choice"] for way in document["answers"]] == ["choose", "retry", "skip", "cancel"]
        assert document["answers"][0]["command"] == f"raccord inbox choose {incident} cus_1"

    @pytest.mark.parametrize("words", [["show"], ["retry"], ["skip"], ["cancel"], ["choose", "cus_1"]])
    def test_an_unknown_question_is_said_to_be_unknown(self, company: Company, words: list[str]) -> None:
        verb, *more = words
        done = company.raccord("inbox", verb, "0000beef", *more)
        assert done.exit_code == 1
        assert "il n'y a pas de question 0000beef" in done.stderr
        assert "raccord inbox list" in done.stderr


class Temporal:
    """Stands in for the client: hands decisions to `verb` and notes which flows were started."""

    def __init__(self, verb: Verb) -> None:
        self._verb = verb
        self.decisions: list[Decision] = []
        self.started: list[str] = []

    def get_workflow_handle(self, flow: str) -> "Temporal":
        assert flow == FLOW
        return self

    async def execute_update(self, name: str, decision: Decision, **_: Any) -> str:
        assert name == "decide"
        self.decisions.append(decision)
        return await self._verb(decision)

    async def start_workflow(self, *_: Any, id: str, **__: Any) -> "Temporal":
        self.started.append(id)
        self.id = id
        return self


@pytest.fixture
def reached(monkeypatch: pytest.MonkeyPatch) -> Callable[[Verb], Temporal]:
    def reach(verb: Verb) -> Temporal:
        temporal = Temporal(verb)

        async def connect(*_: Any, **__: Any) -> Temporal:
            return temporal

        monkeypatch.setattr(server, "connect", connect)
        return temporal

    monkeypatch.setenv("LOGNAME", "anne")
    return reach


async def taken(decision: Decision) -> str:
    return f"Taken: {decision.answer.choice}."


async def never(_: Decision) -> str:
    raise AssertionError("a settled question is handed to nobody")


def raising(*errors: Exception) -> Verb:
    queue = list(errors)

    async def verb(decision: Decision) -> str:
        if queue:
            raise queue.pop(0)
        return await taken(decision)

    return verb


def refusal(said: str, type: str = "NotTaken") -> WorkflowUpdateFailedError:
    return WorkflowUpdateFailedError(ApplicationError(said, type=type))


class TestDeciding:
    @pytest.mark.parametrize("words", [["retry"], ["skip"], ["cancel"], ["choose", "cus_1"]])
    def test_an_answer_reaches_the_flow_that_asked(
        self, company: Company, reached: Callable[[Verb], Temporal], words: list[str]
    ) -> None:
        temporal, incident = reached(taken), asked(company)
        verb, *option = words
        done = company.raccord("inbox", verb, incident, *option)
        assert (done.exit_code, done.output) == (0, f"Taken: {verb}.\n"), done.stderr
        given = answer(Choice(verb), "".join(option))
        assert temporal.decisions == [Decision(incident=incident, revision=1, answer=given)]

    def test_the_flows_refusal_is_shown_as_it_was_said(
        self, company: Company, reached: Callable[[Verb], Temporal]
    ) -> None:
        reached(raising(refusal("Somebody else has just decided: skip.")))
        done = company.raccord("inbox", "cancel", asked(company))
        assert done.exit_code == 1
        assert "Somebody else has just decided: skip." in done.stderr

    def test_a_flow_that_is_busy_is_asked_again(
        self, company: Company, reached: Callable[[Verb], Temporal], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(inbox, "_BUSY_PAUSE", 0.01)
        temporal = reached(raising(*(refusal("busy", BUSY) for _ in range(3))))
        assert company.raccord("inbox", "skip", asked(company)).exit_code == 0
        assert len(temporal.decisions) == 4

    def test_a_flow_that_stays_busy_is_said_to_be(
        self, company: Company, reached: Callable[[Verb], Temporal], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(inbox, "WITHIN", timedelta(seconds=0))
        reached(raising(refusal("The flow is looking at the deal again just now.", BUSY)))
        done = company.raccord("inbox", "skip", asked(company))
        assert done.exit_code == 1
        assert "looking at the deal again just now" in done.stderr

    def test_without_a_worker_nobody_is_told_that_it_was_taken(
        self, company: Company, reached: Callable[[Verb], Temporal]
    ) -> None:
        reached(raising(WorkflowUpdateRPCTimeoutOrCancelledError()))
        done = company.raccord("inbox", "skip", asked(company))
        assert done.exit_code == 1
        assert "aucun worker n'a répondu en 10 s : la réponse n'a pas été prise" in done.stderr

    def test_a_flow_that_no_longer_runs_can_be_started_again_only(
        self, company: Company, reached: Callable[[Verb], Temporal]
    ) -> None:
        incident, gone = asked(company), RPCError("completed", RPCStatusCode.NOT_FOUND, b"")
        reached(raising(gone))
        done = company.raccord("inbox", "skip", incident)
        assert done.exit_code == 1
        assert f"raccord inbox retry {incident}" in done.stderr
        temporal = reached(raising(gone))
        assert company.raccord("inbox", "retry", incident).exit_code == 0
        assert temporal.started == [FLOW]

    @pytest.mark.parametrize("words", [["skip"], ["cancel"], ["choose", "cus_1"]])
    def test_a_settled_question_stays_settled(
        self, company: Company, reached: Callable[[Verb], Temporal], words: list[str]
    ) -> None:
        temporal, incident = reached(never), settled(company)
        verb, *option = words
        done = company.raccord("inbox", verb, incident, *option)
        assert done.exit_code == 1
        assert (
            "est réglée (Continuer sans envoyer l'e-mail, par cli:anne) ; rien n'a été changé" in done.stderr
        )
        assert temporal.started == []

    def test_a_settled_question_is_asked_again_on_retry(
        self, company: Company, reached: Callable[[Verb], Temporal]
    ) -> None:
        temporal, incident = reached(never), settled(company)
        done = company.raccord("inbox", "retry", incident.upper())
        assert done.exit_code == 0, done.output
        assert "1 réponse oubliée" in done.output
        assert temporal.started == [FLOW]
        assert asked(company) != incident
        with tampering(f"sqlite:///{company.database}") as file:
            noted = file.execute("SELECT actor, object FROM audit WHERE effect = 'desk.withdraw'").one()
        assert tuple(noted) == ("cli:anne", "hubspot:9001")

    def test_nothing_is_forgotten_while_temporal_is_out_of_reach(
        self, company: Company, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(inbox, "WITHIN", timedelta(seconds=0.1))
        incident = settled(company)
        done = company.raccord("inbox", "retry", incident)
        assert done.exit_code == 1
        assert "Temporal ne répond pas" in done.stderr
        assert company.remember(lambda records: records.waiting.open(FLOW, question())).answer
        assert row_of(company, incident).answer == answer(Choice.SKIP)
