"""The payload codec: everything Temporal stores about our flows is sealed, failures included."""

from collections.abc import Sequence

from temporalio.api.common.v1 import Payload
from temporalio.converter import PayloadCodec

from raccord.sealing import KeyRing

ENCODING = b"binary/raccord-aes256gcm"
OF_THE_SERVER = (Payload(metadata={"encoding": b"json/plain"}, data=b'"ACTIVITY_ID_NOT_STARTED"'),)
"""What the server itself writes into a history: the details of a step that was cancelled before it began
(seen with Temporal 1.32). They say nothing that anybody could inject."""


class PlainPayload(ValueError):
    """A payload that nobody sealed arrived where every payload is sealed."""


class SealingCodec(PayloadCodec):
    """Seals each payload with the active key, bound to the namespace; unseals with any known key.

    Raises `sealing.UnknownKey` for a key that is gone and `PlainPayload` for an unsealed payload:
    accepting those would let anybody with access to the server inject inputs.
    """

    def __init__(self, keys: KeyRing, namespace: str) -> None:
        self._keys = keys
        self._context = f"temporal/{namespace}".encode()

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return [self._seal(payload) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return [self._unseal(payload) for payload in payloads]

    def unsealed(self, payload: Payload) -> Payload:
        """Return a payload in clear for a person; what was never sealed (a search attribute) as it is."""
        return self._unseal(payload) if payload.metadata.get("encoding") == ENCODING else payload

    def _seal(self, payload: Payload) -> Payload:
        sealed = self._keys.seal(payload.SerializeToString(), context=self._context)
        return Payload(
            metadata={"encoding": ENCODING, "raccord-key": self._keys.active_id.encode()}, data=sealed
        )

    def _unseal(self, payload: Payload) -> Payload:
        if payload in OF_THE_SERVER:
            return payload
        if payload.metadata.get("encoding") != ENCODING:
            raise PlainPayload("a payload is not sealed; was it written by something other than Raccord?")
        return Payload.FromString(self._keys.unseal(payload.data, context=self._context))
