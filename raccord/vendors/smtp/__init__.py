"""Any mail server, by SMTP (RFC 5321) through `aiosmtplib`."""

from raccord.connectors.connection import Kind, Vendor
from raccord.connectors.mailer import Mailer
from raccord.vendors.smtp.connector import connect
from raccord.vendors.smtp.settings import SmtpSettings

MAILER: Vendor[Mailer] = Vendor(settings=SmtpSettings, connect=connect)
ROLES = {Kind.MAILER: MAILER}
