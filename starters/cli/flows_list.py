"""`raccord flows list`: the flows that Temporal knows, by state, with where to look at each."""

from collections.abc import Iterator
from typing import Any

import click
from temporalio.client import Client, WorkflowExecution

from raccord.sealing import KeyRing
from raccord.settings.configuration import Configuration
from raccord.settings.model import Settings
from raccord.temporal import search
from raccord.temporal.client import connect
from raccord.temporal.flows import FLOWS, flow_of
from starters.cli.display import age, print_json, table
from starters.cli.server import WITHIN

_MOST = 1000
"""The latest ones; with more, a state or the Temporal UI finds the rest."""


async def list_all(configuration: Configuration, keys: KeyRing, *, state: str, as_json: bool) -> int:
    """List the latest run of each flow, the latest begun first."""
    client = await connect(configuration.settings, keys, within=WITHIN)
    found = [each async for each in client.list_workflows(_query(state), limit=_MOST)]
    rows = list(_rows(found, configuration.settings, client))
    if as_json:
        print_json(rows)
    elif not rows:
        click.echo("No flow" + (f" is in state {state}." if state else " has begun yet."))
    else:
        cells = [
            [row["subject"], row["state"], f"{age(found.start_time, 'en')} ago", row["url"]]
            for row, found in zip(rows, _latest(found), strict=True)
        ]
        for line in table(("subject", "state", "since", "link"), cells, folds=("subject",)):
            click.echo(line)
    return 0


def _query(state: str) -> str:
    types = ", ".join(f"'{flow.name}'" for flow in FLOWS)
    wanted = f" AND {search.STATE.name} = '{state}'" if state else ""
    return f"WorkflowType IN ({types}){wanted}"


def _latest(found: list[WorkflowExecution]) -> list[WorkflowExecution]:
    """Return the latest run of each id."""
    latest: dict[str, WorkflowExecution] = {}
    for each in sorted(found, key=lambda one: one.start_time):
        latest[each.id] = each
    return sorted(latest.values(), key=lambda one: one.start_time, reverse=True)


def _rows(found: list[WorkflowExecution], settings: Settings, client: Client) -> Iterator[dict[str, Any]]:
    ui = f"{settings.temporal.web_ui}/namespaces/{client.namespace}/workflows"
    for each in _latest(found):
        named = flow_of(each.id)
        yield {
            "flow": each.workflow_type,
            "id": each.id,
            "subject": str(named[1]) if named else each.id,
            "state": each.typed_search_attributes.get(search.STATE) or "",
            "since": each.start_time.isoformat(),
            "url": f"{ui}/{each.id.replace('/', '%2F')}/{each.run_id}",
        }
