"""A deal's whole way from another CRM: Pipedrive's webhook to Stripe's number on the deal, and no echo."""

import json
from collections.abc import Iterator
from pathlib import Path

from sandbox.pipedrive.person import PipedrivePerson
from tests.front_door.account import siren
from tests.front_door.stack import Lane, TemporalServer, until
from tests.front_door.test_endings import end_of, runs

SECRETS = {
    "RACCORD_PIPEDRIVE__API_TOKEN": "5a4db0c000000000000000000000000000000000",
    "RACCORD_PIPEDRIVE__WEBHOOK_SECRET": "sandbox-pipedrive-webhook-0000",
}
ADDRESS = {"value": "12 rue du Canal, 69003 Lyon, France"}
SECTION = """[pipedrive]
base_url = "{base_url}"
company_id = 8087566
user_id = 70112299
requests_per_second = 100
timeout = 2

"""


class PipedriveLane(Lane):
    """A lane whose CRM is Pipedrive, with the fields that `raccord setup` makes."""

    crm = "pipedrive"

    def write_configuration(self) -> None:
        super().write_configuration()
        before, _, rest = self.config_file.read_text().partition("[hubspot]")
        section = SECTION.format(base_url=self.url("sandbox", "/pipedrive"))
        behind = rest[rest.index("\n[") + 1 :]
        self.config_file.write_text(before.replace('"hubspot"', '"pipedrive"') + section + behind)

    async def listen(self) -> None:
        """Have Pipedrive send webhooks, from now on."""
        await self.account.settings("pipedrive", url=self.url("receiver", "/webhooks/pipedrive"))

    def verdicts(self) -> Iterator[str]:
        """What the receiver thought of each delivery of Pipedrive's."""
        for line in (self.directory / "starter.log").read_text().splitlines():
            told = json.loads(line) if line.startswith("{") else {}
            if (told.get("event"), told.get("connection")) == ("webhook", "pipedrive"):
                yield told["verdict"]


async def test_a_deal_won_in_pipedrive_becomes_one_invoice_and_its_number_is_no_event(
    server: TemporalServer, tmp_path: Path
) -> None:
    lane = PipedriveLane(server, tmp_path, "pipedrive", messenger=False, overrides=SECRETS)
    async with lane:
        # The deal's value is then net of VAT, as `[invoice] amount_basis` has it.
        await lane.account.settings("pipedrive", rate_limits=False, sum_with_tax=False)
        done = await lane.command("setup", "--json")
        said = json.loads(done.stdout)
        assert said["ok"], done.stdout
        assert len(said["codes"]["pipedrive.mapping.invoice"]["number"]) == 40
        person = PipedrivePerson(lane.account.http)
        company = await person.create("organization", name="Atelier du Rhône", address=ADDRESS)
        reached = {"SIREN": siren(71000000), "E-mail de facturation": "compta@atelier-rhone.example"}
        await person.set_fields("organization", company, **reached)
        values = {"title": "Refonte du site", "org_id": company, "currency": "EUR", "value": 989.91}
        deal = await person.create("deal", **values)
        await person.add_line(deal, "Conseil", 1000.0, tax=20)
        await person.add_line(deal, "Livre", 33.3, 3, tax=5.5)
        await person.discount(deal, 10)
        await lane.listen()
        await person.win(deal)
        assert (await end_of(lane, str(deal)))["ending"] == "invoiced"
        (invoice,) = await lane.account.billing.invoices(crm_deal_id=f"pipedrive:{deal}")
        # 900.00 and 89.91 net after ten per cent; VAT 180.00 and 4.95.
        assert (invoice["subtotal"], invoice["total"]) == (98991, 117486)
        shown = (await person.shown("deal", deal))["custom"]
        assert shown["Facture - numéro"] == invoice["number"]
        await until(lambda: _heard_again(lane), what="our own write is told to us")
        assert list(lane.verdicts()).count("accepted") == 1
        assert await runs(lane, str(deal)) == 1


async def _heard_again(lane: PipedriveLane) -> bool:
    return "ignored" in lane.verdicts()
