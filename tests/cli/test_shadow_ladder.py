"""Going further for one salesperson, and back at once, from a terminal."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import Result

from raccord.connectors.connection import Kind
from raccord.connectors.errors import Transient
from raccord.domain.rules.ladder import DRAFT, SHADOW, Place, Scope, ScopeKind
from raccord.domain.values.described import CrmAccount, SeenPipeline
from raccord.domain.values.parties import Owner
from raccord.records.records import Records
from raccord.records.rungs import Placed
from raccord.settings.configuration import Configuration
from starters.cli.ladder import command, finding
from tests.cli.conftest import Company
from tests.fakes.crm import FakeCrm
from workers.connections import Connections, Opened

LIVE = 'invoice_deals_won_from = 2026-01-01\n[modes]\ndeal_won = "live"\n[rollout]\nbegin = "shadow"\n'
ACCOUNT = CrmAccount(
    owners=(Owner(id="71", name="Léa Martin", email="lea@acme.fr"), Owner(id="72", name="Paul Petit")),
    pipelines=(SeenPipeline(id="default", name="Ventes"), SeenPipeline(id="2", name="Default")),
)
PILOTS = Scope(kind=ScopeKind.PIPELINE, id="default", name="Ventes")
NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)


class Crm(FakeCrm):
    account = ACCOUNT
    down = False
    meanwhile: Callable[[], Awaitable[None]] | None = None

    async def describe(self) -> CrmAccount:
        if self.meanwhile:
            await self.meanwhile()
        if self.down:
            raise Transient("hubspot does not answer")
        return self.account


class Sales:
    """The company's ladder."""

    def __init__(self, company: Company) -> None:
        self.company, self.crm = company, Crm()

    def settings(self, language: str = "en", more: str = LIVE) -> None:
        self.company.speak(language)
        whole = self.company.file.read_text()
        first, sections = more.split("[", 1) if "[" in more else (more, "")
        self.company.file.write_text(first + whole + ("[" + sections if sections else ""))

    def shadow(self, *words: str) -> Result:
        return self.company.raccord("shadow", *words)

    def said(self, *words: str) -> str:
        done = self.shadow(*words)
        assert done.exit_code == 0, done.output
        return " ".join(done.output.split())

    def refused(self, *words: str) -> str:
        done = self.shadow(*words)
        assert done.exit_code in (1, 2), done.output
        return " ".join(done.output.split())

    def meanwhile(self, placed: Placed) -> None:
        """Have somebody else give a rung while the CRM is being asked."""

        async def given() -> None:
            await asyncio.to_thread(self.company.remember, lambda records: records.rungs.put(placed))

        self.crm.meanwhile = given

    def ladder(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.said("ladder", "--json"))
        return found

    def audited(self) -> list[dict[str, Any]]:
        async def rows(records: Records) -> list[dict[str, Any]]:
            return [row async for row in records.audit.export()]

        return self.company.remember(rows)


@pytest.fixture
def sales(company: Company, monkeypatch: pytest.MonkeyPatch) -> Sales:
    found = Sales(company)
    found.settings()

    @asynccontextmanager
    async def connected(configuration: Configuration) -> AsyncIterator[Connections]:
        row: Any = SimpleNamespace(name=configuration.crm.name, kind=Kind.CRM)
        port: Any = found.crm
        yield Connections((Opened(row, port),))

    monkeypatch.setattr(finding, "connections_of", connected)
    monkeypatch.setattr(command, "now", lambda: datetime(2026, 11, 27, 9, tzinfo=UTC))
    return found


LEA = ("--owner", "lea@acme.fr", "--reason", "94 of 97")


def test_a_salesperson_climbs_rung_by_rung_and_the_audit_says_by_whose_word(sales: Sales) -> None:
    assert "Léa Martin · shadow → draft" in sales.said("promote", *LEA)
    assert "--under 1000" in sales.refused("promote", *LEA)
    said = sales.said("promote", "--owner", "léa martin", "--under", "1000", "--reason", "small ones")
    assert "draft → live up to 1,000 net" in said
    assert "raccord reconcile --once" in said
    assert "→ live" in sales.said("promote", *LEA)
    rows = [row for row in sales.audited() if row["effect"] == "ladder.moved"]
    assert [row["detail"]["reason"] for row in rows] == ["94 of 97", "small ones", "94 of 97"]
    assert all(row["actor"].startswith("cli:") for row in rows)
    assert rows[1]["detail"]["before"] == {"mode": "draft", "up_to": None}


def test_the_ladder_says_who_is_where_since_when_and_why(sales: Sales) -> None:
    assert "Everybody else: shadow." in sales.said("ladder")
    sales.said("promote", "--pipeline", "Ventes", "--reason", "a good month")
    said = sales.said("ladder")
    for part in ("pipeline Ventes", "draft", "27 Nov 2026", "a good month"):
        assert part in said
    (place,) = sales.ladder()["places"]
    assert (place["kind"], place["id"], place["mode"], place["up_to"]) == (
        "pipeline",
        "default",
        "draft",
        None,
    )
    sales.settings("fr")
    assert "Tous les autres\u00a0: observation." in sales.shadow("ladder").output


