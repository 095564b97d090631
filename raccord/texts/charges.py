"""What the law adds to late invoices, line by line, for plain text and for a page."""

from collections.abc import Iterator

from raccord.domain.dunning.letter import Letter, Line
from raccord.domain.payment.status import sums
from raccord.domain.values.base import Value
from raccord.domain.values.message import Percent, message
from raccord.domain.values.money import Money
from raccord.texts import formats
from raccord.texts.owed import listed
from raccord.texts.speech import say, say_fact


class Charge(Value):
    """Penalties of one invoice in one half-year, or its indemnity."""

    title: str
    amount: str


class ChargesTable(Value):
    """Penalties and indemnities of all invoices, and what they come to."""

    rows: tuple[Charge, ...]
    total_label: str
    totals: tuple[str, ...]
    """One sum a currency."""


def charges_table(letter: Letter, language: str) -> ChargesTable | None:
    """Return what the law adds; None where there is no amount to name."""
    found = tuple(each for line in letter.lines for each in _of(line, language))
    if not found:
        return None
    return ChargesTable(
        rows=tuple(Charge(title=title, amount=formats.money(amount, language)) for title, amount in found),
        total_label=say(message("reminder.charges"), language),
        totals=tuple(formats.money(each, language) for each in sums(amount for _, amount in found)),
    )


def plain_charges(table: ChargesTable, language: str) -> str:
    """Write them as lines of plain text."""
    rows = [f"- {say_fact(row.title, row.amount, language)}" for row in table.rows]
    return "\n".join((*rows, "", say_fact(table.total_label, listed(table.totals, language), language)))


def _of(line: Line, language: str) -> Iterator[tuple[str, Money]]:
    charges = line.charges
    if charges is None:
        return
    for penalty in charges.penalties:
        said = message(
            "reminder.penalty",
            number=line.number,
            first=penalty.first,
            last=penalty.last,
            count=penalty.days,
            percent=Percent(percent=penalty.percent),
        )
        yield say(said, language), penalty.amount
    if charges.indemnity:
        yield say(message("reminder.indemnity", number=line.number), language), charges.indemnity
