"""What a person says of a customer: kept once, audited with who and why, told to the flow; or refused."""

from datetime import timedelta

import pytest
from temporalio.service import RPCError, RPCStatusCode

from raccord.domain.dunning.words import Word, WordKind
from raccord.domain.values.money import Money
from raccord.temporal.client import TemporalUnreachable
from starters.cli.dunning import books, saying
from tests.cli.dunning.conftest import NOW, TODAY, House, account, euros, owed, sent

SOON = str(TODAY + timedelta(days=10))
YESTERDAY = str(TODAY - timedelta(days=1))
ACCEPTED = [
    (("pause", "cus_1"), "reminders are paused"),
    (("pause", "cus_1", "--until", SOON), "reminders are paused until 7 Dec 2026"),
    (("dispute", "cus_1", "F-1"), "invoice F-1 is contested"),
    (("promise", "cus_1", SOON), "payment promised by 7 Dec 2026"),
    (("promise", "cus_1", SOON, "--amount", "400"), "payment of €400.00 promised by 7 Dec 2026"),
    (("promise", "cus_1", SOON, "--amount", "400,50 EUR"), "payment of €400.50 promised"),
    (
        ("instalments", "cus_1", f"{SOON}=700", "2027-01-15=500€"),
        "payment in instalments: €700.00 on 7 Dec 2026, €500.00 on 15 Jan 2027",
    ),
    (("collection", "cus_1"), "given to collection"),
    (("insolvency", "cus_1"), "insolvency procedure"),
    (("stop", "cus_1"), "reminded no more"),
    (("remind", "cus_1"), "to be reminded as soon as possible"),
    (("bounced", "cus_1"), "a mail to cus_1@example.fr did not arrive"),
    (("bounced", "cus_1", "CUS_1@example.fr"), "a mail to cus_1@example.fr did not arrive"),
]
REFUSED = [
    (("pause", "cus_1", "--until", YESTERDAY), "26 Nov 2026 is past: a pause lasts until a day to come."),
    (("promise", "cus_1", YESTERDAY), "26 Nov 2026 is past: a promise is for a day to come."),
    (("promise", "cus_1", SOON, "--amount", "many"), "many is no amount: write 1234.50"),
    (("promise", "cus_1", SOON, "--amount", "0"), "an amount is more than nothing"),
    (("promise", "cus_1", SOON, "--amount", "5 XQX"), "XQX is no currency"),
    (("promise", "cus_1", SOON, "--amount", "5.005"), "more decimals than EUR knows"),
    (("instalments", "cus_1", "700"), "700 is no instalment: write its day and its amount"),
    (("instalments", "cus_1", "soon=700"), "soon=700 is no instalment"),
    (("instalments", "cus_1", f"{YESTERDAY}=700"), "26 Nov 2026 is past: an instalment is due"),
    (("dispute", "cus_1", "F-9"), "Globex has no open invoice F-9: what is open is F-1."),
    (("settled", "cus_1", "F-1"), "nobody said that this invoice is contested"),
    (("resume", "cus_1"), "nothing that was said silences Globex"),
    (("bounced", "cus_1", "else@example.fr"), "else@example.fr is no address of Globex"),
    (("approve", "cus_1"), "Globex does not wait for an approval"),
    (("approve",), "name the customers, or say --all"),
    (("approve", "cus_1", "--all"), "name the customers, or say --all"),
    (("pause", "cus_1", "--reason", ""), "a reason that says nothing is none: leave it out, or write it."),
    (("approve", "cus_1", "--reason", " "), "a reason that says nothing is none"),
    (("pause", "nobody"), "no customer has the id or the name nobody"),
    (("promise", "cus_paid", SOON), "Initech owes nothing"),
]


@pytest.fixture
def globex(house: House) -> House:
    house.billing.owes(account("cus_1", "Globex", owed("F-1", 9)), account("cus_paid", "Initech"))
    return house