def test_a_demotion_needs_no_crm(sales: Sales) -> None:
    sales.said("promote", "--owner", "71", "--reason", "x")
    sales.crm.down = True
    assert "Léa Martin · draft → shadow" in sales.said("demote", *LEA[:1], "71", *LEA[2:])
    assert "hubspot does not answer" in sales.refused("promote", "--owner", "paul@acme.fr", "--reason", "x")
    sales.settings(more=LIVE.replace("shadow", "live"))
    said = sales.said("demote", "--owner", "paul@acme.fr", "--reason", "wrong VAT")
    assert "counts as it stands" in said
    assert "paul@acme.fr · shadow" in said


def test_somebody_who_was_promoted_is_known_by_address_without_the_crm(sales: Sales) -> None:
    sales.said("promote", "--owner", "léa martin", "--reason", "x")
    sales.crm.down = True
    said = sales.said("demote", *LEA)
    assert "Léa Martin · draft → shadow" in said
    assert "who bore that name, address or id" in said


def test_an_address_that_cannot_be_looked_for_goes_down_even_where_everybody_is_in_shadow(
    sales: Sales,
) -> None:
    sales.crm.down = True
    assert "paul@acme.fr · shadow" in sales.said("demote", "--owner", "paul@acme.fr", "--reason", "VAT")
    (place,) = sales.ladder()["places"]
    assert (place["id"], place["mode"]) == ("paul@acme.fr", "shadow")
    up = ("demote", "--owner", "lea@acme.fr", "--to", "draft", "--reason", "x")
    assert "everybody else stands on shadow" in sales.refused(*up)


def test_whoever_went_down_by_address_comes_up_by_name_without_a_second_rung(sales: Sales) -> None:
    sales.crm.down = True
    sales.said("demote", *LEA)
    sales.crm.down = False
    assert "lea@acme.fr · shadow → draft" in sales.said("promote", "--owner", "Léa Martin", "--reason", "x")
    assert [(each["id"], each["mode"]) for each in sales.ladder()["places"]] == [("lea@acme.fr", "draft")]


@pytest.mark.parametrize("whose", [("--owner", "Paul Petit"), ("--pipeline", "Ventes")])
def test_what_no_deal_would_be_known_by_is_not_demoted_without_the_crm(
    sales: Sales, whose: tuple[str, str]
) -> None:
    sales.crm.down = True
    assert "by e-mail address, or --everybody" in sales.refused("demote", *whose, "--reason", "x")
    assert sales.ladder()["places"] == []


def test_a_pipeline_that_is_called_as_the_id_of_another_is_not_that_one(sales: Sales) -> None:
    sales.said("promote", "--pipeline", "Ventes", "--reason", "x")
    assert "the pipeline Default · shadow → draft" in sales.said(
        "promote", "--pipeline", "2", "--reason", "x"
    )


def renamed() -> CrmAccount:
    """Return the account after the pipeline of the sales became one that nobody uses any more."""
    pipelines = (SeenPipeline(id="default", name="Archives"), SeenPipeline(id="3", name="Ventes"))
    return ACCOUNT.model_copy(update={"pipelines": pipelines})


def test_a_name_is_whose_it_is_in_the_crm_now(sales: Sales) -> None:
    sales.said("promote", "--pipeline", "Ventes", "--reason", "x")
    sales.crm.account = renamed()
    said = sales.said("promote", "--pipeline", "Ventes", "--reason", "x")
    assert "the pipeline Ventes · shadow → draft" in said
    assert {each["id"]: each["mode"] for each in sales.ladder()["places"]} == {
        "default": "draft",
        "3": "draft",
    }
    assert "the pipeline Archives · draft → shadow" in sales.said(
        "demote", "--pipeline", "Archives", "--reason", "x"
    )


def test_nobody_goes_down_under_a_name_that_is_another_ones_by_now(sales: Sales) -> None:
    sales.said("promote", "--pipeline", "Ventes", "--reason", "x")
    sales.crm.account = renamed()
    assert "not lower than now" in sales.refused("demote", "--pipeline", "Ventes", "--reason", "x")
    assert [each["mode"] for each in sales.ladder()["places"]] == ["draft"]


def test_two_of_one_name_are_told_apart_although_one_has_a_rung(sales: Sales) -> None:
    sales.said("promote", "--owner", "Paul Petit", "--reason", "x")
    other = Owner(id="73", name="Paul Petit", email="petit@acme.fr")
    sales.crm.account = ACCOUNT.model_copy(update={"owners": (*ACCOUNT.owners, other)})
    for word in ("promote", "demote"):
        said = sales.refused(word, "--owner", "paul petit", "--reason", "x")
        assert "It knows: Léa Martin, Paul Petit (72), Paul Petit (petit@acme.fr)" in said
    assert [each["mode"] for each in sales.ladder()["places"]] == ["draft"]


