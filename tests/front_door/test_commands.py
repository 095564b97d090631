"""The commands as a person types them: `demo`, `up`, `doctor`, `audit`, `flows`."""

import asyncio
import json
import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from starters.embedded.processes import Process, raccord
from tests.front_door.account import TWO_LINES_GROSS, Account
from tests.front_door.judge import invoice_is_right, one_delivery
from tests.front_door.stack import SECRETS, TOML, Lane, answers, command, free_port, until
from tests.front_door.test_endings import end_of

SCENARIOS = [
    *("ordinary", "same-company-twice", "webhook-six-times", "worker-killed-after-commit"),
    *("missing-siret-repaired", "total-mismatch", "stripe-down", "outside-rollout"),
    *("payment", "partial-payment", "refund", "onboarding"),
    *("contact-crm-to-billing", "contact-billing-to-crm", "contact-conflict", "webhooks-off"),
    *("dunning-7-15-30", "paid-just-before-sending", "grouped-reminder", "promise-to-pay"),
    "weekly-report",
]


async def test_the_demo_plays_every_scenario_and_says_so_in_json(tmp_path: Path) -> None:
    done = await command("demo", "--exit", "--json", "demo.json", "--day", "4", environment={}, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads((tmp_path / "demo.json").read_text())
    assert report["ok"] is True
    assert [s["name"] for s in report["scenarios"]] == SCENARIOS
    for scenario in report["scenarios"]:
        assert scenario.keys() == {"name", "flow", "ok", "expected", "found", "seconds"}


class TestUp:
    @pytest.fixture
    def ports(self) -> dict[str, int]:
        return {name: free_port() for name in ("receiver", "temporal", "codec", "ui", "sandbox")}

    async def test_up_serves_survives_its_worker_and_goes_on_after_a_restart(
        self, tmp_path: Path, ports: dict[str, int]
    ) -> None:
        """A deal won while everything is down is invoiced by the vendor's redelivery after the next start."""
        config = tmp_path / "raccord.toml"
        toml = TOML.format(
            mode="live", payment="shadow", namespace="up", directory=tmp_path / "data", **ports
        )
        config.write_text(toml.replace("[temporal]\n", f"[temporal]\nembedded_ui_port = {ports['ui']}\n"))
        environment = SECRETS | {"RACCORD_CONFIG": str(config), "TEMPORAL_ADDRESS": ""}
        address = f"http://127.0.0.1:{ports['receiver']}"
        sandbox = raccord(
            "sandbox",
            *("sandbox", "--port", str(ports["sandbox"]), "--mail"),
            *("--webhook", f"hubspot={address}/webhooks/hubspot"),
            log=tmp_path / "sandbox.log",
        )
        await sandbox.start()
        account = Account(f"http://127.0.0.1:{ports['sandbox']}")
        try:
            await until(lambda: answers(f"http://127.0.0.1:{ports['sandbox']}/_control/requests"))
            up = await self._start(tmp_path, environment, address)
            assert (tmp_path / "data" / "keys.json").stat().st_mode & 0o777 == 0o600
            deal = await account.deal()
            await self._kill_worker(up)
            await account.win(deal)
            await self._shown(account, deal)
            await up.stop()
            assert not await answers(f"{address}/healthz")
            late = await account.deal()
            await account.win(late)
            again = await self._start(tmp_path, environment, address)
            await self._shown(account, late)
            invoice = await invoice_is_right(account, late, gross=TWO_LINES_GROSS)
            await one_delivery(account, invoice)
            await again.stop()
        finally:
            await account.close()
            await sandbox.stop()

    async def _start(self, directory: Path, environment: dict[str, str], address: str) -> Process:
        up = raccord("up", "up", log=directory / "up.log", environment=environment)
        await up.start()
        await until(lambda: answers(f"{address}/readyz"), what="up is ready")
        return up

    async def _kill_worker(self, up: Process) -> None:
        listed = await asyncio.to_thread(
            subprocess.run,
            ["pgrep", "-P", str(up.pid), "-f", "main worker|\\bworker$"],
            capture_output=True,
            text=True,
        )
        for pid in listed.stdout.split():
            os.kill(int(pid), signal.SIGKILL)
        assert listed.stdout.split(), "up has a worker"

    async def _shown(self, account: Account, deal: str) -> None:
        async def shown() -> bool:
            return bool((await account.shown(deal))["billing_invoice_number"])

        await until(shown, what=f"deal {deal} shows its invoice")


async def test_doctor_finds_nothing_wrong_with_a_working_account(lane: Lane) -> None:
    done = await command("doctor", "--json", environment=lane.environment)
    report = json.loads(done.stdout)
    failed = [c for c in report["checks"] if c["state"] == "FAIL"]
    assert failed == []
    assert done.returncode == 0
    assert report["mode"] == "TEST"
    assert len(report["checks"]) > 25


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("RACCORD_STRIPE__API_KEY", "rk_test_another000000000000000000", "key"),
        ("RACCORD_HUBSPOT__ACCESS_TOKEN", "pat-eu1-another-0000", "token"),
        ("RACCORD_HUBSPOT__WEBHOOK_SECRET", "short", "webhook_secret"),
        ("RACCORD_INVOICE__PAYMENT_TERMS_DAYS", "many", "payment_terms_days"),
    ],
)
async def test_doctor_fails_with_what_to_do(lane: Lane, name: str, value: str, said: str) -> None:
    done = await command("doctor", "--json", environment=lane.environment | {name: value})
    assert done.returncode == 1
    failed = [c for c in json.loads(done.stdout)["checks"] if c["state"] == "FAIL"]
    assert len(failed) == 1, "one cause is one failure"
    assert said in json.dumps(failed[0]).lower()
    assert failed[0]["remedy"]
    assert value not in done.stdout


