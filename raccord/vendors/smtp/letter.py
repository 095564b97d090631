"""A mail as the bytes of a message (RFC 5322), the same for every attempt but for its date."""

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

import email_validator

from raccord.domain.values.mail import Mail
from raccord.vendors.smtp.settings import SmtpSettings


def plain_address(address: str) -> str:
    """Return an address as every mail server reads it: a domain with accents in its ASCII form."""
    found = email_validator.validate_email(
        address, check_deliverability=False, test_environment=True, globally_deliverable=False
    )
    return found.ascii_email or address


def letter(mail: Mail, settings: SmtpSettings, at: datetime) -> EmailMessage:
    """Write the mail. `Auto-Submitted` keeps absence notices from answering a machine (RFC 3834)."""
    message = EmailMessage(policy=SMTP)
    sender = plain_address(settings.sender_address)
    answers = plain_address(parseaddr(settings.reply_to)[1]) if settings.reply_to else sender
    message["From"] = Address(_one_line(settings.sender_name), addr_spec=sender)
    message["To"] = [Address(addr_spec=plain_address(address)) for address in mail.to]
    if answers != sender:
        message["Reply-To"] = Address(addr_spec=answers)
    message["Subject"] = _one_line(mail.subject)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{mail.name}@{sender.partition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message["List-Unsubscribe"] = f"<mailto:{answers}?subject=unsubscribe>"
    if mail.language:
        message["Content-Language"] = mail.language
    # Quoted-printable: not every server takes eight bits, and a long line would be broken by one.
    message.set_content(mail.text, cte="quoted-printable")
    if mail.html:
        message.add_alternative(mail.html, subtype="html", cte="quoted-printable")
        message.set_boundary(f"={mail.name}")
    return message


def _one_line(text: str) -> str:
    """Leave out what would begin another header: the library refuses it, and the mail would never leave."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
