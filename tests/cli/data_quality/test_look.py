"""What `raccord data-quality` makes of a CRM in memory: figures, pages, files, and partial ones."""

import asyncio
import csv
import io
import json
import re
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from raccord.connectors.connection import Kind
from raccord.connectors.errors import Auth, RateLimited, Transient
from raccord.domain.values.parties import Customer
from raccord.texts.data_quality.words import explained
from raccord.texts.voice import Voice
from starters.cli.data_quality import command, reading
from tests.cli.conftest import Company
from tests.cli.data_quality.crm import LEA, TOM, URL, Billing, Crm, firm, overview, sold
from tests.connectors.conformance.samples import FIELDS
from tests.domain import samples

FOOTERS = '[invoice.footers]\nfr = "Pas d\'escompte. Pénalités de retard et indemnité de 40 EUR."\n'


class Place:
    """A company's command line, with what its CRM and billing system hold."""

    def __init__(self, company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
        self.company = company
        self.billing = Billing()
        self.crm = _year()
        monkeypatch.setattr(command, "opened", self._opened)
        monkeypatch.setattr(reading, "FIRST_WAIT", 0)
        self.speak("fr")

    def speak(self, language: str) -> None:
        self.company.speak(language)
        file = self.company.file
        file.write_text(f'{file.read_text()}\n[company]\nname = "Hexalab"\n{FOOTERS}')

    def look(self, *options: str) -> Result:
        return self.company.raccord("data-quality", "--since", "2026-01-01", *options)

    def found(self) -> dict[str, Any]:
        done = self.look("--json")
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    @asynccontextmanager
    async def _opened(self, _: object) -> Any:
        ports = {Kind.CRM: self.crm, Kind.BILLING: self.billing}

        class Opened:
            of = staticmethod(ports.__getitem__)

        yield Opened()


def _year() -> Crm:
    """Two deals pass; one waits for a SIRET, one for lines, two for the e-mail of one company."""
    mute = firm(5, email="", name="Muette")
    crm = Crm(
        sold(1, firm(0), euros=1000),
        sold(2, firm(1), euros=2000, owner=TOM),
        sold(3, firm(2, siren="", name="Sans numéro"), euros=300),
        sold(4, firm(3), lines=(), amount=None, owner=TOM),
        sold(5, mute, euros=5000, contacts=()),
        sold(6, mute, euros=700, contacts=(), owner=TOM),
    )
    return crm


@pytest.fixture
def place(company: Company, monkeypatch: pytest.MonkeyPatch) -> Place:
    return Place(company, monkeypatch)


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html.partition("</style>")[2]).split())


def test_the_share_is_told_with_what_would_raise_it_most(place: Place) -> None:
    found = place.found()
    assert (found["complete"], found["share"], found["deals"]["judged"]) == (True, 33, 6)
    assert [(each["topic"], each["passing"]) for each in found["fixes"]] == [
        ("email", 4),
        ("no_lines", 5),
        ("siret", 6),
    ]
    assert [(each["topic"], each["deals"]) for each in found["causes"]] == [
        ("email", 2),
        ("no_lines", 1),
        ("siret", 1),
    ]


def test_a_company_is_cleaned_once_by_whoever_has_most_to_lose(place: Place, tmp_path: Path) -> None:
    assert place.look("--out", str(tmp_path / "out")).exit_code == 0
    lea, tom = ((tmp_path / "out" / f"{name}.html").read_text() for name in ("lea-martin", "tom-roy"))
    assert "2 fiches à corriger" in words(lea)
    assert re.search("Muette.*5 700,00 € 2 affaires attendent.*Sans numéro", words(lea))
    assert 'href="https://crm.example/companies/c5"' in lea
    assert "Muette" not in words(tom)
    assert "Affaire 4" in words(tom)


def test_the_overview_leads_to_everybodys_page(place: Place, tmp_path: Path) -> None:
    place.look("--out", str(tmp_path / "out"))
    page = (tmp_path / "out" / "index.html").read_text()
    assert "33 % des affaires gagnées seraient facturées sans question" in words(page).replace("\u00a0", " ")
    links = [link for link in re.findall(r'href="([^"#]+)"', page) if not link.startswith("http")]
    assert set(links) == {"lea-martin.html", "tom-roy.html"}
    assert all((tmp_path / "out" / link).is_file() for link in links)


def test_pages_need_nothing_from_elsewhere_and_escape_what_people_typed(place: Place, tmp_path: Path) -> None:
    place.crm = Crm(sold(1, firm(0, name="<script>alert(1)</script>", siren=""), url="javascript:alert(1)"))
    place.look("--out", str(tmp_path / "out"))
    for page in (tmp_path / "out").iterdir():
        text = page.read_text()
        assert "<script" not in text
        assert "javascript:" not in text
        assert not re.search(r'(src|link|@import)[ =]"?http', text)


