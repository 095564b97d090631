"""Whoever opens the connections closes them."""

from pathlib import Path
from typing import Any

import pytest

from raccord.connectors.connection import Kind
from raccord.settings.configuration import Configuration
from tests.settings.written import SLACK, configuration
from workers.connections import opened


def watched(configuration: Configuration, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Have every port that is made note when it is closed."""
    closed: list[str] = []
    for row in configuration.connections:
        make = row.vendor.connect

        def connect(name: str, *rest: Any, make: Any = make) -> Any:
            port = make(name, *rest)

            async def close() -> None:
                closed.append(name)

            port.close = close
            return port

        monkeypatch.setitem(row.vendor.__dict__, "connect", connect)
    return closed


async def test_what_was_opened_is_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = configuration(tmp_path, f'messenger = "slack"\n{SLACK}')
    closed = watched(found, monkeypatch)
    async with opened(found) as connections:
        assert set(connections.probes) == {"hubspot", "stripe", "slack"}
        assert closed == []
    assert sorted(closed) == ["hubspot", "slack", "stripe"]


async def test_a_role_that_nobody_plays_is_no_port(tmp_path: Path) -> None:
    async with opened(configuration(tmp_path)) as connections:
        with pytest.raises(LookupError, match="no messenger connection"):
            connections.of(Kind.MESSENGER)
