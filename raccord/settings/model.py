"""The sections of `raccord.toml` that are Raccord's own. Each connection adds one of its vendor's."""

import re
from datetime import date, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal, Self
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from raccord.domain.rules.einvoicing import EInvoicing, EInvoicingMode
from raccord.domain.rules.policy import (
    AmountBasis,
    Delivery,
    IndividualRule,
    InvoicePolicy,
    Mode,
    Operations,
    Rollout,
    Timing,
    VatPolicy,
)
from raccord.domain.values.base import Duration
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.parties import TaxTreatment


def _exact(value: object) -> object:
    """TOML reads 5.5 as a binary float; its shortest text is what the operator typed."""
    return Decimal(repr(value)) if isinstance(value, float) else value


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"{name} is not a time zone; write Europe/Paris, for example")
    return name


def _zero_rate_reason(key: str) -> str:
    treatment, _, language = key.rpartition("_")
    if treatment not in _ZERO_RATED or not _LANGUAGE.fullmatch(language):
        known = ", ".join(f"{treatment}_fr" for treatment in sorted(_ZERO_RATED))
        raise ValueError(f"{key} is no reason for 0 %; write {known}, or the same with another language")
    return key


def _language(code: str) -> str:
    if not _LANGUAGE.fullmatch(code):
        raise ValueError(f"{code} is no language; write fr or en, for example")
    return code


_LANGUAGE = re.compile("[a-z]{2}")
_ZERO_RATED = frozenset(TaxTreatment) - {TaxTreatment.TAXED}

ZeroRateReason = Annotated[str, AfterValidator(_zero_rate_reason)]
Language = Annotated[str, AfterValidator(_language)]
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
    zero_rate_reasons: dict[ZeroRateReason, str] = {}
    reverse_charge: bool = True
    """Invoice 0 % to companies of other member states; otherwise each is a question."""
    export: bool = True
    """Invoice 0 % outside the European Union; otherwise each is a question."""
    on_debits: bool = False
    """The company opted to owe VAT on invoicing; invoices with VAT then say so."""


class InvoiceSection(Section):
    payment_terms_days: int = Field(default=30, ge=0, le=365)
    end_of_month: bool = False
    amount_basis: AmountBasis = AmountBasis.NET
    delivery: Delivery = Delivery.VENDOR
    default_language: Literal["fr", "en"] = "fr"
    footers: dict[Language, str] = {}
    """Legal mentions for companies: late penalties and, in France, the EUR 40 indemnity."""
    footers_individuals: dict[Language, str] = {}
    """The same for private persons; may be empty."""
    individuals: IndividualRule = IndividualRule.ASK
    operations: Operations = Operations.UNSTATED
    """What the company sells, printed on each invoice when set."""


class EInvoicingSection(Section):
    """Who transmits invoices to an approved platform."""

    mode: EInvoicingMode = EInvoicingMode.OFF
    starts_on: date = Field(default=EInvoicing().starts_on, alias="from")
    """From when this company's own invoices must be electronic."""

    def value(self) -> EInvoicing:
        return EInvoicing(mode=self.mode, starts_on=self.starts_on)


class Company(Section):
    """The company that invoices."""

    name: str = ""
    zone: Annotated[str, AfterValidator(_known_zone)] = "Europe/Paris"


class DeskSection(Section):
    """Where flows wait for a person."""

    language: Literal["fr", "en"] = "fr"
    contact: str = ""
    """Who helps with a question, as it is written below each: a name and how to reach them."""
    approve_above: ExactDecimal | None = None
    """Invoices of a larger net amount are issued by a person, also in live mode."""
    tasks: bool = True
    """Also put each question to the deal's salesperson as a task in the CRM."""
    escalate_after: Duration = timedelta(hours=8)
    """Working hours without an answer, after which `escalate_to` is called."""
    escalate_to: tuple[str, ...] = ()
    """E-mail addresses."""
    opens_at: time = time(9)
    closes_at: time = time(18)

    @model_validator(mode="after")
    def _day(self) -> Self:
        if self.opens_at >= self.closes_at:
            raise ValueError("opens_at must be before closes_at")
        return self


class WatchSection(Section):
    """How long a vendor may be down, or refuse our credentials, before somebody is told."""

    alert_after: Duration = timedelta(minutes=15)
    credentials_alert_after: Duration = timedelta(minutes=1)
    probe_every: Duration = Field(default=timedelta(seconds=30), ge=timedelta(seconds=1))
    flow_waits_after: Duration = Timing().waiting_after
    """How long a step may be held up before its flow is listed as waiting."""


class SweepSection(Section):
    """Looking for what no webhook told us."""

    every: Duration = Field(default=timedelta(hours=1), ge=timedelta(minutes=1))
    overlap: Duration = timedelta(minutes=10)
    """How far before the last sweep the next one begins: the CRM's search may lag."""


class Receiver(Section):
    """Where webhooks arrive. `public_url` is what vendors call and sign."""

    host: str = "127.0.0.1"
    port: int = 8080
    public_url: str = "http://127.0.0.1:8080"
    max_body_bytes: int = Field(default=256 * 1024, gt=0)
    max_concurrent: int = Field(default=64, gt=0)
    deadline: Duration = Field(default=timedelta(seconds=2), gt=timedelta(0))
    """How long Temporal may take to accept; beyond it the vendor is asked to come again."""


class Temporal(Section):
    """Beside Temporal's own `TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE` and TLS variables."""

    embedded_port: int = 7233
    embedded_ui_port: int = 8233
    namespace: str = "raccord"
    codec_port: int = 8081
    sticky_timeout: Duration = timedelta(seconds=10)
    graceful_shutdown: Duration = timedelta(seconds=15)
    step_timeout: Duration = Timing().step
    first_retry: Duration = Timing().first_retry
    longest_retry: Duration = Timing().longest_retry
    auth_retry: Duration = Field(default=timedelta(minutes=5), gt=timedelta(0))
    """Refused credentials are tried again this often."""


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
    messenger: str = ""
    """The connection of the messenger; empty when there is none."""
    invoice_deals_won_from: date | None = None
    """Deals won before this business date are never invoiced; live mode refuses to start without it."""
    database_url: str = ""
    """SQLAlchemy URL of the records; empty means a SQLite file in `data.directory`."""
    company: Company = Company()
    modes: Modes = Modes()
    rollout: RolloutSection = RolloutSection()
    invoice: InvoiceSection = InvoiceSection()
    vat: VatSection = VatSection()
    einvoicing: EInvoicingSection = EInvoicingSection()
    desk: DeskSection = DeskSection()
    watch: WatchSection = WatchSection()
    sweep: SweepSection = SweepSection()
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
            waiting_after=self.watch.flow_waits_after,
        )

    @property
    def invoice_policy(self) -> InvoicePolicy:
        return InvoicePolicy(
            **self.invoice.model_dump(),
            # C. com. L441-9 and L441-10: between professionals, whatever the customer's country.
            late_payment_mention=self.vat.seller_country == "FR",
            discount_mention=self.vat.seller_country == "FR",
            vat=VatPolicy(**self.vat.model_dump()),
            einvoicing=self.einvoicing.value(),
        )

    @property
    def records_url(self) -> str:
        return self.database_url or f"sqlite+aiosqlite:///{self.data.directory.resolve()}/records.db"

    @property
    def key_file(self) -> Path:
        return self.data.key_file or self.data.directory / "keys.json"
