"""What can go wrong with one request, before anybody says what it means for a flow.

HttpFailure
├── NotSent   nothing left this machine: no route, no trust
├── Crowded   our own limit of requests is used up for longer than a request may wait
├── NoAnswer  it left, or may have left, and no whole answer came back
└── Refused   a whole answer that is not a success

None of them carries a text of the vendor's: as the cause of a connector error it would be stored
wherever that one is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer. `headers` finds a name in any case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class HttpFailure(Exception):
    """Base of what `HttpClient.send` raises."""


class NotSent(HttpFailure):
    """Nothing left this machine. `untrusted`: the server's certificate is not trusted."""

    def __init__(self, cause: BaseException, *, untrusted: bool = False) -> None:
        super().__init__(type(cause).__name__)
        self.untrusted = untrusted


class Crowded(HttpFailure):
    """The connection's own limit of requests is used up; `wait` is how long this one would have waited."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(f"{wait.total_seconds():.1f} s")
        self.wait = wait


class NoAnswer(HttpFailure):
    """The request left, or may have left, and no whole answer came back."""

    def __init__(self, cause: BaseException) -> None:
        super().__init__(type(cause).__name__)


class Refused(HttpFailure):
    """A whole answer that is not a success."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(f"status {answer.status}")
        self.answer = answer
