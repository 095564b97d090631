"""Rules that are weighed before they are taken: with today's accounts, and with the past."""

import csv
import json
from datetime import UTC, date, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest

from raccord.domain.dunning.words import Word, WordKind
from raccord.domain.rules.dunning import Tone
from raccord.domain.values.invoice import Invoice, InvoiceState
from raccord.domain.values.payment import InvoiceMoney, Payment, PaymentMeans
from raccord.domain.values.totals import Totals
from tests.cli.dunning.conftest import House, account, euros, owed, sent

GENTLE = """
[dunning]
gap = 5
[[dunning.levels]]
day = 10
tone = "courteous"
[[dunning.levels]]
day = 40
tone = "firm"
"""
PAST = """customer,name,invoice,amount,issued,due,paid_on,paid
C1,Globex,F-1,1200.00,2026-08-01,2026-08-31,2026-09-20,
C2,Initech,F-2,"500,00",2026-08-01,2026-08-31,2026-09-08T08:00,500
C3,=Hooli,F-3,300.00,2026-08-01,2026-08-31,2026-08-30,300.00
C4,Umbrella,F-4,1000.00,2026-08-01,2026-08-31,2026-09-10,400.00
C4,Umbrella,F-4,1000.00,2026-08-01,2026-08-31,2026-09-24,600.00
"""


@pytest.fixture
def gentle(tmp_path: Path) -> Path:
    file = tmp_path / "gentle.toml"
    file.write_text(GENTLE)
    return file


@pytest.fixture
def past(tmp_path: Path) -> Path:
    file = tmp_path / "past.csv"
    file.write_text(PAST)
    return file


class TestCheck:
    @pytest.fixture
    def street(self, house: House) -> House:
        house.billing.owes(
            account("cus_1", "Globex", owed("F-1", 8)),
            account("cus_2", "Initech", owed("F-2", 20)),
            account("cus_3", "Hooli", owed("F-3", 3)),
        )
        house.remember("cus_2", sent(10, ("F-2", 1)))
        return house

    def test_the_rules_in_force_are_counted(self, street: House) -> None:
        assert "3 customers, 2 mails today, 0 tomorrow, 0 repeated." in street.said("check")

    def test_changed_rules_stand_beside_them_with_who_is_concerned(self, street: House, gentle: Path) -> None:
        said = street.said("check", "--policy", str(gentle))
        assert "3 customers, 0 mails today, 0 tomorrow, 0 repeated. Late in all: €3,600.00." in said
        assert "today 2 0" in said
        assert "Globex 27 Nov 2026, level 1, courteous 30 Nov 2026, level 1, courteous" in said

    def test_a_tone_that_would_be_read_again_is_repeated(self, street: House, tmp_path: Path) -> None:
        twice = tmp_path / "twice.toml"
        levels = (f'[[dunning.levels]]\nday = {day}\ntone = "courteous"\n' for day in (7, 14))
        twice.write_text("".join(levels))
        assert "1 repeated" in street.said("check", "--policy", str(twice))
        read = json.loads(street.dunning("check", "--policy", str(twice), "--json").output)
        assert (read["in force"]["repeated"], read["changed"]["repeated"]) == (0, 1)

    def test_nothing_is_written(self, street: House, gentle: Path) -> None:
        street.said("check", "--policy", str(gentle))
        assert (street.audited(), street.woken, street.memory("cus_1").rounds) == ([], [], ())

    @pytest.mark.parametrize(
        ("content", "says"),
        [
            ("x = 1", "has no section [dunning]"),
            ("[dunning]\ngapp = 3", "dunning.gapp is not a setting of Raccord. Did you mean gap?"),
            ("[dunning]\ngap = 0", "dunning.gap: it is at least 1."),
            ("dunning", "is not written as TOML"),
            (None, "is not there: name a file with the section [dunning]"),
        ],
    )
    def test_a_file_that_cannot_be_used_is_told(
        self, house: House, tmp_path: Path, content: str | None, says: str
    ) -> None:
        file = tmp_path / "other.toml"
        if content is not None:
            file.write_text(content)
        assert says in house.refused("check", "--policy", str(file))


def bought(house: House) -> None:
    """Let Globex have been billed 1,000 EUR that were due on 31 August and came on 8 September."""
    house.billing.owes(account("cus_1", "Globex"))
    invoice = Invoice.model_validate(
        {
            **{"id": "in_1", "number": "F-1", "customer_id": "cus_1", "state": InvoiceState.PAID},
            **{
                "currency": "EUR",
                "credited": euros("200.00"),
                "totals": Totals(net=euros("1000.00"), vat=(), gross=euros("1200.00")),
            },
            **{"issued_on": date(2026, 8, 1), "due_on": date(2026, 8, 31)},
        }
    )
    paid = Payment(
        id="py_1",
        amount=euros("1000.00"),
        paid_at=datetime(2026, 9, 8, 15, tzinfo=UTC),
        means=PaymentMeans.CARD,
        refunded=euros("0"),
    )
    nothing = euros("0")
    house.billing.money["in_1"] = InvoiceMoney(
        invoice=invoice, paid=paid.amount, due=nothing, overpaid=nothing, payments=(paid,)
    )