@pytest.mark.parametrize("theirs", ["index.html", "notes.txt"])
def test_a_folder_of_somebody_else_is_left_alone(place: Place, tmp_path: Path, theirs: str) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / theirs).write_text("<html>Our shop</html>")
    done = place.look("--out", str(tmp_path / "out"))
    assert done.exit_code == 2
    assert str(tmp_path / "out") in done.stderr
    assert not place.crm.calls
    assert [each.name for each in (tmp_path / "out").iterdir()] == [theirs]
    assert (tmp_path / "out" / theirs).read_text() == "<html>Our shop</html>"


def test_a_file_of_somebody_else_is_not_replaced_beside_ours(place: Place, tmp_path: Path) -> None:
    place.look("--csv", str(tmp_path / "csv"))
    (tmp_path / "csv" / "duplicates.csv").write_text("name,address\n")
    assert place.look("--csv", str(tmp_path / "csv")).exit_code == 2
    assert (tmp_path / "csv" / "duplicates.csv").read_text() == "name,address\n"


def test_a_second_look_replaces_the_first_and_leaves_nothing_of_it(place: Place, tmp_path: Path) -> None:
    both = ("--out", str(tmp_path / "out"), "--csv", str(tmp_path / "out"))
    assert place.look(*both).exit_code == 0
    (tmp_path / "out" / "notes.txt").write_text("Ask Tom.")
    place.crm.deals = {"d3": place.crm.deals["d3"]}
    assert place.look(*both).exit_code == 0
    assert sorted(each.name for each in (tmp_path / "out").iterdir() if each.suffix != ".csv") == [
        "index.html",
        "lea-martin.html",
        "notes.txt",
    ]


