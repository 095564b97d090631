"""`raccord doctor`: one cause is one failure with its remedy; what depends on it is not checked."""

import json
import socket
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click import unstyle
from click.testing import CliRunner

from raccord.connectors.connection import Check, CheckState, Kind
from raccord.connectors.crm import VAT_RATES
from raccord.connectors.errors import Auth, Forbidden, Transient
from raccord.connectors.http.token_endpoint import ClientRefused
from raccord.domain.rules.modes import Mode
from raccord.sealing import KeyRing
from raccord.settings.load import read
from starters.cli.doctor import company, machine, page, stores, vendors
from starters.cli.doctor import examine as examining
from starters.cli.doctor.examine import Examined, Finding, before_a_start, examine
from starters.cli.doctor.temporal import WORKERS
from starters.cli.main import app
from tests.fakes.billing import FakeBilling
from tests.fakes.mailer import FakeMailer
from tests.settings.written import SMTP, configuration, on_pennylane
from workers.connections import Connections, Opened

REFUSED = Auth("HubSpot refuses the credentials.")


class Port:
    """A vendor that answers its probe with an error, or not at all with one."""

    def __init__(self, error: Exception | None) -> None:
        self._error = error
        self.asked = 0

    async def probe(self) -> None:
        if self._error:
            raise self._error

    found: tuple[Check, ...] = (
        Check.fail("deals", "no scope", remedy="Give it the scope."),
        Check.ok("owners", "readable"),
    )

    async def check(self) -> tuple[Check, ...]:
        self.asked += 1
        return self.found


async def _lines(directory: Path, error: Exception | None) -> tuple[list[Check], Port]:
    port: Any = Port(error)
    row = Opened(configuration(directory).crm, port)
    return [check async for check in vendors.connection(row, default_rate=False, acting=())], port


class TestAConnection:
    @pytest.mark.parametrize("default_rate", [True, False])
    async def test_lines_without_a_place_for_a_vat_rate_come_first(
        self, tmp_path: Path, default_rate: bool
    ) -> None:
        port: Any = Port(None)
        port.found = (
            Check.ok("deals", "readable"),
            Check.warn(VAT_RATES, "vat_rate does not exist", remedy="Make it."),
        )
        row = Opened(configuration(tmp_path).crm, port)
        found = [check async for check in vendors.connection(row, default_rate=default_rate, acting=())]
        names = [check.name.removeprefix("hubspot: ") for check in found]
        rates = found[names.index(VAT_RATES)]
        assert ("every deal would be a question" in rates.found) is not default_rate
        assert names == (
            ["credentials", "deals", VAT_RATES] if default_rate else ["credentials", VAT_RATES, "deals"]
        )

    @pytest.mark.parametrize(
        ("flow", "acting", "state"),
        [
            ("payment", (), CheckState.WARN),
            ("payment", ("deal_won",), CheckState.WARN),
            ("payment", ("payment",), CheckState.FAIL),
            ("", (), CheckState.FAIL),
        ],
    )
    async def test_what_only_a_flow_in_shadow_needs_is_a_warning(
        self, tmp_path: Path, flow: str, acting: tuple[str, ...], state: CheckState
    ) -> None:
        port: Any = Port(None)
        port.found = (Check.fail("field", "does not exist", remedy="x").model_copy(update={"flow": flow}),)
        row = Opened(configuration(tmp_path).crm, port)
        _, found = [check async for check in vendors.connection(row, default_rate=True, acting=acting)]
        assert (found.state, "flow" in found.row()) == (state, False)

    async def test_a_refused_key_is_one_failure_that_names_the_variable(self, tmp_path: Path) -> None:
        (failed, rest), port = await _lines(tmp_path, REFUSED)
        assert (failed.name, failed.state) == ("hubspot: credentials", CheckState.FAIL)
        assert "RACCORD_HUBSPOT__ACCESS_TOKEN" in failed.remedy
        assert (rest.state, rest.found) == (CheckState.SKIP, "not checked (needs hubspot: credentials)")
        assert port.asked == 0

    async def test_an_unknown_application_is_corrected_and_not_connected_anew(self, tmp_path: Path) -> None:
        (failed, _), _ = await _lines(tmp_path, ClientRefused("it does not know client_id"))
        assert "RACCORD_HUBSPOT__CLIENT_ID, RACCORD_HUBSPOT__CLIENT_SECRET" in failed.remedy

    @pytest.mark.parametrize("error", [Transient("HubSpot is down."), TimeoutError()])
    async def test_a_silent_vendor_is_one_failure_too(self, tmp_path: Path, error: Exception) -> None:
        (failed, rest), port = await _lines(tmp_path, error)
        assert (failed.name, failed.state) == ("hubspot: reachable", CheckState.FAIL)
        assert failed.found
        assert "network" in failed.remedy
        assert rest.state is CheckState.SKIP
        assert port.asked == 0

    @pytest.mark.parametrize("error", [None, Forbidden("lacks a scope")])
    async def test_an_accepted_key_is_asked_for_its_rights(
        self, tmp_path: Path, error: Exception | None
    ) -> None:
        found, _ = await _lines(tmp_path, error)
        assert [check.name for check in found] == [
            "hubspot: credentials",
            "hubspot: deals",
            "hubspot: owners",
        ]