@pytest.mark.parametrize(("typed", "says"), ACCEPTED, ids=lambda value: str(value)[:60])
def test_a_word_is_kept_audited_and_told(globex: House, typed: tuple[str, ...], says: str) -> None:
    assert says in globex.said(*typed, "--reason", "on the phone")
    (word,) = globex.memory("cus_1").words
    (row,) = globex.audited()
    assert (word.kind, word.reason) == (typed[0], "on the phone")
    assert word.actor.startswith("cli:")
    assert (row["effect"], row["object"], row["actor"]) == (f"dunning.{typed[0]}", "stripe:cus_1", word.actor)
    assert row["detail"]["reason"] == "on the phone"
    assert globex.woken == ["cus_1"]


@pytest.mark.parametrize(("typed", "says"), REFUSED, ids=lambda value: str(value)[:60])
def test_what_makes_no_sense_is_refused_and_nothing_happens(
    globex: House, typed: tuple[str, ...], says: str
) -> None:
    assert says in globex.refused(*typed)
    assert (globex.memory("cus_1").words, globex.audited(), globex.woken) == ((), [], [])


def test_a_command_that_is_typed_twice_is_one_word(globex: House, monkeypatch: pytest.MonkeyPatch) -> None:
    globex.said("promise", "cus_1", SOON)
    monkeypatch.setattr(books, "now", lambda: NOW + timedelta(seconds=30))
    assert "that was known already" in globex.said("promise", "Globex", SOON)
    assert len(globex.memory("cus_1").words) == len(globex.audited()) == 1


def test_the_same_said_later_is_another_word(globex: House, monkeypatch: pytest.MonkeyPatch) -> None:
    globex.said("remind", "cus_1")
    monkeypatch.setattr(books, "now", lambda: NOW + timedelta(minutes=1))
    globex.said("remind", "cus_1")
    assert len(globex.memory("cus_1").words) == 2


def test_what_a_person_sees_to_at_the_desk_is_taken_back_by_resume(globex: House) -> None:
    word = Word(
        id="desk/1", kind=WordKind.SEEN_TO, at=NOW - timedelta(days=1), actor="cli:anne", invoice_id="in_F-1"
    )
    globex.remember("cus_1", words=(word,))
    globex.said("resume", "cus_1")
    assert [each.kind for each in globex.memory("cus_1").words] == ["seen_to", "resume"]


