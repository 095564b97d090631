"""What a vendor's tests bring so that the suites of its kind run for it.

`tests/vendors/<vendor>/conformance.py` holds `CASES`; nothing else has to be told about a vendor.
"""

import pkgutil
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any, ClassVar, TypeVar

import pytest

from raccord.connectors.billing import Billing
from raccord.connectors.connection import Connection, Kind
from raccord.connectors.crm import Crm
from raccord.connectors.messenger import Messenger
from raccord.connectors.registry import role
from raccord.connectors.report_sink import ReportSink
from raccord.domain.desk.notice import Place
from raccord.domain.report.week import Week
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.described import Purpose
from tests import vendors
from tests.connectors.conformance.lab import Lab
from tests.connectors.conformance.publications import week
from tests.connectors.conformance.samples import FIELDS, NOTICE, PROFILE
from tests.patience import patience

CLOCK = BusinessClock()
Options = Mapping[str, Any]
C = TypeVar("C", bound="Case")


@dataclass(frozen=True, kw_only=True)
class Case:
    """One vendor in one role, played by its simulator.

    `settings` is its section of `raccord.toml` without `base_url`; `path` is the API's, below the
    simulator's own. `denied` and `quiet` are options of the simulator: without a permission that the
    kind's usual write needs, which `permission` names as the vendor does; and without limits and lags.
    `credential` is the setting that lets us in.
    """

    kind: ClassVar[Kind]
    vendor: str
    settings: Options
    credential: str
    denied: Options
    permission: str
    path: str = ""
    quiet: Options = field(default_factory=dict)
    live: Options = field(default_factory=dict)
    """Settings that make it a live account, where its credentials do not say what they are."""
    at_once: int = 60
    """Reads of a burst that takes no longer than a second or two at the connection's default rate."""
    most_a_second: int | None = None
    """Requests in one second that the vendor takes at the connection's default rate."""
    signed: tuple[str, ...] = ()
    """The headers that prove who sent a delivery."""
    signs_all: bool = True
    """Whether they prove its body too, and not the sender alone."""
    signs_time: bool = True
    """Whether they prove when it was sent, too."""
    simulator: str = ""
    """The simulator's name, where it is not the vendor's."""

    @property
    def played_by(self) -> str:
        """The simulator's name."""
        return self.simulator or self.vendor

    def connection(self, lab: Lab, **more: Any) -> Connection:
        vendor = role(self.kind, self.vendor)
        given = {"vendor": self.vendor, "base_url": f"{lab.base}/{self.played_by}{self.path}"}
        section = {**given, **self.settings, "timeout": patience(3), **more}
        return Connection(self.vendor, self.kind, vendor, vendor.settings.model_validate(section))

    @asynccontextmanager
    async def open(self, lab: Lab, **more: Any) -> AsyncIterator[Any]:
        """Open the port."""
        port = self.connection(lab, **more).connect(CLOCK)
        try:
            yield port
        finally:
            await port.close()

    async def deny(self, lab: Lab) -> None:
        """Take the permission away that the kind's usual write needs."""
        await lab.option(self.played_by, **self.denied)

    async def prepare(self, _: Lab, /) -> str:
        """Make what the usual write needs, and return its id."""
        return ""

    async def write(self, port: Any, prepared: str, /) -> None:
        """Make the kind's usual write."""
        raise NotImplementedError

    async def arrival(self, _: Lab, /) -> str:
        """Have the vendor deliver something signed, and return an id that it names."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class BillingCase(Case):
    """`state` and `needed` name fields of an invoice in the vendor's answers.

    Without one of them, or in a state that nobody knows, an answer is no invoice.
    """

    kind = Kind.BILLING
    state: str
    needed: tuple[str, ...]
    rates: tuple[Decimal, ...] | None = None
    """The VAT rates that an account has and that nobody can make; None where they are made."""
    lines_at_once: bool = False
    """Whether a draft is made with its lines."""
    links: bool = True
    """Whether an invoice has a public page that lasts."""
    names_payments: bool = True
    """Whether a payment has a life of its own: it may name no invoice, and be put to one."""
    refunds: bool = True
    """Whether part of a payment may go back."""

    @property
    def misshapen(self) -> Iterator[dict[str, str]]:
        """Yield what may be done to an answer so that it is no invoice any more."""
        yield {"unknown": self.state}
        yield from ({"without": name} for name in (self.state, *self.needed))

    async def write(self, port: Billing, _: str, /) -> None:
        await port.create_customer(PROFILE, key="cus/1")

    async def pay(self, lab: Lab, invoice_id: str, cents: int | None = None) -> None:
        """Pay an invoice, or so much of it."""
        raise NotImplementedError

    async def refund(self, lab: Lab, invoice_id: str, cents: int) -> None:
        """Give back so much of what was paid on an invoice."""
        raise NotImplementedError

    async def receive(self, lab: Lab, cents: int) -> str:
        """Have money come in that names no invoice; return the payment's id."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class CrmCase(Case):
    kind = Kind.CRM
    paid_stage: Options
    """The settings that name a stage for paid deals."""
    bare: Options
    """Options of a simulator whose account has no field of its own."""
    built_in: frozenset[Purpose] = frozenset()
    """What every record has a field for, which nobody has to name."""
    siren: str = "siren"
    """What the field of companies for it is called."""

    async def deal(self, lab: Lab, *, name: str = "deal", company: str = "Atelier") -> str:
        """Make an open deal of a company: 1 x 1000.00 EUR at 20 %, and 3 x 33.30 EUR at 5.5 %."""
        raise NotImplementedError

    async def win(self, lab: Lab, deal: str) -> None:
        """Win a deal, as somebody in the CRM."""
        raise NotImplementedError

    async def delete(self, lab: Lab, deal: str) -> None:
        """Delete a deal, as somebody in the CRM."""
        raise NotImplementedError

    async def prepare(self, lab: Lab, /) -> str:
        return await self.deal(lab)

    async def write(self, port: Crm, prepared: str, /) -> None:
        await port.write_invoice(prepared, FIELDS)


