"""Who is late, what was sent, what comes next and why not: as a terminal and as a machine read it."""

import json
from datetime import timedelta
from functools import partial

import pytest

from raccord.domain.dunning.memory import Fate
from raccord.domain.dunning.words import Word, WordKind
from raccord.domain.rules.dunning import Tone
from raccord.domain.values.money import Money
from raccord.records.records import Records
from raccord.records.work import Work
from starters.cli import display
from tests.cli.dunning.conftest import NOW, TODAY, House, account, euros, owed, sent


def word(kind: WordKind, **given: object) -> Word:
    return Word(id=str(kind), kind=kind, at=NOW - timedelta(days=1), actor="cli:anne", **given)


@pytest.fixture
def street(house: House) -> House:
    """Customers in every state that a list has to tell apart."""
    house.billing.owes(
        account("cus_due", "Rideaux Canari", owed("F-1", 9)),
        account("cus_sent", "Boulangerie Zoé", owed("F-2", 12)),
        account("cus_pause", "Cabinet Lune", owed("F-3", 20, "300.00")),
        account("cus_dispute", "Dupont & Fils", owed("F-4", 18)),
        account("cus_young", "Atelier Neuf", owed("F-5", 2)),
    )
    house.remember("cus_sent", sent(4, ("F-2", 1)))
    until = TODAY + timedelta(days=10)
    house.remember("cus_pause", words=(word(WordKind.PAUSE, until=until, reason="on holiday"),))
    house.remember("cus_dispute", words=(word(WordKind.DISPUTE, invoice_id="in_F-4"),))
    return house


