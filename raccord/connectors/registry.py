"""Finds the vendor packages that a configuration names, and imports no other."""

import pkgutil
from importlib import import_module
from typing import Any

from raccord.connectors.connection import Kind, Vendor
from raccord.domain.values.spelling import did_you_mean


class UnknownVendor(LookupError):
    """The configuration names a vendor for which there is no package, or not one of that kind."""


def vendors() -> tuple[str, ...]:
    """Return the names of all vendors, without importing them."""
    packages = import_module("raccord.vendors").__path__
    return tuple(sorted(module.name for module in pkgutil.iter_modules(packages) if module.ispkg))


def load(kind: Kind, name: str) -> Vendor[Any]:
    """Import one vendor package and return what it offers in a role. Raises `UnknownVendor`."""
    if name not in (known := vendors()):
        meant = did_you_mean(name, known)
        raise UnknownVendor(f"There is no vendor {name!r}. Known: {', '.join(known)}.{meant}")
    roles: dict[Kind, Vendor[Any]] = import_module(f"raccord.vendors.{name}").ROLES
    if kind not in roles:
        raise UnknownVendor(f"{name} is no {kind} vendor, but {', '.join(roles)}.")
    return roles[kind]
