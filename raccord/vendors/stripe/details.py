"""A customer's details as Stripe keeps them: read with who edited them, and written.

A read is two requests: the customer with its tax ids, and the newest hundred events of customers, since
Stripe tells an object's history nowhere else and lists events of all customers together. In which
customers changed more often than that since, nothing is told of an edit but the age of a number.
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from raccord.connectors.details import unwritten
from raccord.connectors.errors import Forbidden, NotFound, Permanent
from raccord.connectors.http.errors import Operation
from raccord.connectors.http.together import together
from raccord.connectors.lengths import cut
from raccord.domain.values.details import Changes, Details, Edit, Field, Sight
from raccord.domain.values.message import RecordKind, RecordName
from raccord.vendors.stripe.api import PAGE_SIZE, StripeApi, idempotency_key
from raccord.vendors.stripe.customer_events import (
    ATTRIBUTES,
    CUSTOMER_TYPES,
    NUMBERS,
    OURS,
    customer_of,
    edits_of,
)
from raccord.vendors.stripe.customers import Customers, address_of, language_of, locale_of
from raccord.vendors.stripe.documented import Undocumented, instant_of
from raccord.vendors.stripe.limits import LIMITS
from raccord.vendors.stripe.settings import StripeSettings
from raccord.vendors.stripe.tax_ids import VERDICTS, WRITE, TaxIds, standing
from raccord.vendors.stripe.wire_parties import StripeCustomer, TaxId
from raccord.vendors.stripe.wire_payments import HappenedPage

KEEPS = frozenset(Field)
_NAMES = ("business_name", "name", "individual_name")
"""In the order in which an invoice prints them."""
LONGEST = {Field.PHONE: LIMITS.phone}
_OTHER_NAME = 150
"""Characters of a business or individual name (Stripe docs: api/customers/update)."""


class CustomerDetails:
    """The details of the customers of one Stripe account."""

    def __init__(self, api: StripeApi, customers: Customers, settings: StripeSettings) -> None:
        self._api = api
        self._customers = customers
        self._tax_ids = TaxIds(api)
        self._settings = settings

    async def read(self, customer_id: str) -> Sight:
        async with together() as group:
            reading = group.create_task(self._customers.read(customer_id))
            listing = group.create_task(self._events())
        named = RecordName(kind=RecordKind.CUSTOMER, id=customer_id)
        if (found := reading.result()) is None:
            return Sight(record=named, gone=True)
        customer, tax_ids = found
        details, numbers = _details(customer, tax_ids), _numbers(customer, tax_ids)
        aged = {field: Edit(at=instant_of(each.created)) for field, each in numbers.items() if each.created}
        verdicts = {field: _verdict(each) for field, each in numbers.items()}
        return Sight(
            record=named.model_copy(update={"name": details.name}),
            url=self._settings.page_of(customer_id, among="customers"),
            details=details,
            edits=aged | _edits(customer_id, listing.result(), numbers),
            keeps=_kept(tax_ids),
            longest=LONGEST,
            verified={field: verdict for field, verdict in verdicts.items() if verdict},
        )

    async def write(self, customer_id: str, changes: Changes, key: str) -> None:
        """Write what does not say yet what it shall; see the port.

        The customer is one request, each number two: the new one, then the old one's end.
        """
        if (found := await self._customers.read(customer_id)) is None:
            raise NotFound(f"Stripe has no customer {customer_id} any more.")
        customer, held = found
        wanted = _as_kept(changes.details, customer)
        asked = changes.model_copy(update={"details": wanted, "fields": changes.fields - NUMBERS.keys()})
        numbers = [field for field in NUMBERS if field in changes.fields]
        told = {field: (getattr(wanted, field), getattr(changes.expected, field)) for field in numbers}
        for field, (new, old) in told.items():
            self._tax_ids.check(customer_id, field, held, new=new, old=old)
        left = unwritten(asked, _details(customer, held), f"customer {customer_id}")
        known_as = OURS[0] + idempotency_key(key)
        if left:
            await self._update(customer, wanted, left, known_as)
        for field, (new, old) in told.items():
            with _naming({"value": field, "type": field}):
                await self._tax_ids.replace(customer_id, field, held, new=new, old=old, key=known_as)

    async def _update(
        self, customer: StripeCustomer, wanted: Details, fields: frozenset[Field], key: str
    ) -> None:
        operation = Operation(f"change the customer {customer.id}", WRITE, write=True)
        with _naming(ATTRIBUTES):
            await self._api.post(
                operation,
                ("customers", customer.id),
                StripeCustomer,
                _body(customer, wanted, fields),
                key=key,
            )

    async def _events(self) -> list[dict[str, Any]]:
        """Return the newest page of what happened to customers, the newest first."""
        operation = Operation("list what happened to customers", "Events: Read")
        params = {"types": list(CUSTOMER_TYPES), "limit": PAGE_SIZE}
        try:
            page = await self._api.get(operation, "events", HappenedPage, params)
        except Forbidden:
            return []
        return [event.model_dump() for event in page.data]


def _edits(
    customer_id: str, events: Iterable[Mapping[str, Any]], numbers: Container[Field]
) -> dict[Field, Edit]:
    """Return the last edits of a customer as far as these events tell."""
    edits: dict[Field, Edit] = {}
    for event in events:
        with suppress(Undocumented):
            if customer_of(event) == customer_id:
                edits = edits_of(event, numbers) | edits
    return edits


def _details(found: StripeCustomer, tax_ids: Sequence[TaxId]) -> Details:
    numbers = _numbers(found, tax_ids)
    address = address_of(found.address)
    country = (found.address.country if found.address else None) or ""
    return Details(
        name=getattr(found, _name_of(found)) or "",
        email=found.email or "",
        phone=found.phone or "",
        address=address,
        country_text="" if address.country else country,
        language=language_of(found),
        **{field.value: each.value for field, each in numbers.items()},
    )


def _numbers(found: StripeCustomer, tax_ids: Sequence[TaxId]) -> dict[Field, TaxId]:
    country = address_of(found.address).country
    chosen = {field: standing(tax_ids, field, country) for field in NUMBERS}
    return {field: each for field, each in chosen.items() if each}


def _kept(tax_ids: Sequence[TaxId]) -> frozenset[Field]:
    """A SIRET only where there is one: one customer may have several sites, whose invoices carry theirs."""
    return KEEPS if any(each.type == NUMBERS[Field.SIRET] for each in tax_ids) else KEEPS - {Field.SIRET}


def _verdict(tax_id: TaxId) -> str:
    status = tax_id.verification.status if tax_id.verification else None
    return status if status in VERDICTS else ""


def _name_of(found: StripeCustomer) -> str:
    """Return which of its names is the customer's: the one that invoices print."""
    return next((name for name in _NAMES if getattr(found, name)), "name")


