"""The sections of `raccord.toml` that are Raccord's own. Each connection adds one of its vendor's."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from raccord.domain.clock import BusinessClock
from raccord.domain.policy import AmountBasis, Delivery, InvoicePolicy, Mode, Rollout, Timing, VatPolicy


def _exact(value: object) -> object:
    """TOML reads 5.5 as a binary float; its shortest text is what the operator typed."""
    return Decimal(repr(value)) if isinstance(value, float) else value


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"{name} is not a time zone; write Europe/Paris, for example")
    return name


ExactDecimal = Annotated[Decimal, BeforeValidator(_exact)]


class Section(BaseModel):
    """A section of the file. An unknown field is an error: a misspelt setting must not be ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Modes(Section):
    """How far each flow may go."""

    deal_won: Mode = Mode.SHADOW


class RolloutSection(Section):
    owners: tuple[str, ...] = ()
    pipelines: tuple[str, ...] = ()
    max_amount: ExactDecimal | None = None

    def value(self) -> Rollout:
        return Rollout(**self.model_dump())


class VatSection(Section):
    seller_country: str = Field(default="FR", pattern="^[A-Z]{2}$")
    rates: tuple[ExactDecimal, ...] = VatPolicy().rates
    default_rate: ExactDecimal | None = None
    zero_rate_reasons: dict[str, str] = {}


class InvoiceSection(Section):
    payment_terms_days: int = Field(default=30, ge=0, le=365)
    end_of_month: bool = False
    amount_basis: AmountBasis = AmountBasis.NET
    delivery: Delivery = Delivery.VENDOR
    default_language: Literal["fr", "en"] = "fr"
    footers: dict[str, str] = {}


class Company(Section):
    """The company that invoices."""

    name: str = ""
    zone: Annotated[str, AfterValidator(_known_zone)] = "Europe/Paris"


class Receiver(Section):
    """Where webhooks arrive. `public_url` is what vendors call and sign."""

    host: str = "127.0.0.1"
    port: int = 8080
    public_url: str = "http://127.0.0.1:8080"
    max_body_bytes: int = Field(default=256 * 1024, gt=0)
    max_concurrent: int = Field(default=64, gt=0)
    deadline: timedelta = Field(default=timedelta(seconds=2), gt=timedelta(0))
    """How long Temporal may take to accept; beyond it the vendor is asked to come again."""


class Temporal(Section):
    """Beside Temporal's own `TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE` and TLS variables."""

    embedded_port: int = 7233
    embedded_ui_port: int = 8233
    namespace: str = "raccord"
    codec_port: int = 8081
    sticky_timeout: timedelta = timedelta(seconds=10)
    graceful_shutdown: timedelta = timedelta(seconds=15)
    step_timeout: timedelta = Timing().step
    first_retry: timedelta = Timing().first_retry
    longest_retry: timedelta = Timing().longest_retry


class Metrics(Section):
    """Prometheus on loopback; 0 turns a port off."""

    worker_port: int = 9464
    receiver_port: int = 9465


class Data(Section):
    """Where Raccord keeps its own files in the embedded mode."""

    directory: Path = Path(".raccord")
    key_file: Path | None = None
    """The encryption key ring; default `keys.json` in `directory`."""


class Settings(BaseSettings):
    """Everything Raccord is told. Connections are added as fields by `raccord.settings.load`."""

    model_config = SettingsConfigDict(
        env_prefix="RACCORD_", env_nested_delimiter="__", frozen=True, extra="forbid", validate_default=True
    )

    crm: str = "hubspot"
    """The connection of the CRM."""
    billing: str = "stripe"
    """The connection of the billing system."""
    invoice_deals_won_from: date | None = None
    """Deals won before this business date are never invoiced; live mode refuses to start without it."""
    database_url: str = ""
    """SQLAlchemy URL of the records; empty means a SQLite file in `data.directory`."""
    company: Company = Company()
    modes: Modes = Modes()
    rollout: RolloutSection = RolloutSection()
    invoice: InvoiceSection = InvoiceSection()
    vat: VatSection = VatSection()
    receiver: Receiver = Receiver()
    temporal: Temporal = Temporal()
    metrics: Metrics = Metrics()
    data: Data = Data()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - pydantic-settings calls it so
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file, whose content arrives as keyword arguments."""
        return env_settings, init_settings

    @property
    def clock(self) -> BusinessClock:
        return BusinessClock(zone=self.company.zone)

    @property
    def timing(self) -> Timing:
        temporal = self.temporal
        return Timing(
            step=temporal.step_timeout,
            first_retry=temporal.first_retry,
            longest_retry=temporal.longest_retry,
        )

    @property
    def invoice_policy(self) -> InvoicePolicy:
        return InvoicePolicy(**self.invoice.model_dump(), vat=VatPolicy(**self.vat.model_dump()))

    @property
    def records_url(self) -> str:
        return self.database_url or f"sqlite+aiosqlite:///{self.data.directory.resolve()}/records.db"

    @property
    def key_file(self) -> Path:
        return self.data.key_file or self.data.directory / "keys.json"
