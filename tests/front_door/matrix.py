"""What the fault matrices play: calls, every fault, and the deals that meet them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

Effect = dict[str, Any]

FRESH, KNOWN = "fresh", "known"
"""A deal of a company that billing has never heard of; and one of a company that it knows, with an outdated
draft of the deal, a VAT rate it lacks, and no currency on the deal. Together they make every call."""
TYPED = "typed"
"""A customer whose phone and VAT number are typed in the CRM, the e-mail address in the billing system."""
PAID, PLACED = "paid", "placed"
"""A deal whose invoice is paid; and one that a payment is for which finance has to place."""
OWNER = "read owner"
"""An owner is remembered for minutes: only a deal with an owner of its own is sure to make the call."""


@dataclass(frozen=True)
class Call:
    """One distinct call of the flow; `{id}` in the path stands for any id.

    `lacks` is a field that its answer cannot do without, `unknown` one that may get a new value some day.
    `aimed`: the request names something of its deal. Otherwise a fault hits the first deal that makes it.
    """

    name: str
    vendor: str
    method: str
    path: str
    recipe: str
    lacks: str
    unknown: str = ""
    write: bool = False
    listing: bool = False
    """Its answer may be stale."""
    batch: bool = False
    """Its answer may be a partial success."""
    aimed: bool = True
    forbidden_asks: str = ""
    """What the flow asks instead when its credential lacks the permission for the call."""

    @property
    def keyed(self) -> bool:
        """Whether it carries an idempotency key, under which its vendor keeps the answer."""
        return self.vendor == "stripe" and self.method == "POST"


@dataclass(frozen=True)
class Fault:
    """`asks`: the flow may put it to a person, who then only has to say "again"."""

    name: str
    effect: Effect
    when: str = "before"
    times: int = 1
    asks: str = ""
    waits: float = 0
    """Seconds after which the vendor asks to come back."""

    @property
    def fails(self) -> bool:
        """Whether the request must be repeated: the answer may just be late, old or new."""
        return not {"latency", "stale", "unknown"} & set(self.effect)


@dataclass(frozen=True)
class Combination:
    call: Call
    fault: Fault

    def __str__(self) -> str:
        return f"{self.call.name}: {self.fault.name}"

    @property
    def asks(self) -> str:
        forbidden = self.fault.effect.get("status") == 403
        return self.fault.asks or (self.call.forbidden_asks if forbidden else "")


@dataclass(frozen=True)
class Case:
    """One deal and the faults it meets. Several faults of one call hit its attempts one after another."""

    recipe: str
    combinations: tuple[Combination, ...]

    def __str__(self) -> str:
        return ", ".join(str(combination) for combination in self.combinations)


Met = Sequence[tuple[Call, Fault]]

_HUBSPOT_READS = (
    Call(
        "read deal", "hubspot", "GET", "/crm/v3/objects/deals/{id}", FRESH, "properties", "hs_is_closed_won"
    ),
    Call(OWNER, "hubspot", "GET", "/crm/v3/owners/{id}", FRESH, "id", "type"),
    Call(
        "contacts of the company",
        "hubspot",
        "GET",
        "/crm/v4/objects/companies/{id}/associations/contacts",
        FRESH,
        "results",
        "category",
    ),
    *(
        Call(
            f"read {kind}",
            "hubspot",
            "POST",
            f"/crm/v3/objects/{kind}/batch/read",
            FRESH,
            "results",
            "status",
            batch=True,
        )
        for kind in ("companies", "contacts", "line_items")
    ),
    Call(
        "read account",
        "hubspot",
        "GET",
        "/account-info/v3/details",
        KNOWN,
        "portalId",
        "accountType",
        aimed=False,
        forbidden_asks="currency",
    ),
)
_STRIPE_READS = (
    Call("list customers", "stripe", "GET", "/v1/customers", KNOWN, "data", "tax_exempt", listing=True),
    Call("search customers", "stripe", "GET", "/v1/customers/search", FRESH, "data", listing=True),
    Call("read customer", "stripe", "GET", "/v1/customers/{id}", KNOWN, "id", "tax_exempt"),
    Call("list invoices", "stripe", "GET", "/v1/invoices", FRESH, "data", "status", listing=True),
    Call("search invoices", "stripe", "GET", "/v1/invoices/search", FRESH, "data", listing=True),
    Call("read invoice", "stripe", "GET", "/v1/invoices/{id}", FRESH, "status", "status"),
    Call("list lines", "stripe", "GET", "/v1/invoices/{id}/lines", KNOWN, "amount", "type"),
    Call(
        "list VAT rates",
        "stripe",
        "GET",
        "/v1/tax_rates",
        KNOWN,
        "data",
        "rate_type",
        listing=True,
        aimed=False,
    ),
    Call("read VAT rate", "stripe", "GET", "/v1/tax_rates/{id}", KNOWN, "percentage", "rate_type"),
    Call("list events", "stripe", "GET", "/v1/events", FRESH, "data", "type", listing=True, aimed=False),
)
_FRESH_WRITES = (
    Call("create customer", "stripe", "POST", "/v1/customers", FRESH, "id", "tax_exempt", write=True),
    Call("create draft", "stripe", "POST", "/v1/invoices", FRESH, "id", "status", write=True),
    Call("add lines", "stripe", "POST", "/v1/invoices/{id}/add_lines", FRESH, "total", "status", write=True),
    Call("finalise", "stripe", "POST", "/v1/invoices/{id}/finalize", FRESH, "status", "status", write=True),
    Call("send", "stripe", "POST", "/v1/invoices/{id}/send", FRESH, "id", "status", write=True),
    Call("write to deal", "hubspot", "PATCH", "/crm/v3/objects/deals/{id}", FRESH, "id", write=True),
)
_KNOWN_WRITES = (
    Call("claim customer", "stripe", "POST", "/v1/customers/{id}", KNOWN, "id", "tax_exempt", write=True),
    Call("create VAT rate", "stripe", "POST", "/v1/tax_rates", KNOWN, "percentage", "rate_type", write=True),
    Call("delete draft", "stripe", "DELETE", "/v1/invoices/{id}", KNOWN, "id", "deleted", write=True),
)
_PAYMENT_WRITES = (
    Call("show on the deal", "hubspot", "PATCH", "/crm/v3/objects/deals/{id}", PAID, "id", write=True),
    Call("move the deal", "hubspot", "PATCH", "/crm/v3/objects/deals/{id}", PAID, "id", write=True),
    Call("tell", "slack", "POST", "/api/chat.postMessage", PAID, "", write=True),
)
_ALLOCATION = Call(
    "allocate", "stripe", "POST", "/v1/invoices/{id}/attach_payment", PLACED, "id", "status", write=True
)
PAYMENT_CALLS = (*_PAYMENT_WRITES, _ALLOCATION)
"""Every writing call of flow 2."""
CONTACT_CALLS = (
    Call("write customer", "stripe", "POST", "/v1/customers/{id}", TYPED, "id", write=True),
    Call("add tax id", "stripe", "POST", "/v1/customers/{id}/tax_ids", TYPED, "id", "type", write=True),
    Call("write company", "hubspot", "PATCH", "/crm/v3/objects/companies/{id}", TYPED, "id", write=True),
)
"""Every kind of writing call of flow 4 but the deletion of a tax id, which the connectors' own tests play."""
READS = (*_HUBSPOT_READS, *_STRIPE_READS)
WRITES = (*_FRESH_WRITES, *_KNOWN_WRITES)
CALLS = (*READS, *WRITES)
"""Every call of the flow, with its fallbacks left out: they are made when a vendor leaves something out."""