class Post(FakeMailer):
    """A mail server that takes one sender and refuses every other."""

    async def check_senders(self, senders: tuple[str, ...]) -> tuple[Check, ...]:
        taken = await super().check_senders(senders[:1])
        return (*taken, *(Check.fail(f"sender {each}", "not yours", remedy="Ask.") for each in senders[1:]))


class TestSendersOfReminders:
    @pytest.mark.parametrize(
        ("mode", "state"), [(Mode.LIVE, CheckState.FAIL), (Mode.SHADOW, CheckState.WARN)]
    )
    async def test_the_mail_server_is_asked_for_each(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: Mode, state: CheckState
    ) -> None:
        levels = "".join(
            f'[[dunning.levels]]\nday = {day}\ntone = "firm"\nsender = "{sender}@hexalab.example"\n'
            for day, sender in ((7, "compta"), (15, "compta"), (30, "direction"))
        )
        first = 'mailer = "smtp"\ninvoice_deals_won_from = 2026-01-01'
        loaded = configuration(tmp_path, f'{first}\n[modes]\ndunning = "{mode}"\n{levels}{SMTP}')
        ports: dict[Kind, Any] = {Kind.CRM: Port(None), Kind.BILLING: FakeBilling(), Kind.MAILER: Post()}
        rows = tuple(Opened(each, ports[each.kind]) for each in loaded.connections)
        monkeypatch.setattr(examining, "opened", lambda _: nullcontext(Connections(rows)))
        found = (await examine(loaded.path)).checks
        senders = {each.name: each.state for each in found if each.name.startswith("smtp: sender")}
        assert senders == {
            "smtp: sender compta@hexalab.example": CheckState.OK,
            "smtp: sender direction@hexalab.example": state,
        }


class TestNoSettings:
    async def test_a_missing_file_is_one_failure_and_the_rest_is_not_checked(self, tmp_path: Path) -> None:
        found = await examine(tmp_path / "raccord.toml")
        (failed,) = (check for check in found.checks if check.state is CheckState.FAIL)
        assert failed.name == "settings"
        assert f"raccord init {tmp_path}/raccord.toml" in failed.remedy
        skipped = [check for check in found.checks if check.state is CheckState.SKIP]
        assert len(skipped) == 4
        assert {check.found for check in skipped} == {"not checked (needs settings)"}

    def test_for_a_machine_the_shape_is_the_same(self, tmp_path: Path) -> None:
        done = CliRunner().invoke(app, ["doctor", "--json", "--config", str(tmp_path / "raccord.toml")])
        report = json.loads(done.output)
        assert done.exit_code == 1
        assert (report["ok"], report["mode"]) == (False, None)
        for check in report["checks"]:
            assert check.keys() == {"name", "state", "found", "expected", "remedy"}


