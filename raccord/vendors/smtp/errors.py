"""How mail servers refuse (RFC 5321, section 4.2; RFC 3463 for what is wrong), as our errors.

A code of 4xx asks to come again, one of 5xx not to. What concerns every mail, such as the login, is for
the operator and told once; what concerns one address is a question.
"""

import re
import ssl
from datetime import timedelta

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPDataError,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)

from raccord.connectors.errors import (
    MAIL_TOO_LARGE,
    RECIPIENT,
    AmbiguousWrite,
    Auth,
    ConnectorError,
    Forbidden,
    Permanent,
    RateLimited,
    Transient,
)

LATER = timedelta(minutes=5)
"""Greylisting asks for some minutes, and none of it says for how many."""
_LONGEST = 200
_LOGIN_NEEDED = (530, 534, 535, 538)
_POLICY = re.compile(r"5\.7\.\d+\b")
_RELAY = re.compile(r"\brelay(?:ing)?\b|\bclient host\b|\bsender address rejected\b")
_ADDRESS = re.compile(r"<[^<>\s]*>")


def said(error: Exception) -> str:
    """Return the server's own words in one line, cut short."""
    text = error.message if isinstance(error, SMTPResponseException) else str(error)
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"


def _of_us(error: SMTPResponseException) -> bool:
    """Whether what is refused at a recipient is the one who sends: many servers wait with it until then.

    X.7.1 alone is also what a recipient's own rules are told by (RFC 3463, 3.8): the words tell them apart.
    """
    words = said(error).lower()
    return bool(_RELAY.search(words)) or (_POLICY.match(words) is not None and "recipient" not in words)


def before_anything_left(error: Exception, name: str, host: str) -> ConnectorError:  # noqa: PLR0911 - a table
    """Return what it means that the server refused, or vanished, before it was given the mail."""
    match error:
        case SMTPAuthenticationError(code=code) if code < 500:
            return Transient(
                f"{name}: {host} cannot check the login now ({code} {said(error)}); nothing was sent."
            )
        case SMTPResponseException(code=code) if code in _LOGIN_NEEDED or isinstance(
            error, SMTPAuthenticationError
        ):
            return Auth(
                f"{name}: {host} refuses the login ({code} {said(error)}). Correct username and password "
                f"of [{name}]."
            )
        case SMTPRecipientRefused(code=code, recipient=recipient):
            refused = f"{host} does not take mail for {recipient} ({code} {said(error)})"
            if code < 500:
                return RateLimited(f"{name}: {refused} yet; it is tried again.", retry_after=LATER)
            if _of_us(error):
                return Forbidden(
                    f"{name}: {host} takes no mail from us ({code} {said(error)}). Correct username, "
                    f"password and sender of [{name}], or have us allowed there."
                )
            return Permanent(f"{refused}.", code=RECIPIENT, field="email")
        case SMTPSenderRefused(code=code, sender=sender) if code >= 500:
            return Forbidden(
                f"{name}: {host} does not let us send as {sender} ({code} {said(error)}). Correct it in the "
                "settings, or have it allowed there."
            )
        case SMTPResponseException(code=code):
            return Transient(f"{name}: {host} is not ready ({code} {said(error)}); nothing was sent.")
        case ssl.SSLError():
            return Transient(f"{name}: no encryption with {host} ({said(error)}); nothing was sent.")
        case _:
            return Transient(f"{name}: {host} cannot be reached ({type(error).__name__}); nothing was sent.")


def of_a_copy(error: Exception, name: str, host: str) -> ConnectorError:
    """Return what it means alike of somebody who gets a copy of many mails: that is no customer's address."""
    found = before_anything_left(error, name, host)
    if not isinstance(found, Permanent):
        return found
    return Forbidden(f"{name}: {found} It gets a copy by the settings, so nothing is sent: correct it there.")


def unencrypted(name: str, host: str) -> Auth:
    """The server offers no STARTTLS: nothing of ours travels in clear."""
    return Auth(
        f"{name}: {host} offers no STARTTLS, so nothing is sent. Set encryption of [{name}] to tls and its "
        "port, or name a server that encrypts."
    )


def without_login(name: str, host: str) -> Auth:
    """The server offers no login that we know, and settings ask for one."""
    return Auth(f"{name}: {host} offers no login. Leave username of [{name}] empty, or correct its port.")


def too_large(server: SMTP, size: int, host: str) -> Permanent | None:
    """Refuse so many bytes where the server says that it takes fewer (RFC 1870); 0 there is no limit."""
    limit = server.esmtp_extensions.get("size", "").strip()
    if not limit.isdecimal() or not 0 < int(limit) < size:
        return None
    return Permanent(
        f"{host} takes mails of up to {int(limit) / 1e6:.1f} MB, and this one has {size / 1e6:.1f} MB.",
        code=MAIL_TOO_LARGE,
    )


def at_the_handover(error: Exception, host: str) -> ConnectorError:
    """Return what it means that the server refused the mail itself, or vanished while it took it."""
    match error:
        case SMTPDataError(code=code) if code < 500:
            return RateLimited(
                f"{host} did not take the mail yet ({code} {_without_addresses(error)}).", retry_after=LATER
            )
        case SMTPDataError(code=552):
            return Permanent(
                f"{host} finds the mail too large (552 {_without_addresses(error)}).", code=MAIL_TOO_LARGE
            )
        case SMTPDataError(code=code):
            return Permanent(f"{host} refused the mail ({code} {_without_addresses(error)}).", code="mail")
        case _:
            return AmbiguousWrite(f"{host} was given the mail and never said whether it took it.")


def _without_addresses(error: Exception) -> str:
    return _ADDRESS.sub("<…>", said(error))
