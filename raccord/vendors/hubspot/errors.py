"""What HubSpot refuses, and what a person can do about it (HubSpot docs: api-reference/error-handling).

HubSpot has no idempotency keys: a write without a verdict is looked at and set again.
"""

from datetime import tzinfo
from functools import partial

from raccord.connectors.http.errors import Table
from raccord.vendors.hubspot.fault import ADDRESS_NOT_ALLOWED, TEN_SECONDS, read_fault

_TYPE = "the property {field} expects another type of value"
_REASONS = {
    "PROPERTY_DOESNT_EXIST": "the property {field} does not exist. Create it in HubSpot "
    "(Settings > Properties) or correct its name in this connection's mapping",
    "INVALID_OPTION": "the property {field} does not offer this option. Add it to the property in HubSpot "
    "(Settings > Properties)",
    "READ_ONLY_VALUE": "the property {field} is read-only. Name another one in this connection's mapping",
    "INVALID_INTEGER": _TYPE,
    "INVALID_LONG": _TYPE,
    "INVALID_DATE": _TYPE,
    "INVALID_OWNER_ID": "the property {field} names nobody who can own records. Choose another owner",
    "CONFLICT": "it conflicts with another record, such as a unique value that is already taken",
    ADDRESS_NOT_ALLOWED: "it does not accept requests from this machine's address. Allow the address in "
    "HubSpot, or lift the restriction of the app or the account",
    "VALIDATION_ERROR": "a value is not valid. Look at the properties of the record in HubSpot",
}
_LATER = frozenset((423, 429, 477))
"""Locked, over a limit, and while an account is moved between HubSpot's data centres."""


def table(zone: tzinfo) -> Table:
    """Return HubSpot's table; `zone` tells when the day's quota begins anew."""
    return Table(
        vendor="HubSpot",
        read_fault=partial(read_fault, zone=zone),
        credentials="Enter a valid token as access_token of this connection.",
        grant="Give the app the scope {needs} in its settings in HubSpot, then enter its new token if it "
        "got one.",
        lost="it was deleted or archived, or the token belongs to another account",
        reasons=_REASONS,
        later=_LATER,
        names_permissions=True,
        pause=TEN_SECONDS,
    )
