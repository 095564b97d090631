"""The proof of both sides, in the terminal and as a page."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from raccord.domain.proof.proof import Proof
from raccord.domain.values.message import message
from raccord.settings.configuration import Configuration
from raccord.texts.proofs import HEADINGS, NUMBERS, cells, explained, headline, more, page, sums
from raccord.texts.speech import say, say_fact
from starters.cli.common import bold, fail, from_the_system
from starters.cli.display import fits, fold, shown, table
from starters.cli.language import spoken


def show(proof: Proof, language: str) -> None:
    """Print a proof as a table."""
    lines = fold(say(headline(proof), language))
    click.echo("\n".join(bold(line) for line in lines))
    for label, amount in sums(proof, language):
        _echo(f"  {say_fact(label, amount, language)}")
    for each in explained(proof, language):
        _echo(f"  {each}")
    if proof.gaps:
        click.echo()
        for line in _gaps(proof, language):
            click.echo(line)
    if left := more(proof, language):
        _echo(left)


def _gaps(proof: Proof, language: str) -> list[str]:
    """Return a row for each gap; where those are too long for the terminal, some lines for each."""
    headings = [say(each, language) for each in HEADINGS]
    right = [say(each, language) for each in NUMBERS]
    rows = [cells(gap, proof, language) for gap in proof.gaps]
    lines = list(table(headings, rows, right=right, folds=headings[:2]))
    if fits(lines):
        return lines
    return [line for row in rows for line in _apart(headings, row, language)]


def _apart(headings: Sequence[str], row: Sequence[str], language: str) -> Iterator[str]:
    kind, what, *facts, follows = map(shown, row)
    first, *rest = fold(say_fact(kind, what, language) if what else kind, indent="  ")
    yield from (bold(first), *rest)
    labelled = [
        say_fact(label, fact, language) for label, fact in zip(headings[2:-1], facts, strict=True) if fact
    ]
    if labelled:
        yield from fold("  " + " · ".join(labelled), indent="  ")
    yield from fold(f"  → {follows}", indent="    ")


def _echo(text: str) -> None:
    click.echo("\n".join(fold(text, indent="    ")))


def keep(proof: Proof, file: Path, configuration: Configuration) -> None:
    """Write a proof as a page into a file."""
    settings = configuration.settings
    try:
        file.write_text(page(proof, settings.company.name, settings.desk.language), "utf-8")
    except OSError as error:
        fail(message("error.page_unwritten", file=str(file), why=from_the_system(error)), status=1)
    click.echo(say(message("proof.kept", file=str(file)), spoken()), err=True)