def test_a_file_for_a_spreadsheet_has_every_problem_of_every_deal(place: Place, tmp_path: Path) -> None:
    place.crm.deals["d3"] = place.crm.deals["d3"].model_copy(update={"name": "=HYPERLINK(1)"})
    assert place.look("--csv", str(tmp_path / "csv")).exit_code == 0
    written = (tmp_path / "csv" / "to-clean.csv").read_text("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(written), delimiter=";"))
    assert [row["Affaire"] for row in rows] == ["Affaire 5", "Affaire 6", "'=HYPERLINK(1)", "Affaire 4"]
    assert rows[0]["Commercial"] == "Léa Martin"
    assert (rows[0]["Montant HT"], rows[0]["Lien de l'affaire"]) == ("5000,00", f"{URL}/deals/d5")
    assert {each.name for each in (tmp_path / "csv").iterdir()} == {
        "to-clean.csv",
        "duplicates.csv",
        "to-complete.csv",
        "causes.csv",
    }


def test_companies_that_are_there_twice_go_to_whoever_sells_to_them(place: Place) -> None:
    place.crm.others = [(firm(1, id="c90", name="Firme 1 SARL"), "9")]
    (twice,) = place.found()["duplicates"]
    assert (twice["why"], twice["salesperson"]) == ("siren", "2")
    assert [(each["id"], each["deals"]) for each in twice["companies"]] == [("c1", 1), ("c90", 0)]


def test_numbers_without_a_deal_are_told_if_wrong_and_computed_if_missing(place: Place) -> None:
    place.crm.others = [(firm(8, id="c90", siren="123456789"), LEA.id), (firm(9, id="c91", siren=""), LEA.id)]
    told = {(each["kind"], each["company"]["id"]): each for each in place.found()["to_complete"]}
    assert ("number", "c90") in told
    assert not {company for _, company in told} & {"c91", "c2"}
    assert told["vat_number", "c0"]["there"] == samples.VAT


def test_open_invoices_that_go_elsewhere_are_told(place: Place) -> None:
    place.billing.owing = {
        "a": Customer(id="a", email="vieux@firme0.fr", crm_company="hubspot:c0"),
        "b": Customer(id="b", email="COMPTA@firme1.fr", siren="552100554"),
    }
    told = [each for each in place.found()["to_complete"] if each["kind"] == "billing_email"]
    assert [(each["company"]["id"], each["here"], each["there"]) for each in told] == [
        ("c0", "compta@firme0.fr", "vieux@firme0.fr")
    ]


@pytest.mark.parametrize("typed", ["", "n/a"])
def test_a_company_without_an_address_of_its_own_is_not_compared(place: Place, typed: str) -> None:
    """The CRM may say it by a billing contact."""
    place.crm.deals["d0"] = sold(0, firm(4, id="c80", email=typed))
    place.billing.owing = {"a": Customer(id="a", email="contact@firme4.fr", crm_company="hubspot:c80")}
    assert [each for each in place.found()["to_complete"] if each["kind"] == "billing_email"] == []


def test_a_deal_that_shows_its_invoice_is_in_no_share(place: Place) -> None:
    place.crm.shown["d3"] = FIELDS
    found = place.found()
    assert (found["deals"]["invoiced"], found["deals"]["judged"]) == (1, 5)


def test_a_salesperson_who_left_is_named_as_such(place: Place) -> None:
    place.crm.left = {TOM.id}
    done = place.look()
    assert "Tom Roy (n'est plus dans le CRM)" in done.stdout
    assert {each["id"]: each["left"] for each in place.found()["salespeople"]} == {"1": False, "2": True}


def test_what_the_settings_lack_is_told_apart_and_is_nobodys_fault(place: Place) -> None:
    place.company.speak("fr")
    found = place.found()
    assert found["causes"][0]["topic"] == "settings"
    assert {each["name"]: each["passing"] for each in found["salespeople"]} == {"Léa Martin": 1, "Tom Roy": 1}
    assert "[invoice.footers]" in place.look().stdout


def test_footers_that_no_language_has_are_one_line(place: Place) -> None:
    place.company.speak("fr")
    place.crm.deals["d8"] = sold(8, firm(6), language="en")
    (line,) = [each for each in place.look().stdout.splitlines() if "[invoice.footers]" in each]
    assert {"« fr »", "« en »"} <= set(re.findall("« .. »", line.replace("\u00a0", " ")))


def test_a_vendor_that_is_busy_or_down_for_a_while_is_asked_again(place: Place) -> None:
    place.crm.fail(RateLimited("Busy.", retry_after=timedelta(0)), "list_companies", times=2)
    place.crm.fail(Transient("Down."), "list_whole_deals", times=2)
    done = place.look("--json")
    assert json.loads(done.stdout)["complete"] is True
    assert "Nouvel essai" in done.stderr


def test_what_was_read_before_a_vendor_went_away_is_kept_and_said(place: Place, tmp_path: Path) -> None:
    async def gone() -> None:
        place.crm.fail(Auth("HubSpot refuses the token."), "list_whole_deals")

    place.crm.before("list_whole_deals", gone)
    place.crm.deals["d0"] = sold(0, firm(4))
    done = place.look("--out", str(tmp_path / "out"))
    assert done.exit_code == 1
    assert "HubSpot refuses the token." in done.stderr
    assert "Lecture incomplète" in words((tmp_path / "out" / "index.html").read_text())


def test_where_nothing_can_be_read_a_sentence_says_why(place: Place) -> None:
    place.crm.fail(Auth("HubSpot refuses the token."), "list_companies")
    done = place.look()
    assert (done.exit_code, done.stdout) == (1, "")
    assert "HubSpot refuses the token." in done.stderr


def test_ctrl_c_keeps_what_was_read(place: Place) -> None:
    parts = 3

    async def stop() -> None:
        nonlocal parts
        parts -= 1
        place.crm.before("list_whole_deals", stop)
        if not parts:
            task = asyncio.current_task()
            assert task
            task.cancel()
            await asyncio.sleep(0)

    place.crm.before("list_whole_deals", stop)
    done = place.look("--json")
    found = json.loads(done.stdout)
    assert (done.exit_code, found["complete"], found["deals"]["read"]) == (130, False, 2)


def test_it_writes_nothing_at_the_vendors(place: Place) -> None:
    place.look()
    assert {
        name for name in (*place.crm.calls, *place.billing.calls) if not name.startswith(("list_", "name_"))
    } == set()


def test_a_day_to_come_is_refused(place: Place) -> None:
    done = place.company.raccord("data-quality", "--since", "2199-01-01")
    assert done.exit_code == 2
    assert "2199" in done.stderr


@pytest.mark.parametrize(
    ("passing", "judged", "said"),
    [
        (1, 10, "1 affaire gagnée sur 10 passerait telle quelle. Le reste attendrait une réponse."),
        (9, 10, "9 affaires gagnées sur 10 passeraient telles quelles. Le reste attendrait une réponse."),
        (10, 10, "Les 10 affaires gagnées passeraient telles quelles."),
        (1, 1, "La seule affaire gagnée passerait telle quelle."),
    ],
)
def test_the_share_is_explained_by_what_passes(passing: int, judged: int, said: str) -> None:
    assert explained(overview(passing, judged), Voice()) == said


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_terminal_shows_the_same(place: Place, language: str) -> None:
    place.speak(language)
    golden = Path(__file__).parent / f"shown.{language}.txt"
    shown = place.look().stdout.replace("\u00a0", " ").replace("\u202f", " ")
    undated = re.sub(r"(du|from) .* (au|to) .*(Lu le|Read on) .*", r"\1 … \2 …. \3 ….", shown)
    assert undated == golden.read_text("utf-8")
