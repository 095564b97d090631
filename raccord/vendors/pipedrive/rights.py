"""Whether the token's user may write what the flows write."""

from raccord.connectors.connection import Check, in_its_words
from raccord.connectors.errors import Auth, ConnectorError, Permanent
from raccord.domain.values.message import message
from raccord.vendors.pipedrive.client import PipedriveClient
from raccord.vendors.pipedrive.wire import Anything
from raccord.vendors.pipedrive.writing import WRITE

_NOBODY = "/api/v2/deals/0"
"""No record has this id: changing it changes nothing."""


async def check_writing(client: PipedriveClient) -> Check:
    """Try to change a deal that does not exist.

    A refusal of the right is told. That it comes before the answer that there is no such deal is likely and
    not documented: without one nothing is proven.
    """
    name = message("pipedrive.writing_deals")
    try:
        await client.write("change a deal", WRITE, "PATCH", _NOBODY, Anything, content={})
    except Auth as error:
        return Check.fail(name, in_its_words(error), expected=WRITE, remedy=message("check.as_it_says"))
    except Permanent:
        return Check.ok(name, message("check.writable"), expected=WRITE)
    except ConnectorError as error:
        return Check.fail(name, in_its_words(error), expected=WRITE, remedy=message("check.reach"))
    return Check.ok(name, message("check.writable"), expected=WRITE)
