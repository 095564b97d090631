"""`raccord init` reads the accounts, asks, and writes a file that can be used; nothing else is written."""

import asyncio
import tomllib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from raccord.connectors.connection import Kind
from raccord.settings.load import read
from sandbox.hubspot import scopes
from starters.cli.main import app
from tests.cli.conftest import SECRETS
from tests.connectors.conformance.lab import Lab, lab

DEFAULTS = {
    "company": "Hexalab SAS",
    "pipelines": "all",
    "siret": "companies.siret",
    "vat_number": "companies.vat_number",
    "vat_rate": "line_items.vat_rate",
    "billing_email": "companies.billing_email",
    "payment_terms": "companies.payment_terms_days",
    "language": "deals.language",
    "amounts": "net",
}


@pytest.fixture(scope="module")
async def vendors() -> AsyncIterator[Lab]:
    async with lab() as served:
        # A person does this once; here it is done twenty times in some seconds.
        await served.option("hubspot", searches_per_second=1000, requests_per_ten_seconds=10_000)
        await served.option("stripe", rate_limits=False)
        yield served


@pytest.fixture(autouse=True)
def _folder(vendors: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    addresses = {f"RACCORD_{v.upper()}__BASE_URL": f"{vendors.base}/{v}" for v in ("hubspot", "stripe")}
    for name, value in (SECRETS | addresses).items():
        monkeypatch.setenv(name, value)


async def typed(*words: str, answers: str = "", before: tuple[str, ...] = ()) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, app, [*before, "init", *words], input=answers)


async def test_what_the_account_holds_is_proposed_and_can_be_used(vendors: Lab, tmp_path: Path) -> None:
    before = [await vendors.written(vendor) for vendor in ("hubspot", "stripe")]
    done = await typed()
    assert done.exit_code == 0, done.output
    loaded = read(tmp_path / "raccord.toml")
    assert set(loaded.settings.modes.values()) == {"shadow"}
    assert loaded.settings.company.name == "Hexalab SAS"
    assert loaded.crm.settings.model_dump()["account_id"] == 144000001
    assert loaded.crm.settings.model_dump()["mapping"]["companies"]["siret"] == "siret"
    assert loaded.live_or_test == "TEST"
    assert before == [await vendors.written(vendor) for vendor in ("hubspot", "stripe")]


async def test_the_crm_is_the_one_whose_credentials_there_are(
    vendors: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await vendors.option("pipedrive", rate_limits=False)
    monkeypatch.setenv("RACCORD_PIPEDRIVE__BASE_URL", f"{vendors.base}/pipedrive")
    monkeypatch.setenv("RACCORD_PIPEDRIVE__API_TOKEN", "5a4db0c000000000000000000000000000000000")
    await typed("both.toml")
    assert tomllib.loads((tmp_path / "both.toml").read_text("utf-8"))["crm"] == "hubspot"
    monkeypatch.delenv("RACCORD_HUBSPOT__ACCESS_TOKEN")
    done = await typed()
    assert done.exit_code == 0, done.output
    loaded = read(tmp_path / "raccord.toml")
    assert (loaded.crm.name, loaded.crm.settings.model_dump()["company_id"]) == ("pipedrive", 8087566)


async def test_values_stand_side_by_side_and_test_is_said(tmp_path: Path) -> None:
    said = (await typed()).output
    assert "stripe Hexalab SAS · TEST" in said
    assert "Ventes (won at: Gagné, Payé)" in said
    assert "Siret (siret)" in said
    assert "but also “CHE-482.913.605 TVA”" in said
    for after in ("raccord setup --dry-run", "raccord doctor", "raccord up"):
        assert after in said
    assert "39822715700052" not in (tmp_path / "raccord.toml").read_text("utf-8")


async def test_it_is_said_in_french_where_the_terminal_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    said = (await typed()).output
    assert "Quel champ contient le SIRET du client" in said
    assert read(tmp_path / "raccord.toml").settings.desk.language == "fr"
    assert "Which field" in (await typed("other.toml", before=("--lang", "en"))).output


async def test_a_french_company_is_asked_in_french_whoever_sets_it_up(tmp_path: Path) -> None:
    said = (await typed()).output
    assert "Which field" in said
    assert read(tmp_path / "raccord.toml").settings.desk.language == "fr"
    assert "Questions, messages and tasks are in French: [desk] language in that file changes it." in said


async def test_what_is_typed_counts_and_a_slip_is_asked_again(tmp_path: Path) -> None:
    done = await typed(answers="Acme\n2\n9\n2\n\n\n\n\n\n2\nsoon\n2027-01-01\n")
    assert "“9” is no answer" in done.output
    assert "“soon” is no date" in done.output
    content = tomllib.loads((tmp_path / "raccord.toml").read_text("utf-8"))
    assert (content["company"]["name"], content["rollout"]["pipelines"]) == ("Acme", ["default"])
    assert content["hubspot"]["mapping"]["companies"]["siret"] == ""
    assert content["invoice"]["amount_basis"] == "gross"
    assert str(content["invoice_deals_won_from"]) == "2027-01-01"


async def test_the_answers_that_it_prints_do_it_again_without_a_question(tmp_path: Path) -> None:
    first = (await typed("first.toml", answers="Acme\n2\n")).output
    printed = [line.strip() for line in first.splitlines() if line.startswith("  ") and " = " in line]
    (tmp_path / "answers.toml").write_text("\n".join(printed), "utf-8")
    assert tomllib.loads("\n".join(printed)).keys() == {*DEFAULTS, "won_from"}
    again = await typed("second.toml", "--answers", "answers.toml")
    assert again.exit_code == 0
    assert "Your answer" not in again.output
    assert (tmp_path / "first.toml").read_text() == (tmp_path / "second.toml").read_text()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ('sirte = "companies.siret"', "sirte, which nobody asks"),
        ('siret = "companies.nothing"', "companies.siret, none"),
        ('won_from = "soon"', "a date, like 2026-12-01"),
        ("siret = [", "not written as TOML"),
    ],
)
async def test_an_answer_that_is_none_ends_it_with_what_would_be_one(
    content: str, says: str, tmp_path: Path
) -> None:
    (tmp_path / "answers.toml").write_text(content)
    done = await typed("--answers", "answers.toml")
    assert done.exit_code == 2
    assert says in " ".join(done.output.split())
    assert not (tmp_path / "raccord.toml").exists()


