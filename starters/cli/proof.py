"""The proof of both sides, in the terminal and as a page."""

from pathlib import Path

import click

from raccord.domain.proof.proof import Proof
from raccord.settings.configuration import Configuration
from raccord.texts.proofs import HEADINGS, NUMBERS, cells, explained, headline, more, page, sums
from raccord.texts.speech import say, say_fact
from starters.cli.common import bold, fail, from_the_system
from starters.cli.display import table


def show(proof: Proof, language: str) -> None:
    """Print a proof as a table."""
    click.echo(bold(say(headline(proof), language)))
    for label, amount in sums(proof, language):
        click.echo(f"  {say_fact(label, amount, language)}")
    for each in explained(proof, language):
        click.echo(f"  {each}")
    if proof.gaps:
        click.echo()
        headings = [say(each, language) for each in HEADINGS]
        right = [say(each, language) for each in NUMBERS]
        rows = [cells(gap, proof, language) for gap in proof.gaps]
        for line in table(headings, rows, right=right):
            click.echo(line)
    if left := more(proof, language):
        click.echo(left)


def keep(proof: Proof, file: Path, configuration: Configuration) -> None:
    """Write a proof as a page into a file."""
    settings = configuration.settings
    try:
        file.write_text(page(proof, settings.company.name, settings.desk.language), "utf-8")
    except OSError as error:
        fail(f"the page cannot be written to {file}: {from_the_system(error)}", status=1)
    click.echo(f"The proof is kept in {file}.", err=True)
