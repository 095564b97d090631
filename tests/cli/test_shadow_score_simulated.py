"""`raccord shadow score` over real HTTP: an invoice that somebody wrote in the billing system's own pages."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import httpx
import pytest

from raccord.domain.deal_won.findings import computed_of
from raccord.domain.deal_won.quality import examine
from raccord.domain.service.findings import Finding, FindingKind
from raccord.domain.values.deal import DealRef
from raccord.records.records import Records
from raccord.sealing import KeyRing
from raccord.settings.load import read
from sandbox.app import create_app
from sandbox.stripe.person import StripePerson
from starters.cli.scoring.command import score
from tests.cli.conftest import SECRETS
from tests.cli.data_quality.test_sandbox import TOML
from tests.domain.samples import deal, line, policy
from tests.sandbox.serving import serving


async def test_an_invoice_that_was_written_without_vat_differs_in_its_vat(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    now = datetime.now(UTC)
    services = line(quantity=Decimal(1), unit_price=Decimal(100))
    sold = deal(ref=DealRef(connection="hubspot", id="7"), won_on=now.date(), lines=(services,))
    plan = examine(sold, policy(), now.date()).plan
    assert plan
    computed = computed_of(sold, plan, policy())
    found = Finding(kind=FindingKind.WOULD_INVOICE, deal=sold.ref, computed=computed, at=now)
    keys = KeyRing.create(tmp_path / "keys.json")
    records = Records.open(f"sqlite:///{tmp_path}/records.db", keys)
    await records.migrate()
    await records.findings.note(found)
    await records.close()
    async with serving(create_app()) as url:
        (tmp_path / "raccord.toml").write_text(TOML.format(url=url, directory=tmp_path))
        async with httpx.AsyncClient(base_url=url) as http:
            person = StripePerson(http)
            customer = await person.do("/v1/customers", {"name": "Acme", "email": "compta@acme.fr"})
            await person.issue(customer["id"], 10000)
            before = len((await http.get("/_control/requests")).json())
            assert await score(read(tmp_path / "raccord.toml"), keys, as_json=True) == 0
            asked = (await http.get("/_control/requests")).json()[before:]
    (scored,) = json.loads(capsys.readouterr().out)["deals"]
    assert scored["standing"] == "differs"
    assert [each["aspect"] for each in scored["differences"]] == ["totals"]
    assert scored["differences"][0]["said"].startswith("Totaux")
    assert scored["untold"] == ["vat"], "Stripe says nothing of the VAT of a line without any"
    assert {each["method"] for each in asked} == {"GET"}
