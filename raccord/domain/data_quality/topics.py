"""What people clean at once: the problems of deals by what is to be typed, and which are worth most."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from itertools import combinations

from raccord.domain.desk.problems import Cause, Problem
from raccord.domain.values.base import Value
from raccord.domain.values.message import RecordKind

MOST_FIXES = 3


class Topic(StrEnum):
    """One kind of work."""

    SIRET = "siret"
    NUMBERS = "numbers"
    EMAIL = "email"
    CONTACTS = "contacts"
    ADDRESS = "address"
    COUNTRY = "country"
    NO_COMPANY = "no_company"
    SEVERAL_COMPANIES = "several_companies"
    PUBLIC_BODY = "public_body"
    NO_LINES = "no_lines"
    LINES = "lines"
    VAT_RATE = "vat_rate"
    VAT_REASON = "vat_reason"
    CURRENCY = "currency"
    AMOUNT = "amount"
    RECURRING = "recurring"
    PAPERS = "papers"
    """Dates, terms and order numbers."""
    UNREADABLE = "unreadable"
    SETTINGS = "settings"
    """Nothing in the CRM: Raccord's own settings lack something."""
    OTHER = "other"


_BY_CODE = {
    "company.siren_missing": Topic.SIRET,
    "company.several_contacts": Topic.CONTACTS,
    "company.country_missing": Topic.COUNTRY,
    "company.country_unknown": Topic.COUNTRY,
    "deal.no_company": Topic.NO_COMPANY,
    "deal.several_companies": Topic.SEVERAL_COMPANIES,
    "company.public_body": Topic.PUBLIC_BODY,
    "deal.no_order_number": Topic.PAPERS,
    "deal.no_lines": Topic.NO_LINES,
    "line.vat_rate_missing": Topic.VAT_RATE,
    "line.vat_rate_missing_abroad": Topic.VAT_RATE,
    "line.untaxed": Topic.VAT_RATE,
    "line.vat_rate_fraction": Topic.VAT_RATE,
    "line.vat_rate_unknown": Topic.VAT_RATE,
    "vat.zero_untold": Topic.VAT_RATE,
}
_BY_CAUSE = {
    Cause.IDENTIFIER: Topic.NUMBERS,
    Cause.EMAIL: Topic.EMAIL,
    Cause.ADDRESS: Topic.ADDRESS,
    Cause.LINES: Topic.LINES,
    Cause.PRICE: Topic.LINES,
    Cause.QUANTITY: Topic.LINES,
    Cause.DISCOUNT: Topic.LINES,
    Cause.VAT: Topic.VAT_REASON,
    Cause.CURRENCY: Topic.CURRENCY,
    Cause.AMOUNT: Topic.AMOUNT,
    Cause.RECURRING: Topic.RECURRING,
    Cause.TERMS: Topic.PAPERS,
    Cause.DATE: Topic.PAPERS,
    Cause.UNREADABLE: Topic.UNREADABLE,
}


def topic_of(found: Problem) -> Topic:
    if found.record.kind is RecordKind.SETTINGS:
        return Topic.SETTINGS
    return _BY_CODE.get(found.message.code) or _BY_CAUSE.get(found.cause, Topic.OTHER)


class Fix(Value):
    """One kind of work, and how many deals pass once it is done, what stands before it done too."""

    topic: Topic
    passing: int


def best_fixes(asked: Mapping[frozenset[Topic], int], passing: int) -> tuple[Fix, ...]:
    """Return the three kinds of work that together let the most deals pass, the most useful one first.

    `asked` counts the deals that ask, by all that is wrong with each: a deal passes only once all of it is
    mended. Where no three of them let one more deal pass, there is none.
    """
    topics = sorted({topic for them in asked for topic in them})
    some = combinations(topics, min(MOST_FIXES, len(topics)))
    best = max(some, key=lambda chosen: _mended(asked, chosen), default=())
    done: list[Topic] = []
    fixes: list[Fix] = []
    left = list(best)
    while left:
        # Of two that alone help nobody, the one that stands in more deals' way goes first.
        topic = max(left, key=lambda each: (_mended(asked, (*done, each)), _meets(asked, each)))
        left.remove(topic)
        done.append(topic)
        fixes.append(Fix(topic=topic, passing=passing + _mended(asked, done)))
    return tuple(fixes) if best and _mended(asked, best) else ()


def _mended(asked: Mapping[frozenset[Topic], int], done: Iterable[Topic]) -> int:
    mended = frozenset(done)
    return sum(count for topics, count in asked.items() if topics <= mended)


def _meets(asked: Mapping[frozenset[Topic], int], topic: Topic) -> int:
    return sum(count for topics, count in asked.items() if topic in topics)
