"""`raccord dunning simulate`: what rules would have done with invoices and payments of the past."""

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import itemgetter
from pathlib import Path
from typing import Any

import click

from raccord.domain.dunning.calendar import public_holidays
from raccord.domain.dunning.policy import DunningPolicy
from raccord.domain.dunning.rehearsal import History, Rehearsed, rehearsed
from raccord.domain.rules.dunning import Tone
from raccord.domain.values.clock import DAY, BusinessClock
from raccord.domain.values.message import message
from raccord.sealing import KeyRing
from raccord.settings.configuration import Configuration
from raccord.texts import formats, say, say_param
from raccord.texts.spreadsheets import harmless
from starters.cli.common import bold, fail
from starters.cli.display import print_json, table, table_or_facts
from starters.cli.dunning.billed import histories
from starters.cli.dunning.books import books, now
from starters.cli.dunning.past import BadHistory, read
from starters.cli.dunning.picture import drawn
from starters.cli.dunning.rules import rules_of
from starters.cli.dunning.tones import TONES
from starters.cli.language import language_of
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

    def title(self, language: str) -> str:
        return say(message("dunning.check.in_force"), language) if self.name == _IN_FORCE else self.name

    def document(self, mail: Rehearsed) -> dict[str, str]:
        """Return a mail as a machine reads it: exact amounts, an instant in the company's zone."""
        return {
            "at": self._at(mail).isoformat(timespec="minutes"),
            "customer": mail.customer,
            "level": str(mail.due.level),
            "tone": mail.due.tone,
            "invoices": ", ".join(each.number for each in mail.due.invoices),
            "late": ", ".join(str(each) for each in mail.owed),
            "paid within 48 h": "yes" if mail.soon else "",
        }

    def row(self, mail: Rehearsed, language: str) -> list[str]:
        return [
            self.title(language),
            formats.day(self._at(mail), language),
            mail.customer,
            str(mail.due.level),
            say(TONES[mail.due.tone], language),
            ", ".join(each.number for each in mail.due.invoices),
            say_param(mail.owed, language),
            self._soon(mail, language),
        ]

    def line(self, mail: Rehearsed, language: str) -> list[str]:
        """Return a mail for a spreadsheet: as in a terminal, with its hour and exact amounts."""
        exact = self.document(mail)
        tone, soon = say(TONES[mail.due.tone], language), self._soon(mail, language)
        more = {"tone": tone, "paid within 48 h": soon}
        return [self.title(language), *(exact | more).values()]

    def _at(self, mail: Rehearsed) -> datetime:
        return mail.at.astimezone(self.policy.clock.tz)

    def _soon(self, mail: Rehearsed, language: str) -> str:
        return say(message("dunning.simulate.yes"), language) if mail.soon else ""


_COLUMNS = (
    "dunning.simulate.policy",
    "dunning.simulate.at",
    "dunning.column.customer",
    "dunning.simulate.level",
    "dunning.simulate.tone",
    "dunning.simulate.invoices",
    "dunning.simulate.late",
    "dunning.simulate.paid",
)
_FIGURES = {
    "mails": message("dunning.check.mails"),
    **{f"  {tone}": said for tone, said in TONES.items()},
    "customers reminded": message("dunning.simulate.reminded"),
    "to who paid within 48 hours": message("dunning.simulate.soon"),
}


async def simulate(configuration: Configuration, keys: KeyRing, asked: Asked, *, as_json: bool) -> int:
    """Print which mails would have left since a day, under one policy or two side by side."""
    base = dunning_policy(configuration)
    days_off = public_holidays(configuration.settings.vat.seller_country, asked.since)
    base = base.model_copy(update={"holidays": days_off})
    today = base.clock.date_of(now())
    if asked.since > today:
        fail(message("dunning.typed.future", day=asked.since))
    found = await _histories(configuration, keys, asked, base.clock)
    start, end = base.clock.end_of(asked.since - DAY), now()
    plays = [_played(name, policy, found, start, end) for name, policy in _policies(base, asked)]
    language = language_of(configuration)
    if asked.out:
        _write(plays, asked.out, (start, end), language)
    if as_json:
        print_json({each.name: _document(each) for each in plays})
        return 0
    customers = message("dunning.count.customers", count=len(found))
    title = message("dunning.simulate.title", customers=customers, begin=asked.since, end=today)
    click.echo(bold(say(title, language)))
    for line in _page(plays, language):
        click.echo(line)
    if asked.out:
        csv, svg = (str(asked.out / name) for name in ("mails.csv", "mails.svg"))
        click.echo(f"\n{say(message('dunning.simulate.written', csv=csv, svg=svg), language)}")
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
        fail(error)


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


def _page(plays: Sequence[Played], language: str) -> list[str]:
    names = [each.title(language) for each in plays]
    figures = [each.figures for each in plays]
    rows = [
        [f"{kind[: -len(kind.lstrip())]}{say(said, language)}", *(str(each[kind]) for each in figures)]
        for kind, said in _FIGURES.items()
    ]
    lines = ["", *table(["", *names], rows, right=set(names))]
    mails = sorted(((mail.at, play, mail) for play in plays for mail in play.mails), key=itemgetter(0))
    if mails:
        # Where there are no others, each row would repeat the name of the one policy.
        first = 0 if len(plays) > 1 else 1
        headings = [say(message(code), language) for code in _COLUMNS][first:]
        cells = [play.row(mail, language)[first:] for _, play, mail in mails[:_MOST]]
        named, folds = 3 - first, {*headings[: 3 - first], headings[5 - first]}
        lines += ["", *table_or_facts(headings, cells, language, folds=folds, named=named)]
    if len(mails) > _MOST:
        lines.append(say(message("dunning.simulate.more", count=len(mails) - _MOST), language))
    return lines


def _write(plays: Sequence[Played], folder: Path, between: tuple[datetime, datetime], language: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "mails.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([say(message(code), language) for code in _COLUMNS])
        writer.writerows(map(harmless, each.line(mail, language)) for each in plays for mail in each.mails)
    series = {each.title(language): [(mail.at, mail.due.tone) for mail in each.mails] for each in plays}
    start, end = between
    picture = drawn(series, start.astimezone(plays[0].policy.clock.tz), end, language)
    (folder / "mails.svg").write_text(picture, encoding="utf-8")


def _document(played: Played) -> dict[str, Any]:
    return {
        "figures": {kind.strip().replace(" ", "_"): count for kind, count in played.figures.items()},
        "mails": [played.document(mail) for mail in played.mails],
    }