class TestThisMachine:
    def test_the_disk_is_that_of_the_data(self, tmp_path: Path) -> None:
        there = configuration(tmp_path, f'[data]\ndirectory = "{tmp_path}/not/yet/there"')
        assert machine.disk(there).found.endswith(f"free at {tmp_path}")

    def test_a_data_directory_that_cannot_be_made_keeps_raccord_from_starting(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        loaded = configuration(tmp_path, f'[data]\ndirectory = "{tmp_path}/file/data"')
        (failed,) = (check for check in before_a_start(loaded) if check.name == "data directory")
        assert failed.found == f"{tmp_path}/file is no folder"

    @pytest.mark.parametrize(("free", "state"), [(100, "FAIL"), (500, "WARN"), (5000, "OK")])
    def test_how_much_is_needed(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, state: str
    ) -> None:
        class Usage:
            pass

        usage: Any = Usage()
        usage.free = free * 2**20
        monkeypatch.setattr("shutil.disk_usage", lambda _: usage)
        loaded = configuration(tmp_path)
        assert machine.disk(loaded).state == state
        assert ("disk" in [check.name for check in before_a_start(loaded)]) is (state == "FAIL")

    def test_every_port_that_is_wanted_is_looked_at(self, tmp_path: Path) -> None:
        settings = "\n".join(
            (
                "receiver.port = 18180",
                *(f"temporal.{name} = {port}" for name, port in _temporal_ports()),
                "metrics.worker_port = 0",
                "metrics.receiver_port = 18184",
                "health.worker_port = 18185",
            )
        )
        names = [check.name for check in machine.ports(configuration(tmp_path, settings))]
        assert names == [f"port {port}" for port in (18180, 18181, 18182, 18183, 18184, 18185)]

    def test_a_taken_port_is_no_warning_while_raccord_runs(self, tmp_path: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            loaded = configuration(tmp_path, f"receiver.port = {server.getsockname()[1]}")
            states = [next(machine.ports(loaded, running=running)).state for running in (False, True)]
        assert states == [CheckState.WARN, CheckState.OK]


def _temporal_ports() -> Iterator[tuple[str, int]]:
    yield from (("embedded_port", 18181), ("embedded_ui_port", 18182), ("codec_port", 18183))


class TestThePage:
    @pytest.fixture
    def examined(self) -> Examined:
        long = "A sentence that is much too long for the line of a terminal that is sixty columns wide."
        return Examined(
            None,
            (
                Finding("This machine", Check.ok("python", "3.11")),
                Finding("This machine", Check.warn("disk", long, expected="more", remedy=long)),
                Finding("hubspot, crm", Check.fail("credentials", long, remedy=long).of("hubspot")),
                Finding("hubspot, crm", Check.skipped("rest", needs="credentials").of("hubspot")),
            ),
        )

    def test_nothing_is_wider_than_the_terminal_and_no_word_is_broken(
        self, examined: Examined, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(page, "columns", lambda: 60)
        lines = list(page.lines(examined, "en", doctor="raccord doctor", up="raccord up"))
        printed = [line for line in map(_plain, lines) if not line.startswith("Next")]
        assert max(map(len, printed)) <= 60
        assert "much too long for" in " ".join(" ".join(printed).split())

    def test_it_is_grouped_counted_and_ends_with_the_next_step(self, examined: Examined) -> None:
        lines = [
            _plain(line) for line in page.lines(examined, "en", doctor="raccord doctor", up="raccord up")
        ]
        assert [line for line in lines if line in ("This machine", "hubspot, crm")] == [
            "This machine",
            "hubspot, crm",
        ]
        assert lines[-2] == "1 ok, 1 warning, 1 failed, 1 not checked."
        assert lines[-1].endswith("then raccord doctor again.")

    def test_a_start_is_next_where_nothing_failed(self) -> None:
        ready = Examined(None, (Finding("This machine", Check.ok("python", "3.11")),))
        assert list(page.lines(ready, "en", doctor="raccord doctor", up="raccord up"))[-1].startswith(
            "Next: "
        )

    @pytest.mark.parametrize(
        ("workers", "ending"),
        [
            (Check.ok(WORKERS, "2"), "Raccord is running, with these settings."),
            (Check.warn(WORKERS, "none", remedy="Start one."), "Next: raccord up."),
        ],
    )
    def test_nobody_is_told_to_start_what_runs(self, workers: Check, ending: str) -> None:
        examined = Examined(None, (Finding("Keys and data", workers),))
        last = list(page.lines(examined, "en", doctor="raccord doctor", up="raccord up"))[-1]
        assert _plain(last) == ending


def _plain(line: str) -> str:
    return unstyle(line)


def test_a_key_that_others_can_read_is_a_failure_with_its_remedy(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    loaded = configuration(tmp_path, f'data.key_file = "{path}"')
    KeyRing.create(path)
    assert stores.key(loaded)[1].state is CheckState.OK
    path.chmod(0o640)
    _, failed = stores.key(loaded)
    assert (failed.state, failed.remedy) == (CheckState.FAIL, f"chmod 600 {path}")


class TestWebhooksThatASweepReplaces:
    """Stripe's: flow 1 runs without them, and payments are only found later."""

    @staticmethod
    def _lines(directory: Path, mode: Mode) -> list[Check]:
        loaded = configuration(directory)
        settings = loaded.settings.model_copy(update={"modes": {"payment": mode}})
        return list(company.rules(replace(loaded, settings=settings)))

    @pytest.mark.parametrize("mode", list(Mode))
    def test_a_missing_secret_is_a_warning_where_payments_are_not_in_shadow(
        self, tmp_path: Path, mode: Mode
    ) -> None:
        found = [check for check in self._lines(tmp_path, mode) if check.name == "webhook secret"]
        assert [check.state for check in found] == [CheckState.WARN] * (mode is not Mode.SHADOW)
        assert all("RACCORD_STRIPE__WEBHOOK_SECRET" in check.remedy for check in found)

    @pytest.mark.parametrize(
        ("payment", "said"),
        [("shadow", []), ("live", ["found by the sweep, every 5 min: pennylane tells of none by itself; "])],
    )
    def test_where_there_is_none_for_payments_it_is_said_how_long_they_wait(
        self, tmp_path: Path, payment: str, said: list[str]
    ) -> None:
        rules = f'invoice_deals_won_from = 2026-01-01\n[modes]\npayment = "{payment}"'
        loaded = on_pennylane(tmp_path, f'{rules}\n[sweep]\nevery = "5 min"')
        found = [each for each in company.rules(loaded) if each.name == "payments"]
        assert [each.state for each in found] == [CheckState.OK] * len(said)
        assert [each.found.partition("; ")[0] + "; " for each in found] == said

    def test_a_crm_without_an_app_has_setup_register_for_its_webhooks(self, tmp_path: Path) -> None:
        file = tmp_path / "raccord.toml"
        file.write_text(
            'crm = "pipedrive"\n[pipedrive]\napi_token = "0000"\n[stripe]\napi_key = "rk_test_0000"\n'
        )
        (told,) = [each for each in company.rules(read(file)) if each.name == "webhook secret"]
        assert (told.state, told.remedy.partition(",")[0]) == (CheckState.WARN, "Run raccord setup")

    def test_nothing_starts_only_with_their_secret(self, tmp_path: Path) -> None:
        loaded = configuration(tmp_path)
        assert loaded.billing.vendor.needed_secrets == ("api_key",)
        assert loaded.billing.webhooks is None
        assert "webhook_secret" in loaded.crm.vendor.needed_secrets

    async def test_what_else_is_asked_stands_below_its_connection(self, tmp_path: Path) -> None:
        async def also() -> tuple[Check, ...]:
            return (Check.ok("webhook endpoint", "we_1"),)

        port: Any = Port(None)
        row = Opened(configuration(tmp_path).billing, port)
        lines = [each async for each in vendors.connection(row, default_rate=False, acting=(), also=also)]
        assert lines[-1].name == "stripe: webhook endpoint"