async def test_setup_makes_what_the_settings_name_once(lane: Lane) -> None:
    """Under names of its own, which the account cannot have."""
    renamed = lane.environment | {"RACCORD_HUBSPOT__MAPPING__LINE_ITEMS__VAT_RATE": "taux_de_tva"}
    said = []
    for _ in range(2):
        done = await command("setup", "--json", environment=renamed)
        assert done.returncode == 0, done.stdout + done.stderr
        fields = {each["name"]: each["found"] for each in json.loads(done.stdout)["fields"]}
        said.append(fields["line items: taux_de_tva"])
    assert said == ["made", "there already"]
    refused = await command("setup", environment=renamed | {"RACCORD_HUBSPOT__ACCESS_TOKEN": "another"})
    assert refused.returncode == 1
    assert "HubSpot refuses the credentials" in refused.stderr


async def test_live_mode_without_a_cut_over_date_refuses_to_start(lane: Lane, tmp_path: Path) -> None:
    config = tmp_path / "raccord.toml"
    without = [
        line for line in lane.config_file.read_text().splitlines() if "invoice_deals_won_from" not in line
    ]
    config.write_text("\n".join(without))
    done = await command("worker", environment=lane.environment | {"RACCORD_CONFIG": str(config)})
    assert done.returncode == 2
    assert "invoice_deals_won_from is needed" in done.stderr


async def test_the_audit_of_a_working_account_verifies_and_exports(lane: Lane) -> None:
    deal = await lane.account.deal()
    await lane.account.win(deal)
    await end_of(lane, deal)
    verified = await command("audit", "verify", "--json", environment=lane.environment)
    assert verified.returncode == 0
    rows: list[dict[str, Any]] = [
        json.loads(line)
        for line in (await command("audit", "export", environment=lane.environment)).stdout.splitlines()
    ]
    assert json.loads(verified.stdout)["rows"] <= len(rows)
    assert {"intent", "outcome"} <= {row["kind"] for row in rows}


async def test_every_flow_is_listed_with_its_state_and_where_to_look(lane: Lane) -> None:
    deal = await lane.account.deal()
    await lane.account.win(deal)
    await end_of(lane, deal)

    async def listed(*options: str) -> list[dict[str, Any]]:
        done = await command("flows", "list", "--json", *options, environment=lane.environment)
        assert done.returncode == 0, done.stderr
        return [row for row in json.loads(done.stdout) if row["subject"] == f"hubspot:{deal}"]

    async def invoiced() -> bool:
        return bool(await listed("--state", "invoiced"))

    await until(invoiced, what="visibility follows")
    (row,) = await listed()
    assert (row["flow"], row["state"]) == ("DealWon", "invoiced")
    assert f"deal-won%2Fhubspot%2F{deal}" in row["url"]
    assert await listed("--state", "waiting") == []


async def test_a_flow_started_by_hand_goes_on_from_what_exists(lane: Lane) -> None:
    company = await lane.account.company(zip="")
    deal = await lane.account.deal(company)
    await lane.account.win(deal)
    await lane.question(deal)
    await lane.account.edit("companies", company, zip="69003")
    done = await command("flows", "start", deal, environment=lane.environment)
    assert done.returncode == 0, done.stderr
    assert (await end_of(lane, deal))["ending"] in ("invoiced", "already_invoiced")
    await command("flows", "start", deal, environment=lane.environment)
    assert (await end_of(lane, deal, after_runs=1))["ending"] == "already_invoiced"
    await invoice_is_right(lane.account, deal, gross=TWO_LINES_GROSS)
    await _its_story_is_told(lane, deal)


async def _its_story_is_told(lane: Lane, deal: str) -> None:
    """By its id, and by the number of its invoice: all that happened, each with where it is written."""
    number = str((await lane.account.shown(deal))["billing_invoice_number"])
    done = await command("flows", "show", number, "--json", environment=lane.environment)
    story = json.loads(done.stdout)
    assert story["deal"]["id"] == deal
    assert story["unread"] == []
    codes = [each["code"] for each in story["facts"]]
    told = ("story.won_by", "story.asked_of", "story.settled_alone", "story.proven", "story.issued_due")
    assert [code for code in told if code in codes] == list(told)
    assert all(each["source"] for each in story["facts"])
    why = await command("flows", "why", deal, environment=lane.environment)
    assert number in why.stdout
