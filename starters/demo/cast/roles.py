"""What a CRM and a billing system must be able to play, and the pairs that they make."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

import httpx

from raccord.domain.values.clock import BusinessClock
from sandbox.core.operator import Operator

Json = dict[str, Any]


@dataclass(frozen=True)
class Shown:
    """What a deal shows of its invoice and of the money that it brought; empty where it shows nothing.

    `status` is of the money, in Raccord's words where the CRM has them.
    """

    number: str
    status: str
    paid: int | None
    due: int | None
    paid_on: str


@dataclass(frozen=True)
class Issued:
    """An invoice as the billing system holds it. `state` is `open` where all of it is to be paid."""

    id: str
    number: str
    customer: str
    email: str
    total: int
    state: str


@dataclass(frozen=True)
class Record:
    """A record of one vendor, as its requests name it in their path."""

    kind: str
    id: str

    def is_named_by(self, request: Json) -> bool:
        return f"/{self.kind}/{self.id}/" in f"{request['path']}/"


class Vendor(ABC):
    """One side of a pair; `http` has the sandbox as its base URL."""

    name: ClassVar[str]
    """Of the connection, and of the simulator."""
    title: ClassVar[str]
    section: ClassVar[str]
    """Its part of `raccord.toml`; `$sandbox` is the sandbox's port."""
    secrets: ClassVar[Mapping[str, str]]
    tells: ClassVar[bool] = True
    """Whether it tells what happens there, by webhook; if not, sweeps follow one another."""

    @abstractmethod
    def __init__(self, http: httpx.AsyncClient) -> None: ...

    async def ready(self, operator: Operator) -> None:  # noqa: B027 - most need nothing
        """Let it be as the demo needs it, before anything of ours has asked it anything."""


class Crm(Vendor):
    pilots: ClassVar[tuple[str, ...]]
    """Whose deals are invoiced; Julien Caron sells outside the pilot group."""
    has_fields: ClassVar[bool] = True
    """Whether the fields that Raccord writes are there before anybody ran `raccord setup`."""
    first_on_page: ClassVar[bool] = False
    """Whether its deals are what the sandbox's page begins with."""
    tells_values: ClassVar[bool] = False
    """Whether it tells of a deal whose amount was corrected, so that nobody has to press a button."""

    later: ClassVar[Mapping[str, str]]
    """A detail of a company that nobody else edits, so that its flow looks once more."""

    @abstractmethod
    def id_of(self, deal: str) -> str:
        """Return a seeded deal's id."""

    @abstractmethod
    def is_about(self, deal: str, body: str) -> bool:
        """Whether a webhook is about a deal."""

    @abstractmethod
    async def title_of(self, deal: str) -> str: ...

    @abstractmethod
    async def win(self, deal: str, *, at: datetime | None = None) -> None: ...

    @abstractmethod
    async def correct_amount(self, deal: str, amount: str) -> None: ...

    @abstractmethod
    async def shown(self, deal: str) -> Shown: ...

    @abstractmethod
    async def gross(self, deal: str) -> int:
        """Compute what the deal must cost from its lines alone."""

    @abstractmethod
    async def won(self) -> list[tuple[datetime, int]]:
        """Return when each won deal was won, and its amount."""

    @abstractmethod
    async def tasks(self, deal: str) -> list[str]:
        """Return the titles of a deal's tasks."""

    @abstractmethod
    async def company_of(self, deal: str) -> str: ...

    @abstractmethod
    def company(self, id_: str) -> Record: ...

    @abstractmethod
    async def name_and_email(self, company: str) -> tuple[str, str]: ...

    @abstractmethod
    async def edit_company(self, company: str, **said: str) -> None:
        """Change `name`, `siret`, `vat_number`, `phone` or `address`, its street, as far as there is such a
        field.
        """


class Billing(Vendor):
    calendar: ClassVar[bool] = False
    """Whether invoices are due and paid on days of the calendar: there no day lasts seconds."""
    draft: ClassVar[Mapping[str, str]]
    """The request that makes a draft, as faults name it."""
    address: ClassVar[str]
    """The part of a customer's details that has the address."""
    dates_edits: ClassVar[bool] = True
    """Whether it tells when which detail of a customer was typed."""

    @abstractmethod
    async def of_deal(self, ref: str) -> list[Issued]:
        """Return every invoice that is about a deal, drafts included; `ref` is `<CRM>:<id>`."""

    @abstractmethod
    async def customers(self) -> set[str]: ...

    @abstractmethod
    def customer(self, id_: str) -> Collection[Record]:
        """Return how requests name a customer."""

    @abstractmethod
    async def pay(self, invoice: str) -> None:
        """Let the customer pay all that is open."""

    @abstractmethod
    async def pay_part(self, invoice: str, amount: int) -> None:
        """Let a transfer over a part come in."""

    @abstractmethod
    async def paid_on(self, invoice: str, clock: BusinessClock) -> date: ...

    async def postpone(self, invoice: str, due: date) -> None:
        """Let a final invoice be due on another day, also one that has passed."""
        raise NotImplementedError

    @abstractmethod
    async def issued(self, clock: BusinessClock) -> list[tuple[date, int]]:
        """Return day and total of every invoice that is final."""

    @abstractmethod
    async def received(self, clock: BusinessClock) -> list[tuple[date, int]]: ...

    @abstractmethod
    async def details(self, customer: str) -> Json:
        """Return a customer as the vendor's API does."""

    @abstractmethod
    async def rename(self, customer: str, name: str) -> None: ...

    @abstractmethod
    async def change_email(self, customer: str, email: str) -> None: ...


@dataclass(frozen=True)
class Pair:
    """A CRM and a billing system."""

    crm: type[Crm]
    billing: type[Billing]

    @property
    def name(self) -> str:
        return f"{self.crm.name}-{self.billing.name}"

    @property
    def connections(self) -> tuple[str, str]:
        return self.crm.name, self.billing.name

    @property
    def secrets(self) -> dict[str, str]:
        return {**self.crm.secrets, **self.billing.secrets}

    @property
    def hooks(self) -> tuple[str, ...]:
        """The names of those that tell what happens there."""
        return tuple(each.name for each in (self.crm, self.billing) if each.tells)
