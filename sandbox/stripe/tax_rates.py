"""Tax rates. Percentage and inclusiveness are fixed for ever; a rate is archived, never deleted."""

import copy
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sandbox.core.table import new_id
from sandbox.stripe.call import Call
from sandbox.stripe.checks import merged_metadata
from sandbox.stripe.errors import Refusal, missing_object
from sandbox.stripe.pages import in_range, page
from sandbox.stripe.store import Json, Store
from sandbox.stripe.totals import Rate

_TEXTS = ("country", "description", "display_name", "jurisdiction", "state", "tax_type")


def create(call: Call) -> Json:
    rate = _new(call.params, created=call.now, livemode=call.settings.livemode)
    _add(call.store, rate, call.params["percentage"])
    call.event("tax_rate.created", rate)
    return rate


def retrieve(call: Call) -> Json:
    return _found(call)


def update(call: Call) -> Json:
    rate = _found(call)
    before = copy.deepcopy(rate)
    params = call.params
    rate.update({name: params[name] for name in (*_TEXTS, "active") if name in params})
    if "metadata" in params:
        rate["metadata"] = merged_metadata(rate["metadata"], params["metadata"])
    call.updated("tax_rate.updated", rate, before)
    return rate


def list_(call: Call) -> Json:
    params = call.params
    return page(
        call,
        "tax_rate",
        call.store.tax_rates,
        lambda rate: (
            rate["active"] == params.get("active", rate["active"])
            and rate["inclusive"] == params.get("inclusive", rate["inclusive"])
            and in_range(rate["created"], params.get("created"))
        ),
    )


def usable_rates(store: Store, names: Sequence[str], path: str) -> tuple[str, ...]:
    """The ids, once each of them exists and is active."""
    for name in names:
        rate = store.tax_rates.find(name)
        if rate is None:
            raise missing_object("tax rate", name, param=path, status=400)
        if not rate["active"]:
            raise Refusal(f"The tax rate {name} is archived and cannot be used.", param=path)
    return tuple(names)


def find_or_create(call: Call, data: Mapping[str, Any]) -> Rate:
    """The archived rate that stands for a tax the merchant computed; equal data shares one rate."""
    store = call.store
    for known in store.tax_rates:
        if not known["active"] and store.percentages[known["id"]] == data["percentage"]:
            same = all(known[name] == data.get(name) for name in (*_TEXTS, "inclusive"))
            if same:
                return store.rates()[known["id"]]
    rate = _new({**data, "active": False}, created=call.now, livemode=call.settings.livemode)
    _add(store, rate, data["percentage"])
    return store.rates()[rate["id"]]


def _found(call: Call) -> Json:
    rate = call.store.tax_rates.find(call.id)
    if rate is None:
        raise missing_object("tax rate", call.id)
    return rate


def _add(store: Store, rate: Json, percentage: Decimal) -> None:
    store.tax_rates.add(rate["id"], rate)
    store.percentages[rate["id"]] = percentage


def _new(params: Mapping[str, Any], *, created: int, livemode: bool) -> Json:
    percentage: Decimal = params["percentage"]
    return {
        "id": new_id("txr"),
        "object": "tax_rate",
        "active": params.get("active", True),
        **{name: params.get(name) for name in _TEXTS},
        "created": created,
        "effective_percentage": None,
        "flat_amount": None,
        "inclusive": params["inclusive"],
        "jurisdiction_level": None,
        "livemode": livemode,
        "metadata": merged_metadata({}, params.get("metadata", {})),
        # Stripe shows a JSON number here; sums use the exact value that is kept beside it.
        "percentage": int(percentage) if percentage == int(percentage) else float(percentage),
        "rate_type": "percentage",
    }
