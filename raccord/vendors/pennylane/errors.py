"""How Pennylane refuses: in three shapes, and in plain text at its limit (pennylane page, sections 8, 9).

It has no idempotency keys: a write without a verdict is looked for before it is repeated.
"""

import re
from typing import Any

from raccord.connectors.http.errors import Fault, Table
from raccord.connectors.http.failures import Answer
from raccord.connectors.http.reading import is_page, plain, read_object, without_data

DUPLICATE = frozenset(("409", "422"))
"""Either may say that a reference is taken: pages disagree (pennylane page, section 1.5)."""
CONFLICT = "409"
_CODE = re.compile("[A-Z][A-Za-z]{2,60}")
_FIELD = re.compile(r"[A-Za-z0-9_\[\].-]{1,200}")


def read_fault(answer: Answer) -> Fault:
    """Take a failed answer apart. Never raises."""
    content = read_object(answer.body)
    error, message, details = (content.get(name) for name in ("error", "message", "details"))
    named: dict[str, Any] = details if isinstance(details, dict) else content
    return Fault(
        status=answer.status,
        recognised=isinstance(error, str) or isinstance(message, str),
        page=is_page(answer.body),
        # A schema's refusal has a code of its own; the others' word is the status once more.
        code=plain(_CODE, content.get("code")) or str(answer.status),
        field=plain(_FIELD, named.get("field")),
        said=without_data(message if isinstance(message, str) else error),
        retry_after=answer.headers.get("retry-after", ""),
    )


TABLE = Table(
    vendor="Pennylane",
    read_fault=read_fault,
    credentials="Enter a valid token as token of this connection.",
    grant="Make a token with the scope “{needs}” in Pennylane > Settings > Connectivity > Developers.",
    lost="it is not there, or belongs to another company",
    reasons={},
)