def test_whoever_left_the_crm_goes_down_and_not_up(sales: Sales) -> None:
    sales.said("promote", *LEA)
    sales.crm.account = CrmAccount()
    assert "is not in the CRM" in sales.refused("promote", *LEA[:2], "--under", "500", *LEA[2:])
    assert "Léa Martin · draft → shadow" in sales.said("demote", *LEA)


def test_a_promotion_does_not_write_over_a_demotion_at_the_same_moment(sales: Sales) -> None:
    sales.settings(more=LIVE.replace("shadow", "draft"))
    stopped = Placed(place=Place(scope=PILOTS, rung=SHADOW), actor="cli:anne", reason="VAT", at=NOON)
    sales.meanwhile(stopped)
    said = sales.refused("promote", "--pipeline", "Ventes", "--under", "500", "--reason", "x")
    assert "nothing was changed" in said
    assert [each["mode"] for each in sales.ladder()["places"]] == ["shadow"]
    assert not [row for row in sales.audited() if row["effect"] == "ladder.moved"]


def test_a_demotion_goes_down_from_whatever_was_given_at_the_same_moment(sales: Sales) -> None:
    sales.settings(more=LIVE.replace("shadow", "live"))
    given = Placed(place=Place(scope=PILOTS, rung=DRAFT), actor="cli:anne", reason="x", at=NOON)
    sales.meanwhile(given)
    said = sales.said("demote", "--pipeline", "Ventes", "--reason", "VAT")
    assert "the pipeline Ventes · draft → shadow" in said


def test_everybody_comes_down_together(sales: Sales) -> None:
    for _ in range(2):
        sales.shadow("promote", *LEA, *(("--under", "500") if _ else ()))
    sales.said("promote", "--pipeline", "Ventes", "--reason", "x")
    said = sales.said("demote", "--everybody", "--reason", "stop")
    assert "Léa Martin · live up to 500 net → shadow" in said
    assert "the pipeline Ventes · draft → shadow" in said
    found = sales.ladder()
    assert {each["mode"] for each in found["places"]} == {"shadow"}
    assert len(found["places"]) == 2
    assert "not lower" in sales.refused("demote", "--everybody", "--reason", "stop")


def test_whoever_stands_lower_stays_there_when_everybody_comes_down(sales: Sales) -> None:
    for under in ((), ("--under", "500")):
        sales.said("promote", *LEA, *under)
    said = sales.said("demote", "--everybody", "--under", "100", "--reason", "x")
    assert "Léa Martin · live up to 500 net → live up to 100 net" in said
    assert sales.ladder()["everybody"] == {"mode": "shadow", "up_to": None}


def test_a_promotion_that_holds_another_back_says_so(sales: Sales) -> None:
    for under in ((), ("--under", "500")):
        sales.said("promote", *LEA, *under)
    said = sales.said("promote", "--pipeline", "Ventes", "--reason", "x")
    assert "Léa Martin stands higher: deals that both concern go no further than this rung (draft)" in said


def test_doctor_says_who_is_on_which_rung_and_that_one_cannot_be_read(sales: Sales) -> None:
    sales.said("promote", *LEA)
    said = " ".join(sales.company.raccord("doctor").output.split())
    assert "ladder everybody else: shadow, Léa Martin: draft" in said
    sales.company.change_key()
    assert "FAIL ladder" in " ".join(sales.company.raccord("doctor").output.split())


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("promote", "--reason", "x"), "--owner, --pipeline or --everybody"),
        (("promote", "--owner", "a", "--everybody", "--reason", "x"), "one of the three"),
        (("promote", "--owner", "nobody", "--reason", "x"), "It knows: Léa Martin, Paul Petit"),
        (("promote", "--owner", "71"), "--reason"),
        (("promote", "--owner", "71", "--under", "-1", "--reason", "x"), "write a net amount above 0"),
        (("promote", "--owner", "71", "--under", "nan", "--reason", "x"), "write a net amount above 0"),
        (("demote", "--owner", "71", "--reason", "x"), "not lower than now (shadow)"),
        (("demote", "--owner", "71", "--to", "draft", "--under", "5", "--reason", "x"), "one of the two"),
    ],
)
def test_what_cannot_be_meant_is_refused(sales: Sales, words: tuple[str, ...], says: str) -> None:
    assert says in sales.refused(*words)


def test_the_mode_of_the_settings_is_as_far_as_anybody_gets(sales: Sales) -> None:
    sales.settings(more="")
    assert '[rollout] begin = "shadow"' in sales.refused("promote", *LEA)
