"""How Notion refuses: `{"object": "error", status, code, message, request_id}` (notion page, section 6).

It has no idempotency keys: a write without a verdict is looked for before it is repeated, page and blocks
by the lists of what is below them, which show it at once, rows by their key.
"""

import re

from raccord.connectors.http.errors import Fault, Table
from raccord.connectors.http.failures import Answer
from raccord.connectors.http.reading import is_page, plain, read_object, without_data

_WORD = re.compile("[a-z][a-z_]{2,79}")
_REQUEST_ID = re.compile("[A-Za-z0-9-]{1,64}")
_COLLISION = "conflict_error"


def read_fault(answer: Answer) -> Fault:
    """Take a failed answer apart. Never raises."""
    content = read_object(answer.body)
    code = plain(_WORD, content.get("code"))
    return Fault(
        status=answer.status,
        recognised=content.get("object") == "error" and code is not None,
        page=is_page(answer.body),
        untouched=code == _COLLISION,
        code=code,
        request_id=plain(_REQUEST_ID, content.get("request_id")),
        said=without_data(content.get("message")),
        retry_after=answer.headers.get("retry-after", ""),
    )


TABLE = Table(
    vendor="Notion",
    read_fault=read_fault,
    credentials="Enter the integration's secret as token of this connection.",
    grant="Give the integration the capability to {needs} content, under Capabilities of the integration.",
    lost="it is not there, or not shared with the integration: open the page in Notion, then Connections, "
    "and add the integration",
    reasons={_COLLISION: "others were writing it at the same time"},
)
