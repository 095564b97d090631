"""`raccord shadow report`: what finance reads before the first flow goes live."""

from collections.abc import Iterator

import click

from raccord.domain.service.findings import Finding, tallied
from raccord.domain.values.message import Param, message
from raccord.domain.values.money import Money
from raccord.sealing import KeyRing
from raccord.settings.configuration import Configuration
from raccord.texts import called, say, say_param
from raccord.texts.digest import KINDS, say_tally, say_why
from starters.cli.common import bold, warn
from starters.cli.display import opened, print_json, table
from starters.cli.language import language_of

_COLUMNS = ("report.verdict", "report.deal", "report.net", "report.gross", "report.why")


async def report(configuration: Configuration, keys: KeyRing, *, as_json: bool) -> int:
    """Print the latest verdict on every deal that was looked at in shadow."""
    language = language_of(configuration)
    async with opened(configuration, keys) as records:
        found = await records.findings.verdicts()
        in_shadow = configuration.settings.in_shadow or await records.rungs.in_shadow()
    if not in_shadow:
        warn(message("shadow.over"))
    if as_json:
        print_json([_document(each, language) for each in found])
    elif not found:
        click.echo(say(message("report.nothing"), language))
    else:
        for line in _page(found, language):
            click.echo(line)
    return 0


def _page(found: tuple[Finding, ...], language: str) -> Iterator[str]:
    tallies = tallied(found)
    for tally in tallies:
        yield f"{bold(say(KINDS[tally.kind], language))}  {say_tally(tally, language)}"
    yield ""
    headings = [say(message(code), language) for code in _COLUMNS]
    rows = [
        [
            say(KINDS[each.kind], language),
            called(each.name, each.deal.id, each.url),
            *(_written(amount, language) for amount in (each.net, each.gross)),
            " ".join(say_why(point, language) for point in each.points),
        ]
        for tally in tallies
        for each in found
        if each.kind is tally.kind
    ]
    yield from table(headings, rows, right=headings[2:4], folds={headings[1]})


def _written(value: Param | None, language: str) -> str:
    return "" if value is None else say_param(value, language)


def _document(found: Finding, language: str) -> dict[str, object]:
    return {
        "verdict": found.kind.value,
        "deal": found.deal.id,
        "name": found.name,
        "url": found.url,
        "net": _exact(found.net),
        "gross": _exact(found.gross),
        "why": [say_why(point, language) for point in found.points],
        "looked_at": found.at.isoformat(),
    }


def _exact(amount: Money | None) -> dict[str, str] | None:
    return {"amount": str(amount.amount), "currency": amount.currency} if amount else None
