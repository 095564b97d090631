"""Why Temporal cannot be spoken with, in a sentence: the SDK tells it in the words of three libraries."""

from collections.abc import Mapping
from dataclasses import dataclass

from temporalio.service import RPCError, RPCStatusCode

from raccord.domain.values.message import Text, message


@dataclass(frozen=True)
class Refusal:
    """`settled`: trying again changes nothing, because the cause is in the settings of one side."""

    why: Text
    settled: bool = False


_NO_CERTIFICATE = Refusal(message("temporal.why.no_certificate"))
_NO_ENCRYPTION = Refusal(message("temporal.why.no_encryption"))
# By what the text of the SDK's error contains (temporalio 1.35, each seen: tests/temporal/test_refusals.py).
_SAID: Mapping[str, Refusal] = {
    "NotValidForName": Refusal(message("temporal.why.other_name"), settled=True),
    "UnknownIssuer": Refusal(
        message("temporal.why.unknown_authority"),
        settled=True,
    ),
    "InvalidCertificate(Expired": Refusal(message("temporal.why.expired")),
    "InvalidCertificate": Refusal(message("temporal.why.invalid"), settled=True),
    "PrivateKeyParseError": Refusal(
        message("temporal.why.no_pem"),
        settled=True,
    ),
    "both client cert and private key": Refusal(message("temporal.why.only_one"), settled=True),
    "KeyMismatch": Refusal(message("temporal.why.mismatch"), settled=True),
    "CertificateRequired": Refusal(
        message("temporal.why.asks_certificate"),
        settled=True,
    ),
    "received fatal alert": Refusal(message("temporal.why.refuses_certificate")),
    "without sending TLS close_notify": _NO_CERTIFICATE,
    "InvalidContentType": Refusal(message("temporal.why.plain")),
    "tls handshake eof": Refusal(message("temporal.why.ended")),
    "Connection refused": Refusal(message("temporal.why.nobody")),
    "dns error": Refusal(message("temporal.why.no_host")),
    "BrokenPipe": _NO_ENCRYPTION,
    "ConnectionReset": _NO_ENCRYPTION,
    "Request unauthorized": Refusal(message("temporal.why.refused"), settled=True),
    # How a server hangs up depends on its timing; close_notify and alerts, above, are TLS.
    "call error after connection": _NO_ENCRYPTION,
}
_STATUS: Mapping[RPCStatusCode, Refusal] = {
    RPCStatusCode.DEADLINE_EXCEEDED: Refusal(message("temporal.why.slow")),
    RPCStatusCode.PERMISSION_DENIED: Refusal(message("temporal.why.refused"), settled=True),
    RPCStatusCode.UNAUTHENTICATED: Refusal(message("temporal.why.refused"), settled=True),
    RPCStatusCode.UNAVAILABLE: Refusal(message("temporal.why.away")),
}


def refusal(error: Exception, *, encrypted: bool) -> Refusal:
    """Return why; without a cause that we know, the kind of error. `encrypted`: whether we speak TLS."""
    text = str(error)
    known = next((said for sign, said in _SAID.items() if sign in text), None)
    if known is None and isinstance(error, RPCError):
        known = _STATUS.get(error.status)
    if known is _NO_ENCRYPTION and encrypted:
        return _NO_CERTIFICATE
    return known or Refusal(type(error).__name__)