async def test_a_file_that_is_there_is_left_alone_and_the_proposal_stands_beside_it(tmp_path: Path) -> None:
    (tmp_path / "raccord.toml").write_text("# mine")
    for beside in ("raccord.proposed.toml", "raccord.proposed-2.toml"):
        done = await typed()
        assert f"The proposal is in {beside}" in done.output
        assert f"raccord doctor --config {beside}" in done.output
        read(tmp_path / beside)
    assert (tmp_path / "raccord.toml").read_text() == "# mine"


async def test_a_refused_token_ends_it_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("RACCORD_HUBSPOT__ACCESS_TOKEN", "pat-eu1-nobody")
    done = await typed()
    assert done.exit_code == 1
    assert "HubSpot" in done.output
    assert not (tmp_path / "raccord.toml").exists()


async def test_what_may_not_be_read_is_told_and_left_out(vendors: Lab, tmp_path: Path) -> None:
    await vendors.option("hubspot", scopes=["crm.objects.deals.read", "crm.objects.owners.read"])
    try:
        done = await typed()
    finally:
        await vendors.option("hubspot", scopes=scopes.ALL)
    assert done.exit_code == 0, done.output
    assert "not read: " in done.output
    assert "crm.schemas.companies.read" in done.output
    read(tmp_path / "raccord.toml")


async def test_without_credentials_of_the_billing_system_the_crm_is_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("API_KEY", "BASE_URL"):
        monkeypatch.delenv(f"RACCORD_STRIPE__{name}")
    done = await typed()
    assert done.exit_code == 0, done.output
    assert "Without credentials of the billing system" in done.output
    assert "Questions, messages and tasks are in English" in done.output
    monkeypatch.setenv("RACCORD_STRIPE__API_KEY", SECRETS["RACCORD_STRIPE__API_KEY"])
    assert read(tmp_path / "raccord.toml").settings.billing == "stripe"


async def test_a_messenger_that_the_environment_knows_all_of_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RACCORD_SLACK__BOT_TOKEN", "xoxb-sandbox-0000")
    monkeypatch.setenv("RACCORD_SLACK__WEBHOOK_SECRET", "sandbox-slack-signing-secret-0000")
    assert (await typed("without.toml")).exit_code == 0
    monkeypatch.setenv("RACCORD_SLACK__CHANNEL", "C0BILLING")
    assert (await typed("with.toml")).exit_code == 0
    found = [read(tmp_path / name).of(Kind.MESSENGER) for name in ("without.toml", "with.toml")]
    assert [each and each.name for each in found] == [None, "slack"]


async def test_vendors_on_this_machine_call_it_without_a_detour(tmp_path: Path) -> None:
    await typed()
    assert read(tmp_path / "raccord.toml").settings.receiver.public_url == "http://127.0.0.1:8080"