class TestList:
    def test_nobody_late_is_said(self, house: House) -> None:
        assert house.said("list") == "Nobody is late."

    def test_it_is_said_in_the_language_of_the_terminal(
        self, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
        assert house.said("list") == "Personne n'est en retard."

    def test_a_line_a_customer_the_longest_late_first(self, street: House) -> None:
        _, *lines = street.dunning("list").output.splitlines()
        plain = [" ".join(line.split()) for line in lines]
        assert plain[:5] == [
            "Cabinet Lune €300.00 20 reminder 2, 8 Dec 09:00 paused until 7 Dec 2026 (on holiday)",
            "Dupont & Fils €1,200.00 18 disputed",
            "Boulangerie Zoé €1,200.00 12 23 Nov 2026 (1) reminder 2, 30 Nov 09:00",
            "Rideaux Canari €1,200.00 9 reminder 1, now",
            "Atelier Neuf €1,200.00 2 reminder 1, 2 Dec 09:00",
        ]
        assert plain[6] == "5 customers owe €5,100.00."

    @pytest.mark.parametrize("language", ["fr", "en"])
    def test_eighty_columns_are_enough(
        self, street: House, monkeypatch: pytest.MonkeyPatch, language: str
    ) -> None:
        monkeypatch.setattr(display, "columns", lambda: 80)
        street.company.speak(language)
        lines = street.dunning("list").output.splitlines()
        assert max(map(len, lines)) <= 80
        assert "(on holiday)" in " ".join(" ".join(lines).split())

    def test_two_currencies_are_two_sums(self, house: House) -> None:
        dollars = Money.of_minor(5_000, "USD")
        house.billing.owes(
            account("cus_1", "Globex", owed("F-1", 9), owed("F-2", 9, due=dollars, total=dollars))
        )
        assert "€1,200.00, $50.00" in house.said("list")

    def test_who_waits_for_an_approval_and_what_was_stopped_is_counted(self, house: House) -> None:
        house.billing.owes(account("cus_1", "Old Debt", owed("F-1", 90)))
        house.began(TODAY)
        for number, why in enumerate(("paid", "paid", "promised", "nothing_open", "off")):
            house.company.remember(partial(self._stopped, f"dun/{number}", why))
        said = house.said("list")
        assert "late before reminders began: to be approved" in said
        assert "1 was late before reminders began and waits for an approval" in said
        assert "2 reminders stopped this month: the payment had just come in." in said
        assert "1 reminder stopped this month just before it left: payment promised." in said
        assert "1 reminder stopped this month just before it left: nothing is open." in said
        assert "1 reminder stopped this month: reminders were switched off." in said

    def test_whom_a_person_left_alone_waits_for_no_approval(self, house: House) -> None:
        house.billing.owes(account("cus_1", "Old Debt", owed("F-1", 90)))
        house.began(TODAY)
        house.remember("cus_1", words=(word(WordKind.LEFT_ALONE),))
        said = house.said("list")
        assert "late before reminders began, and left alone" in said
        assert "approv" not in said

    @pytest.mark.parametrize("days", [4, 9])
    def test_what_awaits_a_person_is_told_while_others_go_on(self, house: House, days: int) -> None:
        house.billing.owes(account("cus_1", "Globex", owed("F-1", 60), owed("F-2", days)))
        house.remember("cus_1", sent(20, ("F-1", 1)), sent(10, ("F-1", 3), tone=Tone.LAST))
        assert "1 invoice awaits a person" in house.said("list")
        assert "1 invoice awaits a person." in house.said("show", "cus_1")

    @staticmethod
    def _stopped(key: str, why: str, records: Records) -> Work[None]:
        return records.dunning.stopped("stripe:cus_2", key, NOW, why)

    def test_who_owes_too_little_is_told_and_counted(self, house: House) -> None:
        file = house.company.file
        file.write_text(f"{file.read_text()}\n[dunning]\nowed_at_least = {{ EUR = 50 }}\n")
        house.billing.owes(
            account("cus_1", "Globex", owed("F-1", 90, "30.00")),
            account("cus_2", "Hooli", owed("F-2", 60, "12.50")),
        )
        said = house.said("list")
        assert said.count("too little is owed") == 2
        assert "2 customers owe less than a reminder is worth, €42.50" in said

    def test_a_machine_reads_exact_amounts_and_reasons(self, street: House) -> None:
        listed = json.loads(street.dunning("list", "--json").output)
        found = {each["customer"]: each for each in listed["customers"]}
        assert found["cus_sent"]["owed"] == [{"amount": "1200.00", "currency": "EUR"}]
        assert found["cus_sent"]["last"] == {"at": "2026-11-23T09:30:00+00:00", "level": 1, "fate": "sent"}
        assert found["cus_sent"]["next"] == {"at": "2026-11-30T08:00:00+00:00", "level": 2}
        (why,) = (each["why"] for each in found["cus_pause"]["silent"])
        assert (why, found["cus_dispute"]["next"]) == ("paused", None)


class TestShow:
    @pytest.mark.parametrize("typed", ["cus_pause", "cabinet  LUNE", "F-3", "in_F-3"])
    def test_a_customer_is_named_by_id_name_or_invoice(self, street: House, typed: str) -> None:
        said = street.said("show", typed)
        assert said.startswith("Cabinet Lune (cus_pause)")
        for part in ("F-3", "€300.00", "paused until 7 Dec 2026 (cli:anne): on holiday", "Next: reminder 2"):
            assert part in said

    def test_a_mail_that_did_not_simply_leave_says_so(self, house: House) -> None:
        house.billing.owes(account("cus_1", "Globex", owed("F-1", 9)))
        house.remember("cus_1", sent(1, ("F-1", 1), fate=Fate.UNKNOWN, to=("cus_1@example.fr",)))
        said = house.said("show", "Globex")
        assert "reminder 1 cus_1@example.fr nobody knows whether it left" in said
        assert "No reminder leaves by itself: nobody knows whether the last mail left." in said

    def test_a_name_that_several_have_lists_them(self, house: House) -> None:
        house.billing.owes(
            account("cus_1", "Globex", owed("F-1", 9)), account("cus_2", "Globex", owed("F-2", 9))
        )
        assert "Globex (cus_1), Globex (cus_2). Name one by its id." in house.refused("show", "globex")
        assert house.said("show", "cus_2").startswith("Globex (cus_2)")

    def test_a_part_of_a_name_is_not_enough_and_is_a_hint(self, house: House) -> None:
        house.billing.owes(account("cus_1", "Globex SAS", owed("F-1", 9)))
        assert "Did you mean Globex SAS (cus_1)?" in house.refused("show", "globex")
        assert "`raccord dunning list`" in house.refused("show", "nobody")

    def test_who_owes_nothing_is_found_by_what_is_remembered(self, house: House) -> None:
        house.billing.owes(account("cus_1", "Globex"))
        assert "No reminder leaves by itself: nothing is open." in house.said("show", "cus_1")

    def test_a_machine_reads_everything(self, street: House) -> None:
        shown = json.loads(street.dunning("show", "cus_sent", "--json").output)
        assert [each["number"] for each in shown["invoices"]] == ["F-2"]
        assert shown["rounds"][0]["reached"] == [{"invoice_id": "in_F-2", "level": 1}]
        assert shown["words"] == []


def test_a_name_steers_no_terminal(house: House) -> None:
    house.billing.owes(account("cus_1", "Evil\x1b[2J", owed("F-1", 9, str(euros("5.00").amount))))
    for command in (("list",), ("show", "cus_1")):
        assert "\x1b[2J" not in house.dunning(*command).output
