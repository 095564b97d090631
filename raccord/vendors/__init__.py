"""One package per vendor, loaded by name and imported by nobody else; each exports its `ROLES`."""

UNFINISHED: frozenset[str] = frozenset()
"""Packages that do not do yet what their kind does: nobody can choose them."""
