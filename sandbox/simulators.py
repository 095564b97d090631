"""Finds the simulated vendors.

A simulator is a package of the sandbox with a module `vendor` that has a function
`simulator(*, delivery, mailbox) -> Vendor`. Beside it lie the vendor's `person`, its seed and its `panel.js`.
"""

import pkgutil
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec

import sandbox
from sandbox.core.vendor import Vendor


def find_simulators() -> dict[str, Callable[..., Vendor]]:
    """What makes each vendor, by the package's name."""
    found: dict[str, Callable[..., Vendor]] = {}
    for package in pkgutil.iter_modules(sandbox.__path__):
        if package.ispkg and find_spec(f"sandbox.{package.name}.vendor"):
            make = getattr(import_module(f"sandbox.{package.name}.vendor"), "simulator", None)
            if make is not None:
                found[package.name] = make
    return found
