"""What a vendor's tests bring so that the suite of signatures runs for it.

`tests/vendors/<vendor>/vectors.py` holds `SIGNED`; nothing else has to be told about a vendor.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from raccord.connectors.connection import Connection, Kind
from raccord.connectors.registry import role
from raccord.connectors.webhooks import PressSource, WebhookRejected, WebhookRequest, WebhookSource
from tests.connectors.conformance.cases import brought

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Vector:
    """A delivery, and how it is signed."""

    name: str
    secret: str
    url: str
    sent: str = ""
    """Its time stamp, as it is sent; empty where the vendor signs none."""
    body: bytes
    signature: str


@dataclass(frozen=True, kw_only=True)
class Signed:
    """How one vendor signs. `headers` puts signature and time stamp into its headers, each as it is given
    or missing; `unit` is that of the time, None where none is signed.

    `published` are the vectors of its documentation and of its SDK, or made by their rule with another
    tool; the first is what the suite forges. `theirs` signs with the vendor's own code: secret, URL,
    time stamp, body.
    """

    kind: Kind
    vendor: str
    settings: Mapping[str, Any]
    headers: Callable[[str | None, str | None], Mapping[str, str]]
    unit: timedelta | None
    published: tuple[Vector, ...]
    theirs: Callable[[str, str, str, bytes], str]

    @property
    def vector(self) -> Vector:
        return self.published[0]

    def source(self, secret: str | None = None, **more: Any) -> WebhookSource | PressSource:
        """Build what reads the deliveries that are signed with a secret, by default the vector's."""
        vendor = role(self.kind, self.vendor)
        given = {"vendor": self.vendor, "webhook_secret": secret or self.vector.secret, **self.settings}
        settings = vendor.settings.model_validate(given | more)
        connection = Connection(self.vendor, self.kind, vendor, settings)
        found = connection.webhooks or connection.presses
        assert found
        return found

    def sent_at(self, vector: Vector) -> datetime:
        return EPOCH + int(vector.sent) * self.unit if self.unit else datetime(2026, 11, 27, 8, tzinfo=UTC)

    def delivery(
        self,
        vector: Vector | None = None,
        *,
        received_at: datetime | None = None,
        more: Mapping[str, str] | None = None,
        **changed: Any,
    ) -> WebhookRequest:
        """Return a vector, changed, as it is received at its own time; a header that is None is missing."""
        genuine = vector or self.vector
        given = replace(genuine, **changed)
        return WebhookRequest(
            url=given.url,
            headers={**self.headers(given.signature, given.sent), **(more or {})},
            body=given.body,
            received_at=received_at or self.sent_at(genuine),
        )

    def signed_by(self, secret: str, vector: Vector | None = None) -> Vector:
        """Return a vector as the vendor's own code signs it under a secret."""
        given = vector or self.vector
        return replace(given, signature=self.theirs(secret, given.url, given.sent, given.body))


def in_headers(signature: str, timestamp: str = "") -> Callable[[str | None, str | None], Mapping[str, str]]:
    """Return how a vendor does it that has a header for each, or sends no time."""

    def put(signed: str | None, sent: str | None) -> Mapping[str, str]:
        pairs = ((signature, signed), (timestamp, sent))
        return {name: value for name, value in pairs if name and value is not None}

    return put


def cause(source: WebhookSource | PressSource, request: WebhookRequest) -> str:
    """Return why a delivery is rejected; fails when it is not."""
    with pytest.raises(WebhookRejected) as rejected:
        source.authenticate(request)
    return rejected.value.cause


def signers(*, with_time: bool = False) -> list[Any]:
    """Return every vendor that signs, or signs its time too, as parameters."""
    found = [(vendor, module.SIGNED) for vendor, module in brought("vectors")]
    return [pytest.param(each, id=vendor) for vendor, each in found if each.unit or not with_time]
