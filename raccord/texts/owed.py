"""What a customer owes as a table: its words and figures, for plain text and for a page."""

from datetime import date

from raccord.domain.dunning.letter import Letter, Line
from raccord.domain.values.base import Value
from raccord.domain.values.message import message
from raccord.domain.values.money import Money
from raccord.texts import formats
from raccord.texts.speech import say, say_fact


class Row(Value):
    """One invoice."""

    title: str
    issued: str
    when: str
    """When it was to be paid, and how late it is."""
    amount: str
    of: str = ""
    """Of what the amount is left, where a part was paid."""
    url: str = ""


class Table(Value):
    """Invoices of one customer and what they come to."""

    customer: str
    """Whose invoices they are, with the word for it; empty where nobody knows the name."""
    rows: tuple[Row, ...]
    total_label: str
    totals: tuple[str, ...]
    """One sum a currency."""
    see: str
    """On the button that leads to an invoice's page."""

    @property
    def several(self) -> bool:
        return len(self.rows) > 1


def table_of(letter: Letter, language: str) -> Table:
    return Table(
        customer=say_fact(message("reminder.customer"), letter.customer, language) if letter.customer else "",
        rows=tuple(_row(line, language) for line in letter.lines),
        total_label=say(message("reminder.total"), language),
        totals=tuple(formats.money(each, language) for each in letter.owed),
        see=say(message("reminder.see"), language),
    )


def plain(table: Table, language: str) -> str:
    """Write a table as lines of plain text."""
    rows = "\n".join(_lines(row, language) for row in table.rows)
    total = say_fact(table.total_label, listed(table.totals, language), language) if table.several else ""
    return "\n\n".join(part for part in (table.customer, rows, total) if part)


def amounts(sums: tuple[Money, ...], language: str) -> str:
    """`1 234,56 € et 20,00 $US`: sums of different currencies side by side."""
    return listed(tuple(formats.money(each, language) for each in sums), language)


def days(found: tuple[date, ...], language: str) -> str:
    """`19 et 26 novembre 2026`."""
    return listed(formats.long_days(found, language), language)


def listed(said: tuple[str, ...], language: str) -> str:
    """`one, two and three`."""
    if len(said) < 2:
        return "".join(said)
    return say(message("reminder.and", first=", ".join(said[:-1]), last=said[-1]), language)


def _lines(row: Row, language: str) -> str:
    amount = f"{row.amount} {row.of}" if row.of else row.amount
    return "\n  ".join(
        part
        for part in (f"- {say_fact(f'{row.title} {row.issued}', amount, language)}", row.when, row.url)
        if part
    )


def _row(line: Line, language: str) -> Row:
    due = formats.day(line.due_on, language)
    when = (
        message("reminder.overdue", due=due, count=line.days_late)
        if line.days_late > 0
        else message("reminder.not_due", due=due)
    )
    total = formats.money(line.total, language)
    return Row(
        title=say(message("reminder.invoice", number=line.number), language),
        issued=say(message("reminder.issued", day=line.issued_on), language),
        when=say(when, language),
        amount=formats.money(line.left, language),
        of=say(message("reminder.left_of", total=total), language) if line.partly_paid else "",
        url=line.url,
    )
