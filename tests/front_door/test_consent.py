"""An access that a person withdraws: one alert that says what to do, and all goes on after `connect`."""

import asyncio
import re
from pathlib import Path

import httpx

from sandbox.pennylane.person import PennylanePerson
from tests.forked import Forked
from tests.front_door.stack import Lane, TemporalServer, free_port, until
from tests.front_door.test_endings import end_of
from tests.front_door.test_pennylane import PennylaneLane
from tests.patience import patience

OVERRIDES = {
    "RACCORD_PENNYLANE__CLIENT_ID": "pl_sandbox_app",
    "RACCORD_PENNYLANE__CLIENT_SECRET": "pl_sandbox_app_secret_000000",
    "RACCORD_WATCH__CREDENTIALS_ALERT_AFTER": "1",
    "RACCORD_WATCH__PROBE_EVERY": "1",
    "RACCORD_TEMPORAL__AUTH_RETRY": "1",
}
_PAGE = re.compile(r"http://\S+/oauth/authorize\S+")


class ConnectedLane(PennylaneLane):
    """A lane whose Pennylane somebody agrees to."""

    def write_configuration(self) -> None:
        super().write_configuration()
        addresses = (
            f'oauth_url = "{self.url("sandbox", "/pennylane/oauth")}"\n'
            f'redirect_url = "http://127.0.0.1:{free_port()}/oauth/callback"\n'
        )
        told = self.config_file.read_text()
        self.config_file.write_text(told.replace("[pennylane]\n", f"[pennylane]\n{addresses}"))


async def connect(lane: Lane, number: int) -> None:
    """Run `raccord connect`, and agree on the page that it shows."""
    log = lane.directory / f"connect-{number}.log"
    process = Forked("connect", "connect", "pennylane", log=log, environment=lane.environment)
    await process.start()

    async def shown() -> bool:
        return log.exists() and bool(_PAGE.search(log.read_text()))

    await until(shown, what="the page is shown")
    (page,) = _PAGE.findall(log.read_text())
    back = await lane.account.http.get(page, headers={"X-Sandbox-Actor": "claire"})
    async with httpx.AsyncClient(trust_env=False) as browser:
        assert (await browser.get(back.headers["location"])).status_code == 200
    assert await asyncio.wait_for(process.wait(), patience(30)) == 0, log.read_text()


async def test_what_waited_for_a_withdrawn_access_goes_on_once_somebody_agrees_again(
    server: TemporalServer, tmp_path: Path
) -> None:
    async with ConnectedLane(server, tmp_path, "consent", overrides=OVERRIDES) as lane:
        await lane.account.settings("pennylane", pdf_seconds=0.0, rate_limits=False)
        await connect(lane, 1)
        person = PennylanePerson(lane.account.http)
        await person.disconnect()
        deal = await lane.account.deal()
        await lane.account.win(deal)

        async def told() -> bool:
            return bool(await lane.account.messages("pennylane", "refuse les identifiants"))

        await until(told, what="the alert")
        await connect(lane, 2)
        # After an alert a sweep follows, so that another run may have looked at what the first one did.
        assert (await end_of(lane, deal))["ending"] in ("invoiced", "already_invoiced")
        (found,) = await person.invoices(external_reference=f"hubspot:{deal}/1/1")
        number = (await person.invoice(found["id"]))["invoice_number"]
        assert (await lane.account.shown(deal))["billing_invoice_number"] == number
        (alert,) = await lane.account.messages("pennylane", "refuse les identifiants")
        assert "raccord connect pennylane" in str(alert["blocks"])
