"""`raccord data-quality` over real HTTP, against a CRM that has sold for a year."""

import json
from pathlib import Path

import httpx
import pytest

from raccord.settings.load import read
from sandbox.app import create_app
from sandbox.data import rows
from starters.cli.data_quality.command import Wanted, look
from tests.cli.conftest import SECRETS
from tests.sandbox.serving import serving

TOML = """
crm = "hubspot"
billing = "stripe"
[hubspot]
base_url = "{url}/hubspot"
account_id = 144000001
requests_per_second = 100
[stripe]
base_url = "{url}/stripe"
[invoice]
operations = "services"
[invoice.footers]
fr = "Pas d'escompte. Pénalités de retard et indemnité de 40 EUR."
en = "No discount. Late interest and an indemnity of EUR 40."
[vat.zero_rate_reasons]
reverse_charge_fr = "Autoliquidation."
outside_scope_fr = "Hors champ."
outside_scope_en = "Outside the scope."
[data]
directory = "{directory}"
"""


async def test_what_is_wrong_in_the_sandbox_is_found_and_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    wanted = Wanted(since=None, out=tmp_path / "out", tables=tmp_path / "csv", as_json=True)
    async with serving(create_app(settings={"hubspot": {"a_year": True}})) as url:
        (tmp_path / "raccord.toml").write_text(TOML.format(url=url, directory=tmp_path))
        assert await look(read(tmp_path / "raccord.toml"), wanted) == 0
        async with httpx.AsyncClient(base_url=url) as http:
            requests = (await http.get("/_control/requests")).json()
    assert requests
    assert [each for each in requests if each["mutating"]] == []
    found = json.loads(capsys.readouterr().out)
    assert (found["deals"]["judged"], found["deals"]["passing"]) == (61, 44)
    asked = {each["deal"]["id"] for each in found["asked"]}
    assert {repair["deal"] for repair in rows("repairs")} - asked == _ONLY_BILLING_KNOWS
    assert sorted(each["why"] for each in found["duplicates"]) == ["domain", "siret", "siret", "vat"]
    assert [each["name"] for each in found["salespeople"] if each["left"]] == ["Hugo Petit"]
    assert all(each["deal"]["url"].startswith("https://app.hubspot.com/") for each in found["asked"])
    assert len(list((tmp_path / "out").glob("*.html"))) == 1 + len(found["salespeople"])


_ONLY_BILLING_KNOWS = {"38990100026"}
"""Deals that ask about what exists in billing."""
