"""What `raccord.toml` may say. Each connection adds one section of its vendor's.

The sections of the company's rules are the frozen values of `raccord.domain.rules` themselves; those of the
processes are declared here.
"""

from datetime import date, timedelta
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, field_validator

from raccord.domain.rules.contact import ContactRules
from raccord.domain.rules.desk import Desk
from raccord.domain.rules.dunning import Dunning
from raccord.domain.rules.einvoicing import EInvoicing
from raccord.domain.rules.invoicing import InvoicePolicy, Invoicing
from raccord.domain.rules.modes import REPORT, Mode, Modes
from raccord.domain.rules.onboarding import Onboarding
from raccord.domain.rules.payment import PaymentRules
from raccord.domain.rules.report import ReportRules
from raccord.domain.rules.rollout import Rollout
from raccord.domain.rules.sweep import Sweeping
from raccord.domain.rules.timing import Retrying, Timing
from raccord.domain.rules.vat import VatPolicy
from raccord.domain.rules.watch import Watching
from raccord.domain.rules.written import names
from raccord.domain.values.base import Duration, Unfit
from raccord.domain.values.clock import BusinessClock

Port = Annotated[int, Field(ge=1, le=65535)]
PortOrNone = Annotated[int, Field(ge=0, le=65535)]
SHORTEST_TOKEN = 32


class Section(BaseModel):
    """A section about our own processes."""

    model_config = ConfigDict(frozen=True)


class Company(BusinessClock):
    """The company that invoices, and when its days begin."""

    name: str = ""

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        # Not in the clock itself, which is read from every payload: this searches the disk.
        if name not in available_timezones():
            raise Unfit("unfit.zone", name=name)
        return name


class Receiver(Section):
    """Where webhooks arrive. `public_url` is what vendors call and sign."""

    host: str = "127.0.0.1"
    port: Port = 8080
    public_url: str = "http://127.0.0.1:8080"
    max_body_bytes: int = Field(default=256 * 1024, gt=0)
    max_concurrent: int = Field(default=64, gt=0)
    deadline: Duration = Field(default=timedelta(seconds=2), gt=timedelta(0))
    """How long Temporal may take to accept; beyond it the vendor is asked to come again."""


class Temporal(Retrying):
    """Beside Temporal's own `TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE` and TLS variables."""

    embedded_port: Port = 7233
    embedded_ui_port: Port = 8233
    namespace: str = "raccord"
    ui_url: str = ""
    """Where people open the Web UI; default the embedded one. Its pages alone may ask the codec."""
    codec_host: str = "127.0.0.1"
    codec_port: Port = 8081
    codec_token: SecretStr = SecretStr("")
    """What a reverse proxy that knows its users says as `Authorization: Bearer`; without it the codec serves
    the user of this machine that runs it, and nobody else."""
    sticky_timeout: Duration = timedelta(seconds=10)
    graceful_shutdown: Duration = timedelta(seconds=15)

    @field_validator("codec_token")
    @classmethod
    def _long_enough(cls, token: SecretStr) -> SecretStr:
        if 0 < len(token.get_secret_value()) < SHORTEST_TOKEN:
            raise Unfit("unfit.token", least=str(SHORTEST_TOKEN))
        return token

    @property
    def web_ui(self) -> str:
        """Where the Web UI is opened, without a slash at the end."""
        return self.ui_url.rstrip("/") or f"http://127.0.0.1:{self.embedded_ui_port}"

    @property
    def codec_endpoint(self) -> str:
        """Where a browser that shows the Web UI asks the codec: behind a proxy, under its own origin."""
        proxied = self.ui_url and self.codec_token.get_secret_value()
        return f"{self.web_ui}/codec" if proxied else f"http://127.0.0.1:{self.codec_port}"

    @property
    def ui_origins(self) -> tuple[str, ...]:
        """Return the origins of the Web UI's pages, as a browser names them."""
        if not self.ui_url:
            return (self.web_ui, f"http://localhost:{self.embedded_ui_port}")
        parts = urlsplit(self.ui_url)
        return (f"{parts.scheme}://{parts.netloc}".lower(),)


class Metrics(Section):
    """Prometheus, on loopback unless told otherwise; 0 turns a port off."""

    bind: str = "127.0.0.1"
    worker_port: PortOrNone = 9464
    receiver_port: PortOrNone = 9465


