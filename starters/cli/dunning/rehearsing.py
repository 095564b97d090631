"""`raccord dunning simulate`: what rules would have done with invoices and payments of the past."""

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from raccord.domain.dunning.calendar import public_holidays
from raccord.domain.dunning.policy import DunningPolicy
from raccord.domain.dunning.rehearsal import History, Rehearsed, rehearsed
from raccord.domain.rules.dunning import Tone
from raccord.domain.values.clock import DAY, BusinessClock
from raccord.sealing import KeyRing
from raccord.settings.configuration import Configuration
from raccord.texts.spreadsheets import harmless
from starters.cli.common import bold, fail
from starters.cli.display import print_json, table
from starters.cli.dunning.billed import histories
from starters.cli.dunning.books import books, now
from starters.cli.dunning.past import BadHistory, read
from starters.cli.dunning.picture import drawn
from starters.cli.dunning.rules import rules_of
from workers.policies import dunning_policy

_MOST = 40
"""Mails that a terminal shows; the file has all."""
_IN_FORCE = "in force"


@dataclass(frozen=True)
class Asked:
    """What was typed: without a `policy` the rules in force, without a `csv` the account's past."""

    since: date
    csv: Path | None = None
    policy: Path | None = None
    against: Path | None = None
    out: Path | None = None


@dataclass(frozen=True)
class Played:
    """What came of one policy."""

    name: str
    policy: DunningPolicy
    mails: tuple[Rehearsed, ...]

    @property
    def figures(self) -> dict[str, int]:
        tones = Counter(each.due.tone for each in self.mails)
        return {
            "mails": len(self.mails),
            **{f"  {tone}": tones[tone] for tone in Tone},
            "customers reminded": len({each.customer_id for each in self.mails}),
            "to who paid within 48 hours": sum(each.soon for each in self.mails if each.due.level),
        }

    def row(self, mail: Rehearsed) -> list[str]:
        return [
            self.name,
            mail.at.astimezone(self.policy.clock.tz).isoformat(timespec="minutes"),
            mail.customer,
            str(mail.due.level),
            mail.due.tone,
            ", ".join(each.number for each in mail.due.invoices),
            ", ".join(str(each) for each in mail.owed),
            "yes" if mail.soon else "",
        ]


HEADINGS = ("policy", "at", "customer", "level", "tone", "invoices", "late", "paid within 48 h")


async def simulate(configuration: Configuration, keys: KeyRing, asked: Asked, *, as_json: bool) -> int:
    """Print which mails would have left since a day, under one policy or two side by side."""
    base = dunning_policy(configuration)
    days_off = public_holidays(configuration.settings.vat.seller_country, asked.since)
    base = base.model_copy(update={"holidays": days_off})
    today = base.clock.date_of(now())
    if asked.since > today:
        fail(f"{asked.since} is to come: the past is simulated.")
    found = await _histories(configuration, keys, asked, base.clock)
    start, end = base.clock.end_of(asked.since - DAY), now()
    plays = [_played(name, policy, found, start, end) for name, policy in _policies(base, asked)]
    if asked.out:
        _write(plays, asked.out, start, end)
    if as_json:
        print_json({each.name: _document(each) for each in plays})
        return 0
    click.echo(bold(f"{len(found)} customers, {asked.since} to {today}"))
    for line in _page(plays):
        click.echo(line)
    if asked.out:
        click.echo(f"\nEach mail is in {asked.out / 'mails.csv'}, a picture in {asked.out / 'mails.svg'}.")
    return 0


async def _histories(
    configuration: Configuration, keys: KeyRing, asked: Asked, clock: BusinessClock
) -> tuple[History, ...]:
    if asked.csv is None:
        async with books(configuration, keys) as open_books:
            return await histories(open_books, asked.since)
    try:
        return read(asked.csv, clock)
    except BadHistory as error:
        fail(str(error))


def _policies(base: DunningPolicy, asked: Asked) -> list[tuple[str, DunningPolicy]]:
    named = [(path.name, rules_of(path)) for path in (asked.policy, asked.against) if path]
    if asked.policy is None:
        named.insert(0, (_IN_FORCE, base.rules))
    if len({name for name, _ in named}) < len(named):
        named = [
            (str(path), rules) for path, (_, rules) in zip((asked.policy, asked.against), named, strict=True)
        ]
    return [(name, base.model_copy(update={"rules": rules})) for name, rules in named]


def _played(
    name: str, policy: DunningPolicy, histories: Sequence[History], start: datetime, end: datetime
) -> Played:
    return Played(name, policy, rehearsed(histories, policy, start, end))


def _page(plays: Sequence[Played]) -> list[str]:
    names = [each.name for each in plays]
    figures = [each.figures for each in plays]
    kinds = list(dict.fromkeys(kind for each in figures for kind in each))
    rows = [[kind, *(str(each.get(kind, 0)) for each in figures)] for kind in kinds]
    lines = ["", *table(["", *names], rows, right=set(names))]
    mails = sorted((each.row(mail) for each in plays for mail in each.mails), key=lambda row: row[1])
    if mails:
        lines += ["", *table(HEADINGS, mails[:_MOST], folds={"customer"})]
    if len(mails) > _MOST:
        lines.append(f"… and {len(mails) - _MOST} more: --out FOLDER writes them all.")
    return lines


def _write(plays: Sequence[Played], folder: Path, start: datetime, end: datetime) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "mails.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        writer.writerows(map(harmless, each.row(mail)) for each in plays for mail in each.mails)
    series = {each.name: [(mail.at, mail.due.tone) for mail in each.mails] for each in plays}
    (folder / "mails.svg").write_text(
        drawn(series, start.astimezone(plays[0].policy.clock.tz), end), encoding="utf-8"
    )


def _document(played: Played) -> dict[str, Any]:
    return {
        "figures": {kind.strip().replace(" ", "_"): count for kind, count in played.figures.items()},
        "mails": [dict(zip(HEADINGS[1:], played.row(mail)[1:], strict=True)) for mail in played.mails],
    }
