"""A deal's whole way with another billing system: HubSpot's webhook to Pennylane's number on the deal."""

from pathlib import Path

from sandbox.pennylane.person import PennylanePerson
from tests.front_door.stack import Lane, TemporalServer
from tests.front_door.test_endings import end_of

TOKEN = {"RACCORD_PENNYLANE__TOKEN": "pl_sandbox_company_token_0000000000"}
SECTION = """
[pennylane]
base_url = "{base_url}"
sandbox = true
requests_per_second = 50
settle = 1.5
timeout = 2
"""


class PennylaneLane(Lane):
    """A lane whose billing system is Pennylane."""

    def write_configuration(self) -> None:
        super().write_configuration()
        before, _, rest = self.config_file.read_text().partition("[stripe]")
        section = SECTION.format(base_url=self.url("sandbox", "/pennylane/api/external/v2"))
        behind = rest[rest.index("\n[") + 1 :]
        self.config_file.write_text(before.replace('"stripe"', '"pennylane"') + section + behind)


async def test_a_won_deal_becomes_one_invoice_in_pennylane(server: TemporalServer, tmp_path: Path) -> None:
    lane = PennylaneLane(server, tmp_path, "pennylane", messenger=False, overrides=TOKEN)
    async with lane:
        await lane.account.settings("pennylane", pdf_seconds=0.0, rate_limits=False)
        deal = await lane.account.deal()
        await lane.account.win(deal)
        assert (await end_of(lane, deal))["ending"] == "invoiced"
        person = PennylanePerson(lane.account.http)
        (found,) = await person.invoices(external_reference=f"hubspot:{deal}/1/1")
        invoice = await person.invoice(found["id"])
        assert (invoice["draft"], invoice["currency_amount"]) == (False, "1305.39")
        shown = await lane.account.shown(deal)
        assert shown["billing_invoice_number"] == invoice["invoice_number"]
        assert shown["billing_status"] == "issued"
        writes = await lane.account.requests(vendor="pennylane", committed="true")
        asked = [(each["method"], each["path"].removeprefix("/api/external/v2/")) for each in writes]
        at = f"customer_invoices/{found['id']}"
        assert asked == [
            ("POST", "company_customers"),
            ("POST", "customer_invoices"),
            ("PUT", f"{at}/finalize"),
            ("PUT", at),
            ("POST", f"{at}/send_by_email"),
        ]