def test_what_holds_already_is_refused_and_resume_takes_it_back(
    globex: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "No reminder leaves by itself: a person sees to it." in globex.said("stop", "cus_1")
    assert "that was said of Globex already, on 27 Nov 2026" in globex.refused("stop", "cus_1")
    monkeypatch.setattr(books, "now", lambda: NOW + timedelta(minutes=1))
    assert "Next: reminder 1, now." in globex.said("resume", "cus_1")


def test_a_dispute_ends(globex: House, monkeypatch: pytest.MonkeyPatch) -> None:
    globex.said("dispute", "cus_1", "F-1")
    assert "contested already, since 27 Nov 2026" in globex.refused("dispute", "cus_1", "F-1")
    monkeypatch.setattr(books, "now", lambda: NOW + timedelta(minutes=1))
    said = globex.said("settled", "cus_1", "in_F-1")
    assert "the dispute about invoice F-1 is over Next: reminder 1, now." in said


def test_a_promise_is_about_nothing_that_was_contested_when_it_was_made(house: House) -> None:
    house.billing.owes(account("cus_1", "Globex", owed("F-1", 9), owed("F-2", 9)))
    house.said("dispute", "cus_1", "F-2")
    house.said("promise", "cus_1", SOON, "--amount", "400")
    (word,) = (each for each in house.memory("cus_1").words if each.kind is WordKind.PROMISE)
    assert (word.owed, len(word.invoices)) == ((euros("1200.00"),), 1)


def test_a_promise_remembers_what_was_late_when_it_was_made(globex: House) -> None:
    globex.said("promise", "cus_1", SOON)
    (word,) = globex.memory("cus_1").words
    assert word.owed == (euros("1200.00"),)
    assert word.invoices == ("in_F-1",)


@pytest.mark.parametrize(
    ("typed", "doubt"),
    [
        (("promise", "cus_1", SOON, "--amount", "2000"), "€2,000.00 is more than the €1,200.00"),
        (("instalments", "cus_1", f"{SOON}=700"), "come to €700.00 and leave €500.00 of what is late"),
    ],
    ids=["more", "less"],
)
def test_a_doubtful_amount_is_kept_with_a_warning(globex: House, typed: tuple[str, ...], doubt: str) -> None:
    assert doubt in globex.said(*typed)
    assert len(globex.memory("cus_1").words) == 1


def test_an_amount_needs_its_currency_where_there_are_two(house: House) -> None:
    dollars = Money.of_minor(5_000, "USD")
    house.billing.owes(account("cus_1", "Globex", owed("F-1", 9), owed("F-2", 9, due=dollars, total=dollars)))
    said = house.refused("promise", "cus_1", SOON, "--amount", "50")
    assert "name the currency of the amount: Globex owes in EUR, USD" in said
    assert "$50.00 promised" in house.said("promise", "cus_1", SOON, "--amount", "50 usd")


def test_a_mail_that_bounced_is_that_to_the_last_address(globex: House) -> None:
    globex.remember("cus_1", sent(3, ("F-1", 1), to=("old@example.fr",)))
    globex.said("bounced", "cus_1")
    (word,) = globex.memory("cus_1").words
    assert (word.kind, word.address) == (WordKind.BOUNCED, "old@example.fr")


class TestApproval:
    @pytest.fixture
    def backlog(self, house: House) -> House:
        house.billing.owes(
            account("cus_1", "Globex", owed("F-1", 90)),
            account("cus_2", "Initech", owed("F-2", 60)),
            account("cus_3", "Hooli", owed("F-3", 1)),
        )
        house.began(TODAY)
        return house

    def test_one_customer_is_approved(self, backlog: House) -> None:
        said = backlog.said("approve", "Globex")
        assert "Globex (cus_1) is approved. 1 customer may be reminded: 20 a day at most" in said
        assert [word.kind for word in backlog.memory("cus_1").words] == [WordKind.APPROVED]
        assert "Next: reminder 2, now." in backlog.said("show", "cus_1")
        assert backlog.woken == ["cus_1", "backlog"]

    def test_all_who_wait_are_approved_and_nobody_else(self, backlog: House) -> None:
        assert "2 customers may be reminded" in backlog.said("approve", "--all")
        assert backlog.woken == ["cus_1", "cus_2", "backlog"]
        assert backlog.said("approve", "--all") == "Nobody waits for an approval."

    def test_an_approval_keeps_its_reason(self, backlog: House) -> None:
        backlog.said("approve", "Globex", "--reason", "the invoice is right")
        (row,) = backlog.audited()
        assert row["detail"]["reason"] == "the invoice is right"

    def test_whom_a_person_left_alone_is_approved_by_name_alone(self, backlog: House) -> None:
        left = Word(id="left", kind=WordKind.LEFT_ALONE, at=NOW - timedelta(days=1), actor="slack:U01")
        backlog.remember("cus_1", words=(left,))
        assert "Initech (cus_2) is approved. 1 customer may" in backlog.said("approve", "--all")
        assert "Globex (cus_1) is approved. 1 customer may" in backlog.said("approve", "Globex")


@pytest.mark.parametrize(
    "away", [TemporalUnreachable("nobody answers"), RPCError("no", RPCStatusCode.UNAVAILABLE, b"")]
)
def test_without_temporal_it_is_kept_and_said_so(
    globex: House, monkeypatch: pytest.MonkeyPatch, away: Exception
) -> None:
    async def refused(*_: object, **__: object) -> None:
        raise away

    monkeypatch.setattr(saying, "connect", refused)
    assert "it is kept and counts before any mail leaves" in globex.said("pause", "cus_1")
    assert len(globex.memory("cus_1").words) == 1
