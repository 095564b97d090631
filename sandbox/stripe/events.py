"""The list of events."""

from sandbox.stripe.call import Call
from sandbox.stripe.errors import missing_object
from sandbox.stripe.pages import in_range, page
from sandbox.stripe.store import Json


def list_(call: Call) -> Json:
    params = call.params
    types = set(params.get("types") or ([params["type"]] if "type" in params else []))
    delivered, wanted = call.account.delivered(), params.get("delivery_success")
    return page(
        call,
        "event",
        call.store.events,
        lambda event: (
            (not types or event["type"] in types)
            and (wanted is None or wanted == (event["id"] in delivered))
            and in_range(event["created"], params.get("created"))
        ),
    )


def retrieve(call: Call) -> Json:
    event = call.store.events.find(call.id)
    if event is None:
        raise missing_object("event", call.id)
    return event
