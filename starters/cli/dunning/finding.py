"""Which customer is meant: by its id in the billing system, its name, or the number of an open invoice."""

from collections.abc import Sequence
from typing import NoReturn

from raccord.domain.values.account import OwedInvoice
from raccord.domain.values.base import fold
from raccord.domain.values.message import Message, message
from raccord.domain.values.payment import UnpaidInvoice
from starters.cli.common import fail
from starters.cli.display import shown
from starters.cli.dunning.books import Books, Known, patiently

_MOST = 8
"""Candidates that are listed."""


async def found(books: Books, typed: str) -> Known:
    """Return the customer that is meant by what was typed, or end the command with who may be."""
    wanted = fold(typed)
    if not wanted:
        fail(message("dunning.typed.name_one"))
    unpaid = await patiently(lambda: books.billing.unpaid_invoices(customer_id=None))
    meant = {each.customer_id for each in unpaid if wanted in _names(each)}
    if len(meant) == 1:
        return await books.known(meant.pop())
    if meant:
        _several(typed, [each for each in unpaid if each.customer_id in meant])
    if not wanted.split()[1:] and "/" not in wanted:
        known = await books.known(typed.strip())
        if not known.account.gone or known.memory.rounds or known.memory.words:
            return known
    _nobody(typed, [each for each in unpaid if any(wanted in name for name in _names(each))])


def invoice_of(known: Known, typed: str) -> OwedInvoice:
    """Return the invoice of a customer that is meant, or end the command with which there are."""
    wanted = fold(typed)
    for each in known.account.invoices:
        if wanted in (fold(each.id), fold(each.number)):
            return each
    name, numbers = shown(known.name), tuple(shown(each.number or each.id) for each in known.account.invoices)
    if numbers:
        fail(message("dunning.typed.open_are", name=name, typed=shown(typed), numbers=numbers), status=1)
    fail(message("dunning.typed.none_open", name=name, typed=shown(typed)), status=1)


def _names(each: UnpaidInvoice) -> set[str]:
    return {fold(name) for name in (each.customer_id, each.customer, each.number, each.id) if name}


def _several(typed: str, unpaid: Sequence[UnpaidInvoice]) -> NoReturn:
    fail(message("dunning.typed.several", typed=shown(typed), listed=_listed(unpaid)), status=1)


def _nobody(typed: str, near: Sequence[UnpaidInvoice]) -> NoReturn:
    if near:
        fail(message("dunning.typed.nearly", typed=shown(typed), listed=_listed(near)), status=1)
    fail(message("dunning.typed.nobody", typed=shown(typed)), status=1)


def _listed(unpaid: Sequence[UnpaidInvoice]) -> Message | tuple[str, ...]:
    names = {each.customer_id: each.customer for each in unpaid}
    listed = tuple(shown(f"{name} ({id_})" if name else id_) for id_, name in sorted(names.items()))
    more = len(listed) - _MOST
    return message("dunning.typed.and_more", listed=listed[:_MOST], count=more) if more > 0 else listed