class Health(Section):
    """`/healthz`, `/readyz` and our own `/metrics` of a worker; 0 turns them off.

    The receiver answers the first two beside its webhooks.
    """

    bind: str = "127.0.0.1"
    worker_port: PortOrNone = 9466


class Data(Section):
    """Where Raccord keeps its own files in the embedded mode."""

    directory: Path = Path(".raccord")
    key_file: Path | None = None
    """The encryption key ring; default `keys.json` in `directory`."""
    keep_pdfs: bool = True
    """Whether the PDF of each issued invoice is fetched; the billing system stays the archive."""
    pdf_directory: Path | None = None
    """Where they lie, shared by all workers of a fleet; default `invoices` in `directory`."""


class Mailing(Section):
    """What Raccord e-mails to customers."""

    templates: Path | None = None
    """A folder of the company's own templates, which go before Raccord's."""
    in_test: bool = False
    """Whether mails to customers leave with test credentials of the billing system."""


class Settings(BaseModel):
    """Everything Raccord is told. Connections are added as fields by `raccord.settings.load`."""

    model_config = ConfigDict(frozen=True, validate_default=True)

    crm: str = "hubspot"
    """The connection of the CRM."""
    billing: str = "stripe"
    """The connection of the billing system."""
    messenger: str = ""
    """The connection of the messenger; empty when there is none."""
    mailer: str = ""
    """The connection of the mail server; empty when Raccord sends no mail."""
    outbound: Annotated[tuple[str, ...], BeforeValidator(names)] = ()
    """The connections of the endpoints that get events."""
    report_sinks: Annotated[tuple[str, ...], BeforeValidator(names)] = ()
    """The connections of the places where the weekly report is shown."""
    inbound: Annotated[tuple[str, ...], BeforeValidator(names)] = ()
    """The connections of whoever may tell us of events; one that is called `events` at /webhooks/events."""
    invoice_deals_won_from: date | None = None
    """Deals won before this business date are never invoiced; live mode refuses to start without it."""
    database_url: str = ""
    """SQLAlchemy URL of the records; empty means a SQLite file in `data.directory`."""
    company: Company = Company()
    modes: Modes = {}
    rollout: Rollout = Rollout()
    invoice: Invoicing = Invoicing()
    vat: VatPolicy = VatPolicy()
    einvoicing: EInvoicing = EInvoicing()
    payment: PaymentRules = PaymentRules()
    dunning: Dunning = Dunning()
    contact: ContactRules = ContactRules()
    desk: Desk = Desk()
    onboarding: Onboarding = Onboarding()
    report: ReportRules = ReportRules()
    mail: Mailing = Mailing()
    watch: Watching = Watching()
    sweep: Sweeping = Sweeping()
    receiver: Receiver = Receiver()
    temporal: Temporal = Temporal()
    metrics: Metrics = Metrics()
    health: Health = Health()
    data: Data = Data()

    @property
    def timing(self) -> Timing:
        """How steps are timed and retried, and when a flow says that it waits."""
        return Timing.model_validate(dict(self.temporal) | {"waiting_after": self.watch.flow_waits_after})

    @property
    def acting(self) -> tuple[str, ...]:
        """The flows that are not in shadow, and write into CRM or billing system."""
        acting = (flow for flow, mode in self.modes.items() if mode is not Mode.SHADOW)
        return tuple(flow for flow in acting if flow != REPORT)

    @property
    def in_shadow(self) -> bool:
        """Whether a flow about deals is in shadow: what it would have done is told day by day."""
        return Mode.SHADOW in (self.modes["deal_won"], self.modes["payment"], self.rollout.begin)

    @property
    def clock(self) -> BusinessClock:
        """The company's business time, without its name."""
        return BusinessClock.model_validate(dict(self.company))

    @property
    def invoice_policy(self) -> InvoicePolicy:
        """The invoice rules with those of VAT and of the reform."""
        french = self.vat.seller_country == "FR"
        # C. com. L441-9 and L441-10: between professionals, whatever the customer's country.
        mentions = {"late_payment_mention": french, "discount_mention": french}
        parts = {"vat": self.vat, "einvoicing": self.einvoicing}
        return InvoicePolicy.model_validate(dict(self.invoice) | mentions | parts)

    @property
    def records_url(self) -> str:
        return self.database_url or f"sqlite:///{self.data.directory.resolve()}/records.db"

    @property
    def pdf_directory(self) -> Path:
        return self.data.pdf_directory or self.data.directory / "invoices"

    @property
    def key_file(self) -> Path:
        return self.data.key_file or self.data.directory / "keys.json"
