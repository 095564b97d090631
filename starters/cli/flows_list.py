"""`raccord flows list`: the flows that Temporal knows, by state, with where to look at each."""

from collections.abc import Iterator, Mapping
from typing import Any

import click
from temporalio.client import Client, WorkflowExecution

from raccord.domain.values.message import message
from raccord.domain.values.subject import Subject
from raccord.sealing import KeyRing
from raccord.settings.configuration import Configuration
from raccord.settings.model import Settings
from raccord.temporal import search
from raccord.temporal.client import connect
from raccord.temporal.flows import (
    CONTACT_SYNC,
    CUSTOMER_ONBOARDING,
    DEAL_WON,
    DUNNING,
    DUNNING_BACKLOG,
    FLOWS,
    PAYMENT_PLACED,
    PAYMENT_RECEIVED,
    flow_of,
)
from raccord.texts import say
from starters.cli.display import age, print_json, table
from starters.cli.flow_names import names_known
from starters.cli.language import language_of
from starters.cli.server import WITHIN

_MOST = 1000
"""The latest ones; with more, a state or the Temporal UI finds the rest."""
_COLUMNS = ("flows.flow", "inbox.subject", "inbox.state", "flows.began", "flows.link")
_KINDS = {
    DEAL_WON.name: message("flows.kind.deal_won"),
    PAYMENT_RECEIVED.name: message("flows.kind.payment"),
    PAYMENT_PLACED.name: message("flows.kind.placed"),
    CUSTOMER_ONBOARDING.name: message("flows.kind.onboarding"),
    DUNNING.name: message("flows.kind.dunning"),
    DUNNING_BACKLOG.name: message("flows.kind.backlog"),
    CONTACT_SYNC.name: message("flows.kind.contact"),
}


async def list_all(configuration: Configuration, keys: KeyRing, *, state: str, as_json: bool) -> int:
    """List the latest run of each flow, the latest begun first."""
    client = await connect(configuration.settings, keys, within=WITHIN)
    found = _latest([each async for each in client.list_workflows(_query(state), limit=_MOST)])
    names = await names_known(configuration, keys) if found else {}
    rows = list(_rows(found, names, configuration.settings, client))
    language = language_of(configuration)
    if as_json:
        print_json(rows)
    elif not rows:
        click.echo(say(message("flows.none_in", state=state) if state else message("flows.none"), language))
    else:
        cells = [
            _cells(row, age(each.start_time, language), language)
            for row, each in zip(rows, found, strict=True)
        ]
        headings = [say(message(code), language) for code in _COLUMNS]
        for line in table(headings, cells, folds=headings[:2]):
            click.echo(line)
    return 0


def _cells(row: Mapping[str, Any], age: str, language: str) -> list[str]:
    kind = say(_KINDS[row["flow"]], language) if row["flow"] in _KINDS else row["flow"]
    *_, id = row["subject"].partition(":")
    subject = f"{row['name']} ({id})" if row["name"] else id or row["subject"]
    return [kind, subject, row["state"], say(message("flows.ago", age=age), language), row["url"]]


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


def _rows(
    found: list[WorkflowExecution], names: Mapping[Subject, str], settings: Settings, client: Client
) -> Iterator[dict[str, Any]]:
    ui = f"{settings.temporal.web_ui}/namespaces/{client.namespace}/workflows"
    for each in found:
        named = flow_of(each.id)
        yield {
            "flow": each.workflow_type,
            "id": each.id,
            "subject": str(named[1]) if named else each.id,
            "name": names.get(named[1], "") if named else "",
            "state": each.typed_search_attributes.get(search.STATE) or "",
            "since": each.start_time.isoformat(),
            "url": f"{ui}/{each.id.replace('/', '%2F')}/{each.run_id}",
        }
