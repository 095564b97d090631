"""A connection: one account of one vendor, named in `raccord.toml`; and what a vendor package offers."""

from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from raccord.connectors.webhooks import WebhookSource
from raccord.domain.clock import BusinessClock
from raccord.domain.values import Value


class ConnectionSettings(BaseModel):
    """The fields every connection's section of `raccord.toml` has; a vendor's own model adds its own.

    Every field can be set as `RACCORD_<CONNECTION>__<FIELD>`; secrets belong there.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    vendor: str
    base_url: str
    timeout: timedelta = Field(default=timedelta(seconds=9), gt=timedelta(0))
    """Total time of one HTTP request; below the activity's start-to-close time of 12 s."""
    webhook_secret: SecretStr | None = None
    previous_webhook_secret: SecretStr | None = None
    """Accepted beside `webhook_secret` while a rotation is under way."""

    @property
    def test(self) -> bool | None:
        """Whether these are test credentials; None where the vendor does not say."""
        return None


class CheckState(StrEnum):
    OK = "OK"
    WARN = "WARN"
    FAIL = "FAIL"


class Check(Value):
    """One line of `raccord doctor`."""

    name: str
    state: CheckState
    found: str
    expected: str = ""
    remedy: str = ""


Port = TypeVar("Port")
S = TypeVar("S", bound=ConnectionSettings)


class Vendor(BaseModel, Generic[Port]):
    """What a vendor package exports as `VENDOR`; the registry finds it by the package's name."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    settings: type[ConnectionSettings]
    connect: Callable[[str, ConnectionSettings, BusinessClock], Port]
    """Build the port: connection name, its settings, the company's clock. Does no I/O."""
    webhooks: Callable[[ConnectionSettings], WebhookSource] | None = None
