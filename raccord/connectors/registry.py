"""Finds the vendor packages that a configuration names, and imports no other."""

import pkgutil
from importlib import import_module
from typing import Any

from raccord.connectors.connection import Kind, Vendor
from raccord.domain.values.message import message
from raccord.domain.values.spelling import nearest
from raccord.texts.told import Told


class UnknownVendor(Told, LookupError):
    """The configuration names a vendor for which there is no package, or not one of that kind."""


def vendors() -> tuple[str, ...]:
    """Return the names of all vendors that can be chosen, without importing them."""
    packages = import_module("raccord.vendors")
    found = {module.name for module in pkgutil.iter_modules(packages.__path__) if module.ispkg}
    return tuple(sorted(found - packages.UNFINISHED))


def roles(name: str) -> tuple[Kind, ...]:
    """Import one vendor package, which there is, and return the roles that it can play."""
    return tuple(import_module(f"raccord.vendors.{name}").ROLES)


def load(kind: Kind, name: str) -> Vendor[Any]:
    """Import one vendor package and return what it offers in a role. Raises `UnknownVendor`."""
    if name not in (known := vendors()):
        if meant := nearest(name, known):
            raise UnknownVendor(
                message("settings.no_vendor_meant", name=repr(name), known=known, meant=meant)
            )
        raise UnknownVendor(message("settings.no_vendor", name=repr(name), known=known))
    if kind not in (played := roles(name)):
        raise UnknownVendor(message("settings.other_role", name=name, kind=kind, roles=played))
    return role(kind, name)


def role(kind: Kind, name: str) -> Vendor[Any]:
    """Import one vendor package, which there is, finished or not, and return what it offers in its role."""
    found: Vendor[Any] = import_module(f"raccord.vendors.{name}").ROLES[kind]
    return found
