"""`raccord audit messages`: who was told what in a month, from the audit."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import click

from raccord.connectors.connection import Kind as ConnectionKind
from raccord.connectors.connection import in_its_words
from raccord.connectors.crm import CrmReader
from raccord.connectors.errors import ConnectorError
from raccord.domain.values.clock import DAY, BusinessClock
from raccord.domain.values.message import Message, message
from raccord.records.audit import AuditRow, Kind, Verdict
from raccord.sealing import KeyRing
from raccord.settings.configuration import Configuration
from raccord.texts import formats, say
from starters.cli.common import bold, warn
from starters.cli.display import opened, print_json, table
from starters.cli.invoices.made import Month
from starters.cli.language import language_of
from workers.connections import opened as connections_of

_HOW = {
    "mail.send": message("told.mail"),
    "messaging.post": message("told.message"),
    "crm.create_task": message("told.task"),
    "events.send": message("told.event"),
}
_FATES: Mapping[str, Message] = {
    Verdict.REFUSED: message("told.refused"),
    Verdict.SERVER_ERROR: message("told.unknown"),
}
_COLUMNS = ("told.at", "told.how", "told.to", "told.what", "told.row")


@dataclass(frozen=True)
class Told:
    """One thing that somebody was told. `flow` is the id of the flow that said it, `row` the audit's.

    `at`: when it was begun.
    """

    at: datetime
    effect: str
    to: tuple[str, ...]
    what: str
    about: str
    flow: str
    row: int
    fate: Message | None = None
    """What became of it where it did not simply leave."""


async def show(configuration: Configuration, keys: KeyRing, month: Month, *, as_json: bool) -> int:
    """Print the mails, messages, tasks and events that left in a month, and those of which nobody knows."""
    clock, language = configuration.settings.clock, language_of(configuration)
    async with opened(configuration, keys) as records:
        since, until = bounds(month, clock)
        told = told_by(await records.audit.stated_between(_HOW, since, until), since, until)
    names = await _names(configuration, told)
    if as_json:
        print_json([_document(each, names) for each in told])
        return 0
    title = say(message("told.title", month=formats.month(month.first, language)), language)
    click.echo(bold(title))
    if not told:
        click.echo(say(message("told.none"), language))
        return 0
    click.echo("")
    headings = [say(message(code), language) for code in _COLUMNS]
    cells = [
        [
            formats.moment(each.at.astimezone(clock.tz), language),
            say(_HOW[each.effect], language),
            ", ".join(names.get(to, to) for to in each.to),
            each.what if each.fate is None else f"{each.what} ({say(each.fate, language)})",
            str(each.row),
        ]
        for each in told
    ]
    for line in table(headings, cells, right=headings[-1:], folds=headings[2:4]):
        click.echo(line)
    return 0


def bounds(month: Month, clock: BusinessClock) -> tuple[datetime, datetime]:
    """Return the instants at which a month and the one after it begin."""
    return clock.start_of(month.first), clock.start_of(month.last + DAY)


def told_by(rows: Sequence[AuditRow], since: datetime, until: datetime) -> tuple[Told, ...]:
    """Pair what was begun from an instant up to another one with what came of it, whenever that was.

    `rows`: all of the keys that are meant. An intent alone is something of which nobody knows the end.
    """
    under_way: dict[str, AuditRow] = {}
    done: set[str] = set()
    found: list[Told] = []
    for row in rows:
        if row.kind is Kind.INTENT:
            under_way[row.key] = row
        elif intent := under_way.pop(row.key, None):
            if row.verdict == Verdict.FOUND and row.key in done:
                # It had left already, and is told as that.
                continue
            if row.verdict == Verdict.DONE:
                done.add(row.key)
            found.append(_told(intent, row, _FATES.get(row.verdict)))
    found += [_told(intent, intent, _FATES[Verdict.SERVER_ERROR]) for intent in under_way.values()]
    ours = (each for each in found if since <= each.at < until)
    return tuple(sorted(ours, key=lambda each: (each.at, each.row)))


def _told(intent: AuditRow, end: AuditRow, fate: Message | None) -> Told:
    return Told(
        at=intent.at,
        effect=intent.effect,
        to=tuple(_to(intent, end)),
        what=" ".join(_what(intent.after).split()),
        about=intent.object,
        flow=intent.cause.partition(" ")[0],
        row=end.sequence,
        fate=fate,
    )


def _to(intent: AuditRow, end: AuditRow) -> Iterator[str]:
    match intent.effect:
        case "mail.send":
            yield from map(str, intent.after.get("to", ()))
        case "messaging.post":
            yield from filter(None, [str(end.detail.get("channel", ""))])
            yield from map(str, intent.after.get("people", ()))
        case "crm.create_task":
            yield from filter(None, [str(intent.after.get("owner_id", ""))])
        case _:
            # An event's key ends with the name of the endpoint.
            yield intent.key.rpartition("/")[2]


def _what(after: Mapping[str, Any]) -> str:
    found = (after.get(name) for name in ("subject", "title", "id"))
    return next((str(each) for each in found if each), "")


async def _names(configuration: Configuration, told: Sequence[Told]) -> Mapping[str, str]:
    """Return what the salespeople are called who got tasks."""
    owners = sorted({to for each in told if each.effect == "crm.create_task" for to in each.to})
    if not owners:
        return {}
    async with connections_of(configuration) as connections:
        crm: CrmReader = connections.of(ConnectionKind.CRM)
        try:
            return await crm.name_owners(owners)
        except ConnectorError as error:
            warn(message("told.by_ids", why=in_its_words(error)))
            return {}


def _document(told: Told, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "at": told.at.isoformat(),
        "how": told.effect,
        "to": [{"id": to, "name": names.get(to, "")} for to in told.to],
        "what": told.what,
        "about": told.about,
        "flow": told.flow,
        "audit": told.row,
        "fate": told.fate.code.rpartition(".")[2] if told.fate else "left",
    }
