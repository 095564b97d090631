"""A connection: one account of one vendor, named in `raccord.toml`; and what a vendor package offers."""

import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import reduce
from typing import Any, ClassVar, Generic, Self, TypeVar
from urllib.parse import urlsplit

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from raccord.connectors.app import App
from raccord.connectors.capabilities import IdShape
from raccord.connectors.errors import Auth, ConnectorError
from raccord.connectors.oauth import Grants, NobodyAgreed, OAuthApp
from raccord.connectors.webhooks import HintKind, PressSource, WebhookSource
from raccord.domain.values.base import Duration, Unfit, Value
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.message import Message, Text, message
from raccord.texts import say_param
from raccord.texts.told import MACHINE

LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_SHORTEST_SECRET = 16


class ConnectionSettings(BaseModel):
    """The fields every connection's section of `raccord.toml` has; a vendor's own model adds its own.

    Every field can be set as `RACCORD_<CONNECTION>__<FIELD>`; secrets belong there.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    entered: ClassVar[str] = ""
    """The field of a token that need not be entered, because a person may agree instead."""
    vendor: str
    base_url: str
    timeout: Duration = Field(default=timedelta(seconds=9), gt=timedelta(0))
    """Total time of one HTTP request; below the activity's start-to-close time of 12 s."""
    webhook_secret: SecretStr | None = None
    previous_webhook_secret: SecretStr | None = None
    """Accepted beside `webhook_secret` while a rotation is under way."""
    previous_webhook_secret_until: AwareDatetime | date | None = None
    """When `previous_webhook_secret` ends: a moment, or a day, which counts to its end in UTC."""

    @field_validator("*")
    @classmethod
    def _secrets_are_visible(cls, value: Any) -> Any:
        """Refuse what a clipboard adds to a secret: no vendor would say that this is what is wrong."""
        if isinstance(value, SecretStr):
            characters = value.get_secret_value()
            if not any(_visible(each) for each in characters):
                raise Unfit("unfit.blank")
            if not (_visible(characters[0]) and _visible(characters[-1])):
                raise Unfit("unfit.around")
        return value

    @field_validator("webhook_secret", "previous_webhook_secret")
    @classmethod
    def _is_hard_to_guess(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None and len(secret.get_secret_value()) < _SHORTEST_SECRET:
            raise Unfit("unfit.webhook_secret", least=str(_SHORTEST_SECRET))
        return secret

    @model_validator(mode="after")
    def _credentials_travel_encrypted(self) -> Self:
        url = urlsplit(self.base_url)
        if url.scheme not in ("http", "https") or not url.hostname:
            raise Unfit("unfit.base_url")
        if url.scheme != "https" and url.hostname not in LOOPBACK and not self.test:
            raise Unfit("unfit.https")
        return self

    @model_validator(mode="after")
    def _previous_secret_ends(self) -> Self:
        if self.previous_webhook_secret and self.previous_webhook_secret_until is None:
            raise Unfit("unfit.previous_secret")
        return self

    def webhook_secrets(self, at: datetime) -> tuple[bytes, ...]:
        """Return the secrets that may sign a delivery received at that moment."""
        end = _end(self.previous_webhook_secret_until)
        previous = self.previous_webhook_secret if end and at < end else None
        found = (self.webhook_secret, previous)
        return tuple(secret.get_secret_value().encode() for secret in found if secret)

    def with_unknown_secrets(self) -> Self:
        """Return these settings with other webhook secrets, as many as there are."""
        names = [name for name in ("webhook_secret", "previous_webhook_secret") if getattr(self, name)]
        return self.model_copy(update={name: SecretStr(secrets.token_hex()) for name in names})

    @property
    def test(self) -> bool | None:
        """Whether these are test credentials; None where the vendor does not say."""
        return None


def _visible(character: str) -> bool:
    return character.isprintable() and not character.isspace()


def _end(until: datetime | date | None) -> datetime | None:
    match until:
        case datetime() | None:
            return until
        case day:
            return datetime.combine(day, time.max, UTC)


class CheckState(StrEnum):
    """`SKIP`: not checked, as something that it needs has failed."""

    OK = "OK"
    WARN = "WARN"
    FAIL = "FAIL"
    SKIP = "SKIP"


class Check(Value):
    """One line of `raccord doctor` and `raccord setup`, said in the reader's language.

    Its parts are messages, or words that are the same in every language: a vendor's, a setting's, a path.
    `name`, `found`, `expected` and `remedy` are what a machine reads: English, and the same for every reader.
    """

    title: Text
    state: CheckState
    seen: Text
    wanted: Text = ""
    advice: Text = ""
    connection: str = ""
    """Whose line it is; empty where it is about no connection."""
    flow: str = ""
    """The one flow that needs it, by the name of its mode: while that is in shadow, a failure only warns."""

    @classmethod
    def ok(cls, name: Text, found: Text, *, expected: Text = "") -> Self:
        return cls(title=name, state=CheckState.OK, seen=found, wanted=expected)

    @classmethod
    def warn(cls, name: Text, found: Text, *, expected: Text = "", remedy: Text) -> Self:
        return cls(title=name, state=CheckState.WARN, seen=found, wanted=expected, advice=remedy)

    @classmethod
    def fail(cls, name: Text, found: Text, *, expected: Text = "", remedy: Text) -> Self:
        return cls(title=name, state=CheckState.FAIL, seen=found, wanted=expected, advice=remedy)

    def softened(self) -> Self:
        """Return a failure as a warning: of what something is left out without, and nothing stops."""
        return self.model_copy(update={"state": CheckState.WARN}) if self.state is CheckState.FAIL else self

    @classmethod
    def skipped(cls, name: Text, *, needs: Text) -> Self:
        """Return a line for what nobody looked at; `needs` is the check that failed."""
        return cls(title=name, state=CheckState.SKIP, seen=message("check.skipped", needs=needs))

    @classmethod
    def same(cls, name: Text, found: str, *, expected: str, shown: Text, unset: Text, other: Text) -> Self:
        """Compare whose the credentials are with whose they should be, an id each.

        `unset` is the remedy where no id is expected, `other` where another one is.
        """
        if not expected:
            return cls.warn(name, shown, remedy=unset)
        if found != expected:
            return cls.fail(name, shown, expected=expected, remedy=other)
        return cls.ok(name, shown, expected=expected)

    def of(self, connection: str) -> Self:
        """Return the line as one of a connection's."""
        return self.model_copy(update={"connection": connection})

    @property
    def whole_title(self) -> Text:
        """What it is about, with the connection that it is about."""
        if not self.connection:
            return self.title
        return message("check.of_connection", connection=self.connection, what=self.title)

    @property
    def name(self) -> str:
        return say_param(self.whole_title, MACHINE)

    @property
    def found(self) -> str:
        return say_param(self.seen, MACHINE)

    @property
    def expected(self) -> str:
        return say_param(self.wanted, MACHINE)

    @property
    def remedy(self) -> str:
        return say_param(self.advice, MACHINE)

    def row(self) -> dict[str, str]:
        """Return it for a machine."""
        return {
            "name": self.name,
            "state": self.state.value,
            "found": self.found,
            "expected": self.expected,
            "remedy": self.remedy,
        }


def together(parts: Sequence[Text]) -> Text:
    """Say several things in one line."""
    return reduce(lambda one, other: message("check.also", one=one, other=other), parts)


def in_its_words(error: Exception) -> Message:
    """Quote what went wrong with a vendor, as its connector or the network says it."""
    return message("check.in_its_words", said=str(error))


def to_reach(error: ConnectorError, app: OAuthApp | None, *, entered: Message) -> Message:
    """Say what to do where a vendor did not answer a call or refused it.

    `entered`: what to look at where a token is; nobody has one where a person agreed.
    """
    if app is None:
        return entered
    if isinstance(error, Auth):
        return message("doctor.connect_anew", connection=app.connection)
    return message("check.reach")


class Registration(Value):
    """What became of registering for a vendor's webhooks."""

    checks: tuple[Check, ...] = ()
    secret: SecretStr | None = None
    """What signs them, where one was made just now: the vendor never tells it again."""


class Kind(StrEnum):
    """The role that a connection plays, named as the setting that names the connection.

    One CRM and one billing system per company; of endpoints for events, of senders of events and of places
    where the weekly report is shown, as many as there are.
    """

    CRM = "crm"
    BILLING = "billing"
    MESSENGER = "messenger"
    MAILER = "mailer"
    OUTBOUND = "outbound"
    REPORT_SINK = "report_sinks"
    INBOUND = "inbound"

    @property
    def several(self) -> bool:
        """Whether its setting lists connections, and does not name one."""
        return self in {Kind.OUTBOUND, Kind.REPORT_SINK, Kind.INBOUND}


Port = TypeVar("Port")
S = TypeVar("S", bound=ConnectionSettings)


def of_vendor(settings: ConnectionSettings, own: type[S]) -> S:
    """Return settings as their vendor's own. Raises `TypeError` for those of another vendor."""
    if not isinstance(settings, own):
        raise TypeError(f"{type(settings).__name__} are not {own.__name__}")
    return settings


class Vendor(BaseModel, Generic[Port]):
    """What a vendor offers in one role. Its package exports `ROLES`: `Kind` to `Vendor`."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    settings: type[ConnectionSettings]
    connect: Callable[[str, ConnectionSettings, BusinessClock], Port]
    """Build the port: connection name, its settings, the company's clock. Does no I/O."""
    oauth: Callable[[str, ConnectionSettings], OAuthApp | None] | None = None
    """The application that a person agrees to, by connection and settings; None where a token is entered."""
    agreed: Callable[[str, ConnectionSettings, BusinessClock, Grants], Port] | None = None
    """`connect` where `oauth` has an application: also with where its tokens are kept."""
    webhooks: Callable[[ConnectionSettings], WebhookSource] | None = None
    needs_webhooks: bool = True
    """Whether it is of little use without them; what they tell of others, the sweep finds soon enough."""
    tells: frozenset[HintKind] = frozenset()
    """The kinds of records that its webhooks name."""
    ids: Mapping[HintKind, IdShape] = {}
    """How it writes the ids of the records that events of other tools may name."""
    presses: Callable[[ConnectionSettings], PressSource] | None = None
    """For messengers: how a pressed button arrives."""
    app: Callable[[ConnectionSettings, str, Collection[str]], App] | None = None
    """What is uploaded to the vendor so that it sends webhooks for some flows to an address. Does no I/O."""

    @property
    def needed_credentials(self) -> tuple[str, ...]:
        """Return the fields of its settings that hold what every call needs."""
        fields = self.settings.model_fields.items()
        required = (name for name, field in fields if field.annotation is SecretStr and field.is_required())
        return (*required, *filter(None, (self.settings.entered,)))

    @property
    def needed_secrets(self) -> tuple[str, ...]:
        """Return the fields of its settings that hold a secret without which it is of no use."""
        signed = (self.webhooks and self.needs_webhooks) or self.presses
        return (*self.needed_credentials, *(("webhook_secret",) if signed else ()))


@dataclass(frozen=True)
class Connection:
    """One row of the configuration: whom we are connected to, in which role, and how."""

    name: str
    """Also its task queue, its path below `/webhooks/` and its section of `raccord.toml`."""
    kind: Kind
    vendor: Vendor[Any]
    settings: ConnectionSettings

    def connect(self, clock: BusinessClock, grants: Grants | None = None) -> Any:
        """Build the port of its kind. Does no I/O. `grants`: where tokens of OAuth are kept, if anywhere."""
        if self.vendor.agreed and self.oauth:
            return self.vendor.agreed(self.name, self.settings, clock, grants or NobodyAgreed())
        return self.vendor.connect(self.name, self.settings, clock)

    @property
    def oauth(self) -> OAuthApp | None:
        """The application that a person agrees to; None where a token is entered."""
        make = self.vendor.oauth
        return make(self.name, self.settings) if make else None

    @property
    def webhooks(self) -> WebhookSource | None:
        """How its vendor signs and shapes webhooks; None where it sends none, or nothing can prove them."""
        make = self.vendor.webhooks
        return make(self.settings) if make and self.settings.webhook_secret else None

    @property
    def decoy(self) -> WebhookSource | None:
        """Its `webhooks` under secrets that nobody knows: it does the same work and believes nobody."""
        make = self.vendor.webhooks
        return make(self.settings.with_unknown_secrets()) if make and self.settings.webhook_secret else None

    @property
    def presses(self) -> PressSource | None:
        """How a pressed button arrives; None where there are none, or nothing can prove them."""
        make = self.vendor.presses
        return make(self.settings) if make and self.settings.webhook_secret else None
