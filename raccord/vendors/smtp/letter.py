"""A mail as the bytes of a message (RFC 5322), the same for every attempt but for its date."""

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

import email_validator

from raccord.domain.values.mail import Attachment, Mail, Picture
from raccord.vendors.smtp.settings import SmtpSettings

# RFC 5322, 2.1.1: 78 is what a line should have, 998 what it may have. A Message-ID that is longer than the
# first would be written as an encoded word, which no mail program takes for the name of a mail.
_LINES = SMTP.clone(max_line_length=400)


def plain_address(address: str) -> str:
    """Return an address as every mail server reads it: a domain with accents in its ASCII form."""
    found = email_validator.validate_email(
        address, check_deliverability=False, test_environment=True, globally_deliverable=False
    )
    return found.ascii_email or address


def sender_of(mail: Mail, settings: SmtpSettings) -> Address:
    """Return who writes this mail. A sender of the mail's own without a name has the server's."""
    name, address = parseaddr(mail.sender)
    if not address:
        name, address = settings.sender_name, settings.sender_address
    return Address(_one_line(name or settings.sender_name), addr_spec=plain_address(address))


def message_id(mail: Mail, settings: SmtpSettings) -> str:
    """Return what the mail is called, in its angle brackets: the same for all its attempts."""
    return f"<{mail.name}@{sender_of(mail, settings).domain}>"


def recipients(mail: Mail) -> tuple[str, ...]:
    """Return each address that it is for, once."""
    return tuple(dict.fromkeys(map(plain_address, mail.to)))


def copied(mail: Mail) -> tuple[str, ...]:
    """Return each further address that it goes to, once."""
    whom = recipients(mail)
    return tuple(dict.fromkeys(each for each in map(plain_address, mail.cc) if each not in whom))


def letter(mail: Mail, settings: SmtpSettings, at: datetime) -> EmailMessage:
    """Write the mail. `Auto-Submitted` keeps absence notices from answering a machine (RFC 3834)."""
    message = EmailMessage(policy=_LINES)
    sender = sender_of(mail, settings)
    answers = _answers(mail, settings, sender)
    message["From"] = sender
    message["To"] = _addresses(mail.to)
    if mail.cc:
        message["Cc"] = _addresses(mail.cc)
    if answers.addr_spec != sender.addr_spec:
        message["Reply-To"] = answers
    message["Subject"] = _one_line(mail.subject)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = message_id(mail, settings)
    if mail.follows:
        message["In-Reply-To"] = mail.follows[-1]
        message["References"] = " ".join(mail.follows)
    message["Auto-Submitted"] = "auto-generated"
    if mail.declinable:
        message["List-Unsubscribe"] = f"<mailto:{answers.addr_spec}?subject=unsubscribe>"
    _fill(message, mail)
    if mail.language:
        # Last: whatever of content stands there before belongs to the first part of several.
        message["Content-Language"] = mail.language
    return message


def _fill(message: EmailMessage, mail: Mail) -> None:
    # Quoted-printable: not every server takes eight bits, and a long line would be broken by one.
    message.set_content(mail.text, cte="quoted-printable")
    if mail.html:
        message.add_alternative(mail.html, subtype="html", cte="quoted-printable")
        _illustrate(message, mail)
        message.set_boundary(f"={mail.name}")
    for attachment in mail.attachments:
        message.add_attachment(
            attachment.content, maintype="application", subtype="pdf", filename=_file_name(attachment)
        )
    if mail.attachments:
        message.set_boundary(f"={mail.name}=")


def _illustrate(message: EmailMessage, mail: Mail) -> None:
    """Put the pictures beside the page that shows them (RFC 2387): no reader lists them as files."""
    page = message.get_body(("html",))
    if page is None or not mail.pictures:
        return
    for picture in mail.pictures:
        page.add_related(
            picture.content,
            maintype="image",
            subtype="png",
            cid=f"<{picture.cid}>",
            disposition="inline",
            filename=_file_name(picture),
        )
    page.set_boundary(f"={mail.name}-")


def _answers(mail: Mail, settings: SmtpSettings, sender: Address) -> Address:
    name, address = parseaddr(mail.reply_to or settings.reply_to)
    return Address(_one_line(name), addr_spec=plain_address(address)) if address else sender


def _addresses(written: tuple[str, ...]) -> list[Address]:
    return [Address(addr_spec=plain_address(address)) for address in written]


def _file_name(attachment: Attachment | Picture) -> str:
    """Leave out what no file may be called, and what would lead out of a folder."""
    kept = "".join("-" if c in '/\\:*?"<>|' else c for c in _one_line(attachment.name))
    return kept.lstrip(".") or "document.pdf"


def _one_line(text: str) -> str:
    """Leave out what would begin another header: the library refuses it, and the mail would never leave."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