def _as_kept(wanted: Details, found: StripeCustomer) -> Details:
    longest = LIMITS.customer_name if _name_of(found) == "name" else _OTHER_NAME
    return wanted.model_copy(update={"name": cut(wanted.name, longest)})


def _body(found: StripeCustomer, wanted: Details, fields: frozenset[Field]) -> dict[str, object]:
    """Return what is to be changed; an empty text unsets (Stripe docs: api/customers/update)."""
    values: dict[Field, tuple[str, object]] = {
        Field.NAME: (_name_of(found), wanted.name),
        Field.EMAIL: ("email", wanted.email),
        Field.PHONE: ("phone", wanted.phone),
        Field.ADDRESS: ("address", _place(wanted)),
        Field.LANGUAGE: ("preferred_locales", _locales(found, wanted.language) or ""),
    }
    return dict(values[field] for field in sorted(fields))


def _place(wanted: Details) -> object:
    """Return the whole address: no page says whether parts that are left out stay."""
    address = wanted.address
    place = {
        "line1": address.line1,
        "line2": address.line2,
        "postal_code": address.postal_code,
        "city": address.city,
        "state": address.region,
        "country": address.country or wanted.country_text,
    }
    return place if any(place.values()) else ""


def _locales(found: StripeCustomer, language: str) -> list[str]:
    """Return the languages with this one first; the others keep their places."""
    others = [each for each in found.preferred_locales or () if each.partition("-")[0].lower() != language]
    return [locale_of(language), *others] if language else others


@contextmanager
def _naming(params: Mapping[str, Field]) -> Iterator[None]:
    """Name the field of ours that Stripe refuses, where it names a parameter of ours."""
    try:
        yield
    except NotFound:
        raise
    except Permanent as error:
        refused = params.get((error.field or "").partition("[")[0])
        raise Permanent(
            str(error),
            code=error.code,
            field=refused.value if refused else error.field,
            request_id=error.request_id,
        ) from error