class MessengerCase(Case):
    kind = Kind.MESSENGER

    async def press(self, lab: Lab, place: Place) -> None:
        """Press the first button of a message, as somebody who may decide."""
        raise NotImplementedError

    async def write(self, port: Messenger, _: str, /) -> None:
        await port.post(NOTICE, ref="ref-1")


@dataclass(frozen=True, kw_only=True)
class SinkCase(Case):
    kind = Kind.REPORT_SINK
    requests: int
    """Requests of a small week at most."""
    writes: str
    """The path of what writes, as a regular expression."""
    lags: Options = field(default_factory=dict)
    """Options with which a look-up misses what was just made."""

    async def write(self, port: ReportSink, _: str, /) -> None:
        await port.publish(week())

    async def shown(self, lab: Lab) -> Any:
        """Return what people see, everywhere; with the ids of what has one."""
        raise NotImplementedError

    async def told(self, lab: Lab, of: Week) -> list[str]:
        """Return every text of a week's tab or page, and of its gaps, as they are shown."""
        raise NotImplementedError

    async def annotate(self, lab: Lab, of: Week) -> tuple[str, ...]:
        """Have people write wherever they may, beside a gap too; return what they wrote."""
        raise NotImplementedError

    async def unshare(self, lab: Lab) -> None:
        """Take from our credentials what lets them into the place, as somebody to whom it belongs."""
        raise NotImplementedError


def brought(name: str) -> Iterator[tuple[str, ModuleType]]:
    """Yield the module of that name of each vendor's tests that have one."""
    for package in sorted(module.name for module in pkgutil.iter_modules(vendors.__path__) if module.ispkg):
        if find_spec(path := f"tests.vendors.{package}.{name}"):
            yield package, import_module(path)


def found(kind: type[C]) -> list[C]:
    """Return every case of a kind."""
    return [case for _, module in brought("conformance") for case in module.CASES if isinstance(case, kind)]


def cases(*kinds: type[Case]) -> list[Any]:
    """Return every case of these kinds, as parameters of a fixture."""
    return [
        pytest.param(case, id=f"{case.vendor}-{case.kind}") for case in found(Case) if isinstance(case, kinds)
    ]
