import asyncio
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from raccord.domain.desk.notice import Place
from raccord.domain.desk.question import Answer, Choice, Ticket
from raccord.records.records import Records
from raccord.records.waiting import Waiting
from raccord.sealing import KeyRing, UnknownKey
from tests.records.processes import let_go, start
from tests.records.questions import COMPANY, DEAL, FLOW, answer, question
from tests.records.rows import tampering

OTHER = "deal-won/hubspot/9002"
PLACE = Place(channel="C1", message="171.5")


async def listed(records: Records, incident: str) -> Waiting:
    row = await records.waiting.get(incident)
    assert row
    return row


class TestAsking:
    async def test_a_question_is_listed_as_it_was_asked(self, records: Records) -> None:
        ticket = await records.waiting.open(FLOW, question())
        assert (len(ticket.incident), ticket.revision, ticket.answer) == (8, 1, None)
        row = await listed(records, ticket.incident)
        assert row.question == question()
        assert (row.flow, row.revision, row.answer, row.closed_at, row.message) == (FLOW, 1, None, None, None)
        assert await records.waiting.of_flow(FLOW) == row
        assert await records.waiting.list() == (row,)

    async def test_asking_again_after_a_crash_changes_nothing(self, records: Records) -> None:
        first = await records.waiting.open(FLOW, question())
        before = await listed(records, first.incident)
        assert await records.waiting.open(FLOW, question()) == first
        assert await records.waiting.list() == (before,)

    async def test_newer_facts_are_shown_without_asking_anew(self, records: Records) -> None:
        first = await records.waiting.open(FLOW, question())
        assert await records.waiting.open(FLOW, question(name="Stores Canari")) == first
        assert (await listed(records, first.incident)).question.name == "Stores Canari"

    async def test_another_question_takes_the_place_under_the_next_revision(self, records: Records) -> None:
        first = await records.waiting.open(FLOW, question())
        await records.waiting.answer(first.incident, 1, answer(Choice.RETRY))
        second = await records.waiting.open(FLOW, question("La TVA manque."))
        assert second == Ticket(incident=first.incident, revision=2)
        row = await listed(records, first.incident)
        assert row.question == question("La TVA manque.")
        assert (row.answer, row.answered_at) == (None, None), "the answer was to the earlier question"

    async def test_flows_wait_independently_the_oldest_first(self, records: Records) -> None:
        one = await records.waiting.open(FLOW, question())
        two = await records.waiting.open(OTHER, question())
        assert one.incident != two.incident
        assert [row.incident for row in await records.waiting.list()] == [one.incident, two.incident]

    async def test_a_taken_number_is_never_given_twice(
        self, records: Records, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        numbers = iter(["0000000a", "0000000a", "0000000b"])
        monkeypatch.setattr("raccord.records.waiting.secrets.token_hex", lambda _: next(numbers))
        await records.waiting.open(FLOW, question())
        assert (await records.waiting.open(OTHER, question())).incident == "0000000b"

    async def test_nothing_of_an_unknown_incident_is_invented(self, records: Records) -> None:
        await records.waiting.answer("0000000a", 1, answer(Choice.SKIP))
        await records.waiting.told("0000000a", PLACE, "h")
        assert await records.waiting.get("0000000a") is None
        assert await records.waiting.of_flow(FLOW) is None
        assert await records.waiting.close(FLOW) is None
        assert await records.waiting.list(open_only=False) == ()

    async def test_a_question_is_found_by_its_subject_though_it_is_sealed(
        self, records: Records, url: str
    ) -> None:
        await records.waiting.open(FLOW, question())
        with tampering(url) as reader:
            found = reader.execute(
                "SELECT flow FROM waiting"
                " WHERE subject_kind = 'deal' AND subject_connection = 'hubspot' AND subject_id = '9001'"
            )
            assert found.fetchall() == [(FLOW,)]


class TestAnswering:
    @pytest.mark.parametrize("choice", [Choice.SKIP, Choice.CANCEL, Choice.CHOOSE])
    async def test_nobody_is_asked_the_same_question_twice(self, records: Records, choice: Choice) -> None:
        ticket = await records.waiting.open(FLOW, question())
        given = answer(choice, "cus_1" if choice is Choice.CHOOSE else "")
        await records.waiting.answer(ticket.incident, 1, given)
        assert await records.waiting.open(FLOW, question()) == ticket.model_copy(update={"answer": given})
        assert await records.waiting.list() == ()
        row = await listed(records, ticket.incident)
        assert row.answer == given
        assert row.closed_at == row.answered_at is not None

    async def test_an_answer_stands_for_its_own_question_and_flow_only(self, records: Records) -> None:
        ticket = await records.waiting.open(FLOW, question())
        await records.waiting.answer(ticket.incident, 1, answer(Choice.SKIP))
        assert (await records.waiting.open(OTHER, question())).answer is None
        later = await records.waiting.open(FLOW, question("La TVA manque."))
        assert later.answer is None
        assert later.incident != ticket.incident

    async def test_a_retry_leaves_the_question_open(self, records: Records) -> None:
        ticket = await records.waiting.open(FLOW, question())
        await records.waiting.answer(ticket.incident, 1, answer(Choice.RETRY))
        row = await listed(records, ticket.incident)
        assert row.closed_at is None
        assert row.answer == answer(Choice.RETRY)
        assert await records.waiting.open(FLOW, question()) == ticket

    async def test_an_answer_to_an_earlier_question_decides_nothing(self, records: Records) -> None:
        ticket = await records.waiting.open(FLOW, question())
        await records.waiting.open(FLOW, question("La TVA manque."))
        await records.waiting.answer(ticket.incident, 1, answer(Choice.SKIP))
        row = await listed(records, ticket.incident)
        assert (row.closed_at, row.answer) == (None, None)

    async def test_the_first_answer_wins(self, records: Records) -> None:
        ticket = await records.waiting.open(FLOW, question())
        await records.waiting.answer(ticket.incident, 1, answer(Choice.SKIP))
        before = await listed(records, ticket.incident)
        await records.waiting.answer(ticket.incident, 1, answer(Choice.CANCEL, actor="cli:paul"))
        assert await listed(records, ticket.incident) == before

    async def test_a_withdrawn_answer_is_asked_for_again(self, records: Records) -> None:
        ticket = await records.waiting.open(FLOW, question())
        await records.waiting.answer(ticket.incident, 1, answer(Choice.SKIP))
        assert await records.waiting.withdraw(OTHER) == 0
        assert await records.waiting.withdraw(FLOW) == 1
        assert await records.waiting.withdraw(FLOW) == 0
        again = await records.waiting.open(FLOW, question())
        assert again.answer is None
        assert again.incident != ticket.incident


class TestSettling:
    async def test_a_question_that_solved_itself_is_closed_and_not_remembered(self, records: Records) -> None:
        ticket = await records.waiting.open(FLOW, question())
        assert await records.waiting.close(FLOW) == ticket.incident
        assert await records.waiting.close(FLOW) is None
        assert await records.waiting.list() == ()
        assert [row.incident for row in await records.waiting.list(open_only=False)] == [ticket.incident]
        assert (await records.waiting.open(FLOW, question())).incident != ticket.incident

    async def test_closing_is_repeated_until_the_message_says_so(self, records: Records) -> None:
        """A worker that dies after closing must not leave a message with buttons behind."""
        ticket = await records.waiting.open(FLOW, question())
        await records.waiting.told(ticket.incident, PLACE, "asked")
        assert await records.waiting.close(FLOW) == ticket.incident
        assert await records.waiting.close(FLOW) == ticket.incident
        await records.waiting.told(ticket.incident, PLACE, "settled")
        assert await records.waiting.close(FLOW) is None

    async def test_closing_is_repeated_until_the_task_is_done(self, records: Records) -> None:
        ticket = await records.waiting.open(FLOW, question())
        await records.waiting.tasked(ticket.incident, "task-1")
        await records.waiting.close(FLOW)
        assert await records.waiting.close(FLOW) == ticket.incident
        await records.waiting.task_done(ticket.incident)
        assert await records.waiting.close(FLOW) is None

    async def test_message_task_and_escalation_are_kept(self, records: Records) -> None:
        ticket = await records.waiting.open(FLOW, question())
        await records.waiting.told(ticket.incident, PLACE, "d1g357")
        await records.waiting.tasked(ticket.incident, "task-1")
        await records.waiting.escalated(ticket.incident)
        row = await listed(records, ticket.incident)
        assert (row.message, row.shown, row.task_id, row.task_done) == (PLACE, "d1g357", "task-1", False)
        assert row.escalated_at
        assert row.escalated_at > row.since
        await records.waiting.task_done(ticket.incident)
        assert (await listed(records, ticket.incident)).task_done


class TestWatching:
    async def test_a_changed_record_leads_to_the_flows_that_wait_for_it(self, records: Records) -> None:
        await records.waiting.open(FLOW, question(watched=(COMPANY, DEAL, COMPANY)))
        await records.waiting.open(OTHER, question(watched=(COMPANY,)))
        found = await records.waiting.watching([COMPANY, "stripe/company/12"])
        assert list(found.items()) == [(FLOW, COMPANY), (OTHER, COMPANY)]
        assert await records.waiting.watching([DEAL]) == {FLOW: DEAL}
        assert await records.waiting.watching(["stripe/company/12"]) == {}

    async def test_what_is_watched_follows_the_question(self, records: Records) -> None:
        await records.waiting.open(FLOW, question())
        await records.waiting.open(FLOW, question(watched=(DEAL,)))
        assert await records.waiting.watching([COMPANY]) == {}
        assert await records.waiting.watching([DEAL]) == {FLOW: DEAL}

    async def test_a_settled_question_watches_nothing(self, records: Records) -> None:
        await records.waiting.open(FLOW, question())
        ticket = await records.waiting.open(OTHER, question())
        await records.waiting.close(FLOW)
        await records.waiting.answer(ticket.incident, 1, answer(Choice.CANCEL))
        assert await records.waiting.watching([COMPANY]) == {}


class TestKeeping:
    async def test_no_name_and_no_address_is_readable_in_the_file(
        self, records: Records, file: Path, url: str
    ) -> None:
        ticket = await records.waiting.open(FLOW, question())
        await records.waiting.answer(ticket.incident, 1, answer(Choice.SKIP))
        await records.waiting.open(FLOW, question("Zoé Canari n'a pas d'adresse."))
        files = list(file.parent.iterdir())
        assert any(ticket.incident.encode() in path.read_bytes() for path in files)
        for trace in (b"Canari", b"canari", b"anne.", "Zoé".encode(), b"company.siret", b"answer."):
            assert all(trace not in path.read_bytes() for path in files), trace
        other = Records.open(url, KeyRing.of("new", {"new": b"n" * 32}))
        with pytest.raises(UnknownKey):
            await other.waiting.get(ticket.incident)
        await other.close()

    async def test_the_database_itself_refuses_a_second_open_question(
        self, records: Records, url: str
    ) -> None:
        await records.waiting.open(FLOW, question())
        with tampering(url) as intruder:
            intruder.execute("CREATE TEMP TABLE another AS SELECT * FROM waiting")
            intruder.execute("UPDATE another SET incident = '0000000a'")
            with pytest.raises(IntegrityError, match=r"waiting\.flow|ix_waiting_open"):
                intruder.execute("INSERT INTO waiting SELECT * FROM another")

    async def test_of_simultaneous_askers_one_question_comes(self, records: Records) -> None:
        asked = (records.waiting.open(FLOW, question()) for _ in range(8))
        assert len(set(await asyncio.gather(*asked))) == 1

    @pytest.mark.one_database  # starting processes is what takes long; test_migrate has them on both
    @pytest.mark.slow
    async def test_processes_that_ask_together_share_one_question(
        self, url: str, key_file: Path, keys: KeyRing
    ) -> None:
        askers = [start("asker", url, key_file, 18) for _ in range(2)]
        await let_go(*askers)
        told = [await asyncio.to_thread(asker.communicate) for asker in askers]
        assert [asker.returncode for asker in askers] == [0, 0], told
        incidents = {line.decode() for said, _ in told for line in said.split()}
        records = Records.open(url, keys)
        rows = await records.waiting.list(open_only=False)
        await records.close()
        assert incidents == {row.incident for row in rows}
        assert len(rows) <= 2 * 18 / 3 + 1, "a question is new only after one was settled"
        assert sum(row.closed_at is None for row in rows) <= 1


Asked = tuple[str, str]
"""A flow and the reason that makes its question."""


class Model:
    """The waiting list in a few dictionaries: what is open per flow, and what is remembered."""

    def __init__(self) -> None:
        self.open: dict[str, tuple[str, int, str]] = {}
        self.remembered: dict[Asked, tuple[str, int, Answer]] = {}

    def ask(self, asked: Asked, got: Ticket) -> None:
        flow, reason = asked
        if asked in self.remembered:
            incident, revision, answer = self.remembered[asked]
            assert got == Ticket(incident=incident, revision=revision, answer=answer)
            return
        assert got.answer is None
        if flow not in self.open:
            assert got.revision == 1
            assert got.incident not in {incident for incident, _, _ in self.open.values()}
        else:
            incident, revision, before = self.open[flow]
            assert got == Ticket(incident=incident, revision=revision + (reason != before))
        self.open[flow] = got.incident, got.revision, reason

    def answered(self, flow: str, given: Answer) -> None:
        if given.choice is not Choice.RETRY:
            incident, revision, reason = self.open.pop(flow)
            self.remembered[flow, reason] = incident, revision, given

    def withdraw(self, flow: str) -> int:
        known = [asked for asked in self.remembered if asked[0] == flow]
        for asked in known:
            del self.remembered[asked]
        return len(known)


FLOWS = st.sampled_from([FLOW, OTHER])
STEPS = st.one_of(
    st.tuples(st.just("ask"), FLOWS, st.sampled_from(["a", "b"])),
    st.tuples(st.just("answer"), FLOWS, st.sampled_from(list(Choice))),
    st.tuples(st.just("late"), FLOWS, st.just("")),
    st.tuples(st.just("close"), FLOWS, st.just("")),
    st.tuples(st.just("withdraw"), FLOWS, st.just("")),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, max_size=14))
async def test_every_sequence_of_steps_follows_the_model(
    records: Records, url: str, steps: list[tuple[str, str, str]]
) -> None:
    with tampering(url) as eraser:
        for table in ("waiting", "waiting_watches"):
            eraser.execute(f"DELETE FROM {table}")  # noqa: S608
    model, waiting = Model(), records.waiting
    for verb, flow, what in steps:
        incident, revision, _ = model.open.get(flow, ("0000000a", 1, ""))
        match verb:
            case "ask":
                model.ask((flow, what), await waiting.open(flow, question(what)))
            case "answer":
                given = answer(Choice(what))
                await waiting.answer(incident, revision, given)
                if flow in model.open:
                    model.answered(flow, given)
            case "late":
                await waiting.answer(incident, revision + 1, answer(Choice.CANCEL))
            case "close":
                assert await waiting.close(flow) == model.open.pop(flow, (None,))[0]
            case "withdraw":
                assert await waiting.withdraw(flow) == model.withdraw(flow)
        found = {row.flow: (row.incident, row.revision) for row in await waiting.list()}
        assert found == {flow: place[:2] for flow, place in model.open.items()}
        assert (await waiting.watching([COMPANY])).keys() == found.keys()
