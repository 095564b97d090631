"""Finds the vendor packages that a configuration names, and imports no other."""

import pkgutil
from enum import StrEnum
from importlib import import_module
from typing import Any

from raccord.connectors import billing, crm, messaging
from raccord.connectors.connection import Vendor


class Kind(StrEnum):
    CRM = "crm"
    BILLING = "billing"
    MESSAGING = "messaging"


class UnknownVendor(LookupError):
    """The configuration names a vendor for which there is no package."""


def vendors(kind: Kind) -> tuple[str, ...]:
    """Return the names of the vendors of one kind, without importing them."""
    package = {Kind.CRM: crm, Kind.BILLING: billing, Kind.MESSAGING: messaging}[kind]
    return tuple(sorted(module.name for module in pkgutil.iter_modules(package.__path__) if module.ispkg))


def load(kind: Kind, name: str) -> Vendor[Any]:
    """Import one vendor package and return its `VENDOR`. Raises `UnknownVendor` with the known names."""
    if name not in (known := vendors(kind)):
        raise UnknownVendor(f"There is no {kind} vendor {name!r}. Known: {', '.join(known)}.")
    vendor: Vendor[Any] = import_module(f"raccord.connectors.{kind}.{name}").VENDOR
    return vendor
