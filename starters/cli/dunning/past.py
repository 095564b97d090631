"""Invoices and payments of the past from a CSV file, as any billing system or spreadsheet writes them.

A row is an invoice, or one more payment of an invoice that a row before it named. A day without an hour is
taken for noon in the company's zone.
"""

import csv
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from io import StringIO
from pathlib import Path

from pydantic import ValidationError

from raccord.domain.dunning.rehearsal import Bill, Came, History
from raccord.domain.values.account import Account, OwedInvoice
from raccord.domain.values.address import Address
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.message import Message, message
from raccord.domain.values.money import Money
from raccord.texts.told import Told

NEEDED = ("customer", "invoice", "amount", "issued", "due")
COLUMNS = (*NEEDED, "currency", "paid_on", "paid", "name", "email", "country", "siren")
_NOON = time(12)
_NOWHERE = "nobody@nowhere.example"
"""Where nothing says where a customer reads mail: it is known in the billing system."""


class BadHistory(Told):
    """A file cannot be read."""


def read(path: Path, clock: BusinessClock) -> tuple[History, ...]:
    """Read a CSV file. Raises `BadHistory`, which names the line."""
    try:
        text = path.read_text("utf-8-sig")
        delimiter = max(",;\t", key=text.partition("\n")[0].count)
        return _histories(csv.DictReader(StringIO(text), delimiter=delimiter), path, clock)
    except OSError as error:
        why = error.strerror or str(error)
        raise BadHistory(message("dunning.history.unread", path=str(path), why=why)) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadHistory(message("dunning.history.no_csv", path=str(path), why=str(error))) from error


def _histories(rows: "csv.DictReader[str]", path: Path, clock: BusinessClock) -> tuple[History, ...]:
    names = set(rows.fieldnames or ())
    if missing := [name for name in NEEDED if name not in names]:
        others = COLUMNS[len(NEEDED) :]
        said = message(
            "dunning.history.no_column", path=str(path), column=missing[0], needed=NEEDED, others=others
        )
        raise BadHistory(said)
    accounts: dict[str, Account] = {}
    bills: dict[tuple[str, str], Bill] = {}
    for row in rows:
        try:
            account, bill = _account(row), _bill(row, clock)
        except (ValueError, ValidationError, InvalidOperation, KeyError) as error:
            why = message("dunning.history.line", path=str(path), number=rows.line_num, why=_said(error))
            raise BadHistory(why) from error
        known = bills.setdefault((account.customer_id, bill.invoice.id), bill)
        if known is not bill:
            bills[account.customer_id, bill.invoice.id] = _more(known, bill)
        accounts.setdefault(account.customer_id, account)
    return tuple(
        History(account=account, bills=tuple(bill for (owner, _), bill in bills.items() if owner == id_))
        for id_, account in accounts.items()
    )


def _more(known: Bill, further: Bill) -> Bill:
    came = sorted((*known.came, *further.came), key=lambda each: each.at)
    return known.model_copy(update={"came": tuple(came)})


def _account(row: Mapping[str, str]) -> Account:
    return Account(
        customer_id=row["customer"].strip(),
        name=row.get("name") or row["customer"],
        email=row.get("email") or _NOWHERE,
        address=Address(country=(row.get("country") or "").strip().upper()),
        siren=(row.get("siren") or "").strip(),
    )


def _bill(row: Mapping[str, str], clock: BusinessClock) -> Bill:
    total = _money(row["amount"], row.get("currency"))
    issued, due = _at(row["issued"], clock), _at(row["due"], clock)
    number = row["invoice"].strip()
    return Bill(
        invoice=OwedInvoice(
            id=number,
            number=number,
            due=total,
            total=total,
            issued_on=clock.date_of(issued),
            due_on=clock.date_of(due),
        ),
        issued_at=issued,
        came=tuple(_came(row, total, clock)),
    )


def _came(row: Mapping[str, str], total: Money, clock: BusinessClock) -> Iterator[Came]:
    if on := (row.get("paid_on") or "").strip():
        paid = row.get("paid") or ""
        yield Came(at=_at(on, clock), amount=_money(paid, total.currency) if paid.strip() else total)


def _money(text: str, currency: str | None) -> Money:
    amount = Decimal(text.strip().replace(" ", "").replace("\u00a0", "").replace(",", "."))
    return Money(amount=amount, currency=(currency or "").strip() or "EUR")


def _at(text: str, clock: BusinessClock) -> datetime:
    text = text.strip()
    if len(text) > len("2026-01-31"):
        at = datetime.fromisoformat(text)
        return at if at.tzinfo else at.replace(tzinfo=clock.tz)
    return datetime.combine(date.fromisoformat(text), _NOON, tzinfo=clock.tz)


def _said(error: Exception) -> Message:
    match error:
        case ValidationError():
            return message("check.in_its_words", said=f"{error.errors(include_url=False)[0]['msg']}.")
        case InvalidOperation():
            return message("dunning.history.amount")
        case _:
            return message("dunning.history.day", said=str(error))
