"""Every activity that a class defines is served, by the queue of its role."""

import importlib
import pkgutil
from pathlib import Path

import pytest
from temporalio import activity

import activities
import workflows
from raccord.connectors.connection import Kind
from raccord.records.records import Records
from raccord.sealing import KeyRing
from raccord.settings.configuration import Configuration
from tests.settings.written import ALL_ROLES, configuration
from workers.connections import opened
from workers.roles import ROLES, WORKFLOWS, Base, activities_of, collected, own_activities

DEFINITION = "__temporal_activity_definition"


class _Some:
    @activity.defn(name="some.one")
    async def one(self) -> None: ...

    @activity.defn(name="some.two")
    async def two(self) -> None: ...

    async def three(self) -> None: ...


def defined() -> set[str]:
    """Return the name of every activity that a class in `activities` defines."""
    found = set()
    for module in pkgutil.walk_packages(activities.__path__, "activities."):
        for each in vars(importlib.import_module(module.name)).values():
            if isinstance(each, type) and each.__module__ == module.name:
                found |= {getattr(f, DEFINITION).name for f in vars(each).values() if hasattr(f, DEFINITION)}
    return found


@pytest.fixture
def everything(tmp_path: Path) -> Configuration:
    return configuration(tmp_path, ALL_ROLES)


def test_what_carries_a_definition_is_collected() -> None:
    some = _Some()
    assert collected(some) == [some.one, some.two]


BOTH_SIDES = ("contact.read", "contact.write", "sweep.details")
"""Of CRM and billing alike, each about its own records."""


async def test_every_activity_is_served_by_one_queue(everything: Configuration, tmp_path: Path) -> None:
    records = Records.open(f"sqlite:///{tmp_path}/r.db", KeyRing.create(tmp_path / "keys.json"))
    async with opened(everything) as connections:
        base = Base(everything, records, connections)
        queues = {"flows": own_activities(base)}
        queues |= {row.name: activities_of(base, row) for row in connections.rows}
    await records.close()
    served = [name for found in queues.values() for name in (getattr(f, DEFINITION).name for f in found)]
    assert sorted(name for name in served if served.count(name) > 1) == sorted(BOTH_SIDES * 2)
    assert set(served) == defined()
    assert len(served) > 30


def test_every_kind_has_its_activities() -> None:
    assert set(ROLES) == set(Kind)


def test_every_workflow_is_registered() -> None:
    found = set()
    for module in pkgutil.walk_packages(workflows.__path__, "workflows."):
        for each in vars(importlib.import_module(module.name)).values():
            if isinstance(each, type) and "__temporal_workflow_definition" in vars(each):
                found.add(each)
    assert found == set(WORKFLOWS)
