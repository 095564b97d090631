"""Where a demo lives: its own folder, free ports, and a configuration that points at the sandbox."""

import os
import shutil
import socket
import tempfile
from dataclasses import dataclass
from pathlib import Path

from raccord.temporal.views import WebUi
from starters.demo.access import CREDENTIALS, TOOLS, exports

NAMESPACE = "raccord"

_PREFERRED = {"temporal": 7233, "ui": 8233, "receiver": 8080, "codec": 8081, "sandbox": 8090, "smtp": 9925}

_TOML = """
crm = "hubspot"
billing = "stripe"
messenger = "slack"
mailer = "smtp"
outbound = "tools"
invoice_deals_won_from = 2020-01-01

[company]
name = "Hexalab SAS"

[modes]
deal_won = "live"
payment = "live"

# Julien Caron sells outside the pilot group: his deals are left alone.
[rollout]
owners = ["64492917", "64492918", "64492919"]

[desk]
contact = "Anne Durand, finance"
escalate_to = ["anne.durand@hexalab.example"]

[payment]
finance = ["anne.durand@hexalab.example"]
gather = 1

[mail]
in_test = true

[onboarding]
settle = 1

[[onboarding.steps]]
kind = "crm_task"
name = "kick-off"
title = "Appeler {{customer}}"
text = "{{amount}} reçus pour {{deal}} : convenir du lancement."
due_in = 2

[[onboarding.steps]]
kind = "email"
name = "welcome"

[[onboarding.steps]]
kind = "slack"
name = "tell"
title = "{{customer}} a tout réglé"
text = "Le client reçoit le message de bienvenue ; la suite est une tâche de l'affaire."

[[onboarding.steps]]
kind = "event"
name = "out"

[watch]
alert_after = 4
credentials_alert_after = 2
probe_every = 1
flow_waits_after = 3

[invoice]
operations = "services"

[invoice.footers]
fr = "Pas d'escompte. Retard : pénalités au taux BCE + 10 points et indemnité de recouvrement de 40 EUR."
en = "No discount. Late payment: interest at the ECB rate plus 10 points and a recovery indemnity of EUR 40."

[vat.zero_rate_reasons]
exempt_fr = "TVA non applicable, art. 261-4-4° du CGI."
reverse_charge_fr = "Autoliquidation par le preneur."
reverse_charge_en = "Reverse charge."
outside_scope_fr = "Prestation non soumise à la TVA française : client établi hors de l'Union européenne."
outside_scope_en = "Not subject to French VAT: business customer established outside the European Union."

[receiver]
port = {receiver}
public_url = "http://127.0.0.1:{receiver}"

[temporal]
longest_retry = 3
auth_retry = 3
embedded_port = {temporal}
embedded_ui_port = {ui}
codec_port = {codec}

[metrics]
worker_port = 0
receiver_port = 0

[data]
directory = "{directory}"

[hubspot]
base_url = "http://127.0.0.1:{sandbox}/hubspot"

[stripe]
base_url = "http://127.0.0.1:{sandbox}/stripe"
dashboard_url = "http://127.0.0.1:{sandbox}/stripe/dashboard"
settle = 2

[slack]
base_url = "http://127.0.0.1:{sandbox}/slack/api/"
channel = "C0BILLING"
people = ["anne.durand@hexalab.example", "U0CAMILLE"]

[smtp]
base_url = "smtp://127.0.0.1:{smtp}"
encryption = "none"
sender = "Hexalab <bonjour@hexalab.example>"

[tools]
vendor = "standard_webhooks"
base_url = "http://127.0.0.1:{sandbox}/_control/events"
"""


@dataclass(frozen=True)
class Place:
    """One demo's folder and ports."""

    directory: Path
    ports: dict[str, int]

    @classmethod
    def make(cls) -> "Place":
        """Make a fresh folder and choose ports: the documented ones where they are free."""
        base = Path(".raccord")
        base.mkdir(mode=0o700, exist_ok=True)
        for old in base.glob("demo-*"):
            if not _alive(old):
                shutil.rmtree(old, ignore_errors=True)
        directory = Path(tempfile.mkdtemp(prefix="demo-", dir=base)).resolve()
        (directory / "pid").write_text(str(os.getpid()), "utf-8")
        place = cls(directory, {name: _free(port) for name, port in _PREFERRED.items()})
        place.config.write_text(_TOML.format(directory=directory, **place.ports), "utf-8")
        place.write_shell_file()
        return place

    def write_shell_file(self) -> None:
        """Write the environment of the demo's processes, readable by its owner alone."""
        descriptor = os.open(self.shell_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(exports(self.environment))

    @property
    def config(self) -> Path:
        return self.directory / "raccord.toml"

    @property
    def environment(self) -> dict[str, str]:
        """What the demo's processes need beside the file: credentials, and no leftovers of a real set-up."""
        clean = {name: "" for name in os.environ if name.startswith("TEMPORAL_")}
        return clean | {
            "TEMPORAL_ADDRESS": f"127.0.0.1:{self.ports['temporal']}",
            "TEMPORAL_NAMESPACE": NAMESPACE,
            "RACCORD_CONFIG": str(self.config),
            **CREDENTIALS,
            "RACCORD_TOOLS__WEBHOOK_SECRET": TOOLS,
        }

    @property
    def ui(self) -> WebUi:
        return WebUi(self.url("ui"), NAMESPACE)

    @property
    def shell_file(self) -> Path:
        """What another shell reads to work beside the demo: `. FILE`."""
        return self.directory / "env"

    def log(self, name: str) -> Path:
        return self.directory / "logs" / f"{name}.log"

    def url(self, name: str, path: str = "") -> str:
        return f"http://127.0.0.1:{self.ports[name]}{path}"


def _alive(directory: Path) -> bool:
    try:
        os.kill(int((directory / "pid").read_text("utf-8")), 0)
    except (OSError, ValueError):
        return False
    return True


def _free(preferred: int) -> int:
    for port in (preferred, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError("no free port on loopback")