_HOLD, _SLOW, _LATE = 2.5, 3.0, 0.7
"""Seconds. A lane's clients wait 2 s for a whole answer: the first two are too long, the last is not."""
ELSEWHERE = "/elsewhere"
"""Where redirects point to; nobody may go there."""

_REFUSED = (
    Fault("429, come back in 2 s", {"status": 429, "retry_after": "2"}, waits=2),
    Fault("429, come back at a time", {"status": 429, "retry_at": 3}, waits=2),
    Fault("429", {"status": 429}, waits=1),
    Fault("500", {"status": 500}),
    Fault("502", {"status": 502}),
    Fault("503", {"status": 503}),
    Fault("reset", {"reset": True}),
    Fault("no answer in time", {"timeout": _HOLD}),
    Fault("a proxy's page with 200", {"html": True}),
    Fault("redirect", {"redirect": ELSEWHERE}),
    Fault("401", {"status": 401}),
    Fault("403", {"status": 403}),
)
"""Nothing happens at the vendor."""
_STORED = Fault("500 that the key remembers", {"status": 500, "stored": True})
_LATENCY = Fault("late answer", {"latency": _LATE})
_BROKEN_ANSWERS = (
    Fault("answer that drips", {"drip": _SLOW}, "after"),
    Fault("half of the JSON", {"malformed": True}, "after"),
    Fault("answer cut off", {"truncated": True}, "after"),
)
_AFTER_COMMIT = (
    Fault("500 after the commit", {"status": 500}, "after"),
    Fault("502 after the commit", {"status": 502}, "after"),
    Fault("503 after the commit", {"status": 503}, "after"),
    Fault("reset after the commit", {"reset": True}, "after"),
    Fault("no answer in time after the commit", {"timeout": _HOLD}, "after"),
    Fault("a proxy's page with 200 after the commit", {"html": True}, "after"),
    *_BROKEN_ANSWERS,
    _LATENCY,
)
_PARTIAL = Fault("207, one row failed", {"partial": True}, "after")
_STALE = Fault("stale", {"stale": 1.2}, times=4)
"""For less than the lane's `stripe.settle` of 1.5 s."""
_STALE_FOR_LONG = Fault("stale for long", {"stale": 8}, times=1000)
_UNANSWERED = Fault("reset after the commit, look-ups stale", {"reset": True}, "after")
"""May last: the write's idempotency key then is all that holds a repeat back."""


