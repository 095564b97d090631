"""How Slack refuses: with status 200 and a word (Slack docs: the error lists of each method).

It has no idempotency keys: a message without a verdict is looked for by its mark.
"""

import re
from dataclasses import replace
from datetime import timedelta
from functools import partial

from raccord.connectors.http.errors import Fault, Table
from raccord.connectors.http.failures import Answer
from raccord.connectors.http.reading import is_page, plain, read_object
from raccord.vendors.slack.words import CLOSED, OUT_OF_REACH, REASONS, STATUSES, UNTOUCHED

_WORD = re.compile("[a-z][a-z0-9_]{1,79}")
_SCOPES = re.compile("[a-z][a-z0-9.:,_ -]{1,199}")
_REQUEST_ID = re.compile("[A-Za-z0-9-]{1,64}")
_RULE = "restricted_action"
_INVITED_WITHIN = timedelta(seconds=10)
"""Between two looks whether the channel is open by now: who invites the bot waits for the message."""
_PAUSES = {"message_limit_exceeded": timedelta(minutes=10)} | dict.fromkeys(CLOSED, _INVITED_WITHIN)


def read_fault(answer: Answer, *, edit: bool = False) -> Fault:
    """Take a failed answer apart. Never raises.

    `edit`: it is about a message that stands already, which is gone where its place is closed.
    """
    content = read_object(answer.body)
    word = plain(_WORD, content.get("error"))
    if word and word.startswith(f"{_RULE}_"):
        word = _RULE
    return Fault(
        status=_status(answer.status, word, edit),
        recognised=word is not None,
        page=is_page(answer.body),
        untouched=word in UNTOUCHED,
        code=word,
        needed=plain(_SCOPES, content.get("needed")),
        request_id=plain(_REQUEST_ID, answer.headers.get("x-slack-req-id")),
        retry_after=answer.headers.get("retry-after", ""),
        pause=_PAUSES.get(word or ""),
    )


def _status(status: int, word: str | None, edit: bool) -> int:
    """Return the status that an answer amounts to: its own where it is no word's, or a limit or an outage."""
    if word is None or status == 429 or status >= 500:
        return status
    return 404 if edit and word in OUT_OF_REACH else STATUSES.get(word, 400)


TABLE = Table(
    vendor="Slack",
    read_fault=read_fault,
    credentials="Enter the app's Bot User OAuth Token as bot_token of this connection.",
    grant="Add the scope {needs} under OAuth & Permissions of the app, then install it again.",
    lost="it does not exist (any more)",
    reasons=REASONS,
    pause=timedelta(seconds=30),
)
EDITS = replace(TABLE, read_fault=partial(read_fault, edit=True))
"""For a message that stands already: its caller posts a new one where it is gone."""
