"""Why Temporal cannot be spoken with, in a sentence: the SDK tells it in the words of three libraries."""

from collections.abc import Mapping
from dataclasses import dataclass

from temporalio.service import RPCError, RPCStatusCode


@dataclass(frozen=True)
class Refusal:
    """`settled`: trying again changes nothing, because the cause is in the settings of one side."""

    why: str
    settled: bool = False


_NO_CERTIFICATE = Refusal(
    "it ended the encrypted connection, as a server does that asks for a client certificate and got "
    "none, or one it does not trust: see TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH"
)
_NO_ENCRYPTION = Refusal(
    "it ended the connection, as a server does that expects TLS and gets plain text: see the "
    "TEMPORAL_TLS_... variables"
)
# By what the text of the SDK's error contains (temporalio 1.35, each seen: tests/temporal/test_refusals.py).
_SAID: Mapping[str, Refusal] = {
    "NotValidForName": Refusal(
        "its certificate is for another name: set TEMPORAL_TLS_SERVER_NAME to the name in it", settled=True
    ),
    "UnknownIssuer": Refusal(
        "its certificate was signed by an authority that is not known here: set "
        "TEMPORAL_TLS_SERVER_CA_CERT_PATH to the authority's certificate",
        settled=True,
    ),
    "InvalidCertificate(Expired": Refusal("its certificate has expired: renew it there"),
    "InvalidCertificate": Refusal("its certificate is not valid", settled=True),
    "PrivateKeyParseError": Refusal(
        "what TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH name is no certificate and key "
        "in PEM form",
        settled=True,
    ),
    "both client cert and private key": Refusal(
        "of TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH only one is set", settled=True
    ),
    "KeyMismatch": Refusal(
        "the key of TEMPORAL_TLS_CLIENT_KEY_PATH is not that of TEMPORAL_TLS_CLIENT_CERT_PATH", settled=True
    ),
    "CertificateRequired": Refusal(
        "it asks for a client certificate: set TEMPORAL_TLS_CLIENT_CERT_PATH and "
        "TEMPORAL_TLS_CLIENT_KEY_PATH",
        settled=True,
    ),
    "received fatal alert": Refusal("it refuses our certificate: have it signed by an authority it trusts"),
    "without sending TLS close_notify": _NO_CERTIFICATE,
    "InvalidContentType": Refusal(
        "it speaks plain text and we TLS: unset the TEMPORAL_TLS_... variables, or encrypt there"
    ),
    "tls handshake eof": Refusal(
        "it ended the connection before encryption was agreed, as a server does that speaks plain text"
    ),
    "Connection refused": Refusal("nobody listens there"),
    "dns error": Refusal("the name of that host is not known"),
    "BrokenPipe": _NO_ENCRYPTION,
    "ConnectionReset": _NO_ENCRYPTION,
    "Request unauthorized": Refusal("it refuses our certificate or API key", settled=True),
    # How a server hangs up depends on its timing; close_notify and alerts, above, are TLS.
    "call error after connection": _NO_ENCRYPTION,
}
_STATUS: Mapping[RPCStatusCode, Refusal] = {
    RPCStatusCode.DEADLINE_EXCEEDED: Refusal("it took too long to answer"),
    RPCStatusCode.PERMISSION_DENIED: Refusal("it refuses our certificate or API key", settled=True),
    RPCStatusCode.UNAUTHENTICATED: Refusal("it refuses our certificate or API key", settled=True),
    RPCStatusCode.UNAVAILABLE: Refusal("it is starting, or away"),
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