def _odd(call: Call) -> tuple[Fault, ...]:
    """Answers of another shape than documented."""
    if not call.lacks:
        return ()
    missing = Fault(f"without {call.lacks}", {"without": call.lacks}, "after", asks="unreadable_answer")
    if not call.unknown:
        return (missing,)
    return missing, Fault(
        f"new value of {call.unknown}", {"unknown": call.unknown}, "after", asks="unreadable_answer"
    )


def cases() -> Iterator[Case]:
    """Every fault on every call, in a fixed order."""
    for recipe, triples in ((FRESH, (_FRESH_WRITES[::2], _FRESH_WRITES[1::2])), (KNOWN, (_KNOWN_WRITES,))):
        reads = [call for call in READS if call.recipe == recipe]
        writes = [met for triple in triples for met in _writes(triple)]
        for chain, met in zip_longest(_reads(reads), writes, fillvalue=()):
            yield _case((*chain, *met))
        for start in range(0, len(reads), 3):
            yield _case([(call, fault) for call in reads[start : start + 3] for fault in _odd(call)])
        yield _case([(call, _STALE) for call in reads if call.listing])
    for write in _FRESH_WRITES[:2]:
        looks = [call for call in READS if call.listing and call.path.startswith(write.path)]
        yield _case([*((call, _STALE_FOR_LONG) for call in looks), (write, _UNANSWERED)], FRESH)


def payment_cases() -> Iterator[Case]:
    """Every fault on every writing call of flow 2, in a fixed order."""
    for calls in (_PAYMENT_WRITES, (_ALLOCATION,)):
        for met in _writes(calls):
            yield _case(met)


def contact_cases() -> Iterator[Case]:
    """Every fault on every writing call of flow 4, in a fixed order."""
    for met in _writes(CONTACT_CALLS):
        yield _case(met)


def _reads(calls: Sequence[Call]) -> Iterator[Met]:
    """What deals meet of which one reading call fails in one way after the other before it succeeds."""
    for call in calls:
        faults = (*_REFUSED, *_BROKEN_ANSWERS, *([_PARTIAL] if call.batch else []), _LATENCY)
        # Fewer attempts in a second are admitted to the CRM: so many in a row would outlast all else.
        deals = 2 if call.vendor == "hubspot" else 1
        for number in range(deals):
            yield [(call, fault) for fault in faults[number::deals]]


def _writes(calls: Sequence[Call]) -> Iterator[Met]:
    """What deals meet of which each of these writes fails in ways of its own.

    A write may fail without effect many times, but with effect only once: so as many deals as such faults.
    """
    rounds = len(_AFTER_COMMIT) + 2
    for number in range(rounds):
        met: list[tuple[Call, Fault]] = []
        for place, call in enumerate(calls):
            before = (*_REFUSED, *([_STORED] if call.keyed else []))
            after = (*_AFTER_COMMIT, *_odd(call))
            turn = (number + place * 4) % rounds
            met += [(call, fault) for fault in before[turn::rounds]]
            met += [(call, fault) for fault in after[turn::rounds]]
        yield met


def _case(met: Met, recipe: str = "") -> Case:
    return Case(recipe or met[0][0].recipe, tuple(Combination(call, fault) for call, fault in met))
