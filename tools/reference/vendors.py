"""What each vendor tells and can do: from what its package offers and from its connector's `Capabilities`."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from raccord.connectors.capabilities import (
    BillingCapabilities,
    Capabilities,
    CrmCapabilities,
    IdShape,
    InboundCapabilities,
    InvoiceLimits,
    MailerCapabilities,
    MessengerCapabilities,
    OutboundCapabilities,
    ReportSinkCapabilities,
    TaskLimits,
    Uniqueness,
)
from raccord.connectors.connection import ConnectionSettings, Kind, Vendor
from raccord.connectors.registry import role, roles, vendors
from raccord.connectors.setting_up import Registers
from raccord.domain.values.clock import BusinessClock
from raccord.texts import say_param
from tools.reference.settings import spoken

HEAD = """# What each vendor tells, and what it can do

From the values that flows and workers read, a vendor's `Capabilities` and what its package exports; written
by `make reference`. A figure is a vendor's own default, which a setting may change. How each is set up is
[on its page](../setup.md), what may be set in [Settings](settings.md), and how one is added
[here](../new-vendor.md).

What no webhook tells, the sweep finds: `[sweep] every` says how often it looks. A webhook makes things
faster, and nothing depends on one. A row that would be empty for all of a kind is left out.
"""
TITLES = {
    Kind.CRM: "CRM",
    Kind.BILLING: "Billing",
    Kind.MESSENGER: "Messenger",
    Kind.MAILER: "E-mail",
    Kind.OUTBOUND: "Events out",
    Kind.REPORT_SINK: "Places of the weekly report",
    Kind.INBOUND: "Events in",
}
MODELS: Mapping[Kind, type[Capabilities]] = {
    Kind.CRM: CrmCapabilities,
    Kind.BILLING: BillingCapabilities,
    Kind.MESSENGER: MessengerCapabilities,
    Kind.MAILER: MailerCapabilities,
    Kind.OUTBOUND: OutboundCapabilities,
    Kind.REPORT_SINK: ReportSinkCapabilities,
    Kind.INBOUND: InboundCapabilities,
}
POLLED: Mapping[Kind, Mapping[str, str]] = {
    Kind.CRM: {
        "won_deals": "deals that are won, or changed while they show an invoice",
        "details_changed": "companies that changed",
    },
    Kind.BILLING: {
        "money_changed": "invoices and payments whose money changed",
        "corrected_since": "invoices that were voided or credited",
        "details_changed": "customers that changed",
    },
}
"""What the sweep asks a connector for, by the port's method."""
CAN: Mapping[str, str] = {
    "uniqueness": "a repeated write is harmless by",
    "settle": "what was written may be missing from look-ups for",
    "requests_per_second": "requests in a second, at most",
    "requests_per_activity": "requests of an ordinary step",
    "search_lag": "a change may be missing from lists for",
    "deal_id": "a deal's id",
    "task": "longest texts of a task",
    "files": "takes PDFs on deals",
    "drafts": "an invoice is a draft first",
    "delivers": "e-mails invoices itself",
    "tells_delivery": "can say later whether it did",
    "payment_methods": "collects on the invoice's page by",
    "einvoicing": "Raccord has it transmit e-invoices",
    "texts": "longest texts of an invoice",
    "max_lines": "lines of an invoice, at most",
}
"""The fields of `Capabilities` that the page tells, and how."""
SETTINGS_SAY = frozenset({"paid_stages", "vat_rounding", "vat_country", "mails_leave"})
"""Those that say what a company's settings say, or whether its credentials are for tests."""
HARMLESS = {
    Uniqueness.IDEMPOTENCY_KEY: "a key that it remembers",
    Uniqueness.UNIQUE_REFERENCE: "our reference, which it keeps once",
    Uniqueness.NONE: "our own look-up",
}
AT_MOST_ONCE = {CAN["uniqueness"]: "nothing: what left cannot be looked up, so it is sent once at most"}
"""Of whoever takes mail."""
NOTHING = "–"
_NOWHERE = "https://specimen.invalid"
_SPECIMENS: Mapping[Any, Any] = {SecretStr: SecretStr("specimen"), Path: Path("specimen")}


def abilities() -> str:
    """Return the page."""
    return "\n".join((HEAD, *(line for kind in Kind for line in _section(kind))))


def opened(kind: Kind, name: str) -> tuple[Vendor[Any], Any]:
    """Return what a vendor offers in a role, and its port on settings that nobody looks at. No I/O."""
    vendor = role(kind, name)
    return vendor, vendor.connect(name, _specimen(vendor.settings), BusinessClock())


def playing(kind: Kind) -> tuple[str, ...]:
    """Return the vendors that can be chosen in a role."""
    return tuple(name for name in vendors() if kind in roles(name))


def _specimen(model: type[ConnectionSettings]) -> ConnectionSettings:
    """Return settings with every default, and a word where one is needed, which nobody looks at."""
    needed = {name: field.annotation for name, field in model.model_fields.items() if field.is_required()}
    words = {name: _SPECIMENS.get(of, "specimen") for name, of in needed.items()}
    return model.model_construct(**words | ({"base_url": _NOWHERE} if "base_url" in words else {}))


def _section(kind: Kind) -> Iterator[str]:
    names = playing(kind)
    rows = [_rows(kind, name) for name in names]
    yield f"## {TITLES[kind]}\n"
    yield f"| | {' | '.join(f'[`{name}`](../vendors/{name}.md)' for name in names)} |"
    yield f"| --- |{' --- |' * len(names)}"
    for label in rows[0]:
        if any(row[label] != NOTHING for row in rows):
            yield f"| {label} | {' | '.join(row[label] for row in rows)} |"
    yield ""


def _rows(kind: Kind, name: str) -> dict[str, str]:
    """Return what is told of a vendor in a role, by what it is about."""
    vendor, port = opened(kind, name)
    rows = {"tells by webhook": "pressed buttons" if vendor.presses else _several(vendor.tells)}
    if kind is Kind.INBOUND:
        return rows  # Nothing is asked of it.
    if kind in POLLED:
        rows["has its webhooks made by `raccord setup`"] = _said(isinstance(port, Registers))
        rows["is asked by the sweep for"] = "; ".join(
            what for method, what in POLLED[kind].items() if callable(getattr(port, method, None))
        )
        rows["records that events from elsewhere may name"] = _several(vendor.ids)
        rows["details of a customer that it keeps"] = _several(port.keeps)
    able: Capabilities = port.capabilities
    told = [field for field in CAN if field in MODELS[kind].model_fields]
    rows |= {"lets a person agree, by `raccord connect`": _said(True) if vendor.oauth else NOTHING}
    rows |= {CAN[field]: _said(getattr(able, field)) for field in told}
    return rows | (AT_MOST_ONCE if kind is Kind.MAILER else {})


def _said(value: Any) -> str:  # noqa: PLR0911 - a line for each kind
    match value:
        case Uniqueness():
            return HARMLESS[value]
        case bool():
            return "yes" if value else "no"
        case timedelta():
            return spoken(value) if value else NOTHING
        case float():
            return f"{value:g}"
        case IdShape():
            return say_param(value.said, "en")
        case TaskLimits() | InvoiceLimits():
            limits = value.model_dump()
            return ", ".join(f"{name.replace('_', ' ')} {size:,}" for name, size in limits.items())
        case frozenset():
            return _several(value)
        case _:
            return str(value)


def _several(values: Iterable[StrEnum]) -> str:
    return ", ".join(each.value.replace("_", " ") for each in sorted(values)) or NOTHING