class TestSimulate:
    def test_the_mails_of_the_past_are_told(self, house: House, past: Path) -> None:
        said = house.said("simulate", "--csv", str(past), "--since", "2026-09-01")
        assert "4 customers, 1 Sep 2026 to 27 Nov 2026" in said
        assert "mails 5 notice 0 courteous 3 firm 2 last 0 customers reminded 3" in said
        assert "to who paid within 48 hours 1" in said
        assert "7 Sep 2026 Initech 1 courteous F-2 €500.00 yes" in said
        # Four hundred of the thousand came before the second one.
        assert "15 Sep 2026 Umbrella 2 firm F-4 €600.00" in said

    def test_two_policies_stand_side_by_side(self, house: House, past: Path, gentle: Path) -> None:
        typed = ("simulate", "--csv", str(past), "--since", "2026-09-01", "--against", str(gentle), "--json")
        read = json.loads(house.dunning(*typed).output)
        assert [read[name]["figures"]["mails"] for name in ("in force", "gentle.toml")] == [5, 2]
        assert [mail["at"] for mail in read["gentle.toml"]["mails"]] == ["2026-09-10T09:00+02:00"] * 2

    def test_the_account_s_own_past_is_played(self, house: House) -> None:
        bought(house)
        said = house.said("simulate", "--since", "2026-09-01")
        assert "Reading 1 invoice and what was paid of them" in said
        assert "7 Sep 2026 Globex 1 courteous F-1 €1,000.00 yes" in said
        assert "mails 1" in said

    def test_what_people_said_is_heeded_at_its_time_and_what_they_said_of_mails_is_not(
        self, house: House
    ) -> None:
        bought(house)
        at = datetime(2026, 9, 2, 8, tzinfo=UTC)
        pause = Word(id="1", kind=WordKind.PAUSE, at=at, actor="cli:anne", until=date(2026, 9, 7))
        remind = Word(id="2", kind=WordKind.REMIND, at=at, actor="cli:anne")
        house.remember("cus_1", words=(pause, remind))
        said = house.said("simulate", "--since", "2026-09-01")
        assert "8 Sep 2026 Globex 1 courteous F-1 €1,000.00 yes" in said
        assert "mails 1" in said

    def test_a_folder_gets_each_mail_and_a_picture(self, house: House, past: Path, tmp_path: Path) -> None:
        past.write_text(PAST.replace("2026-08-30", "2026-10-30"))
        house.said("simulate", "--csv", str(past), "--since", "2026-09-01", "--out", str(tmp_path / "out"))
        with (tmp_path / "out" / "mails.csv").open(encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
        assert {row["customer"] for row in rows} == {"Globex", "Initech", "'=Hooli", "Umbrella"}
        picture = ElementTree.parse(tmp_path / "out" / "mails.svg").getroot()  # noqa: S314 - our own file
        titles = [each.text or "" for each in picture.iter() if each.tag.endswith("title")]
        drawn = sum(int(title.split()[0]) for title in titles)
        assert drawn == len(rows) == 8
        assert {title.split()[1] for title in titles if title[0] != "0"} == {
            Tone.COURTEOUS,
            Tone.FIRM,
            Tone.LAST,
        }

    def test_a_spreadsheet_s_semicolons_are_read(self, house: House, past: Path) -> None:
        past.write_text("customer;invoice;amount;issued;due\nC1;F-1;1 200,50;2026-08-01;2026-08-31\n")
        said = house.said("simulate", "--csv", str(past), "--since", "2026-09-01")
        assert "€1,200.50" in said

    @pytest.mark.parametrize(
        ("content", "says"),
        [
            ("customer,invoice\n", "has no column `amount`: its first line names `customer, invoice, amount"),
            ("customer,invoice,amount,issued,due\nC,F,x,2026-01-01,2026-01-31\n", "line 2: an amount is"),
            (
                "customer,invoice,amount,issued,due\nC,F,1,2026-01-01,31/01/2026\n",
                "a day is written 2026-01-31",
            ),
            ("customer,invoice,amount,issued,due\nC,F,1.005,2026-01-01,2026-01-31\n", "more decimals than"),
        ],
    )
    def test_a_file_that_cannot_be_read_names_the_line(
        self, house: House, past: Path, content: str, says: str
    ) -> None:
        past.write_text(content)
        assert says in house.refused("simulate", "--csv", str(past), "--since", "2026-09-01")

    def test_what_is_to_come_is_not_the_past(self, house: House, past: Path) -> None:
        said = house.refused("simulate", "--csv", str(past), "--since", "2026-11-28")
        assert "28 Nov 2026 is to come: the past is simulated." in said
