"""The search attributes, named once. Opaque ids only: Temporal stores and shows them in clear."""

from typing import Any

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.client import Client
from temporalio.common import SearchAttributeKey, SearchAttributePair

from raccord.domain.values.message import message
from raccord.domain.values.subject import Subject, SubjectKind
from raccord.texts.told import Told

DEAL = SearchAttributeKey.for_keyword("RaccordDeal")
CUSTOMER = SearchAttributeKey.for_keyword("RaccordCustomer")
OWNER = SearchAttributeKey.for_keyword("RaccordOwner")
STATE = SearchAttributeKey.for_keyword("RaccordState")
CAUSE = SearchAttributeKey.for_keyword("RaccordCause")
CURRENCY = SearchAttributeKey.for_keyword("RaccordCurrency")
INVOICES = SearchAttributeKey.for_keyword_list("RaccordInvoices")
AMOUNT_MINOR = SearchAttributeKey.for_int("RaccordAmountMinor")
NEXT_STEP = SearchAttributeKey.for_datetime("RaccordNextStep")

AWAITS = "awaits_"
"""With this begins the cause of a flow that waits for a connection, and not for a person."""

PAYMENT = SearchAttributeKey.for_keyword("RaccordPayment")

ALL = (DEAL, PAYMENT, CUSTOMER, OWNER, STATE, CAUSE, CURRENCY, INVOICES, AMOUNT_MINOR, NEXT_STEP)


def about(subject: Subject) -> SearchAttributePair[Any]:
    """Return by what a flow is found that is about this subject."""
    match subject.kind:
        case SubjectKind.DEAL:
            return SearchAttributePair(DEAL, str(subject))
        case SubjectKind.INVOICE:
            return SearchAttributePair(INVOICES, [subject.id])
        case SubjectKind.PAYMENT:
            return SearchAttributePair(PAYMENT, str(subject))
        case SubjectKind.CUSTOMER:
            return SearchAttributePair(CUSTOMER, subject.id)


class WrongSearchAttribute(Told, RuntimeError):
    """The namespace has one of our names with another type; the server would ignore ours in silence."""

    between = " "


async def register_search_attributes(client: Client) -> None:
    """Add the search attributes that the namespace lacks. Raises `WrongSearchAttribute`."""
    service, namespace = client.operator_service, client.namespace
    existing = await service.list_search_attributes(ListSearchAttributesRequest(namespace=namespace))
    wanted = {key.name: IndexedValueType.ValueType(int(key.indexed_value_type)) for key in ALL}
    for name, kind in wanted.items():
        if name in existing.custom_attributes and existing.custom_attributes[name] != kind:
            raise WrongSearchAttribute(
                message("temporal.wrong_attribute", name=name, namespace=namespace),
                message("temporal.remove_first", name=name, namespace=namespace),
            )
    missing = {name: kind for name, kind in wanted.items() if name not in existing.custom_attributes}
    if missing:
        await service.add_search_attributes(
            AddSearchAttributesRequest(namespace=namespace, search_attributes=missing)
        )
