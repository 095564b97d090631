"""The mail server's section of `raccord.toml`."""

from email.utils import parseaddr
from enum import StrEnum
from pathlib import Path
from typing import Self
from urllib.parse import SplitResult, urlsplit

from pydantic import Field, SecretStr, model_validator

from raccord.connectors.connection import ConnectionSettings
from raccord.domain.values.base import Unfit
from raccord.domain.values.email import NamedAddress, parse_email

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_PORTS = {"tls": 465, "starttls": 587, "none": 25}


class Encryption(StrEnum):
    """How the way to the server is encrypted: from the start, by STARTTLS, or on this machine not at all."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


class SmtpSettings(ConnectionSettings):
    """One mail server, and who sends."""

    vendor: str = "smtp"
    base_url: str
    """`smtp://mail.example.fr:587`."""
    encryption: Encryption = Encryption.STARTTLS
    username: str = ""
    """Empty where the server asks for no login."""
    password: SecretStr | None = None
    sender: NamedAddress = Field(min_length=1)
    """Who writes: `Hexalab <bonjour@hexalab.fr>`."""
    reply_to: NamedAddress = ""
    """Where answers go; empty for the sender."""
    mails_per_second: float = Field(default=1.0, gt=0)
    """Below what the provider admits: some take 30 a minute."""
    ca_file: Path | None = None
    """Who vouches for the server's certificate, where that is no public authority."""

    @model_validator(mode="after")
    def _credentials_travel_encrypted(self) -> Self:
        try:
            url = urlsplit(self.base_url)
            usable = url.scheme == "smtp" and url.hostname and url.port != 0 and url.username is None
        except ValueError:
            usable = False
        if not usable or url.path not in ("", "/"):
            raise Unfit("unfit.smtp")
        if self.encryption is Encryption.NONE and url.hostname not in _LOOPBACK:
            raise Unfit("unfit.no_encryption")
        if self.username and self.password is None:
            raise Unfit("unfit.password")
        return self

    @property
    def _url(self) -> SplitResult:
        return urlsplit(self.base_url)

    @property
    def host(self) -> str:
        return self._url.hostname or ""

    @property
    def port(self) -> int:
        return self._url.port or _PORTS[self.encryption]

    @property
    def sender_name(self) -> str:
        return parseaddr(self.sender)[0]

    @property
    def sender_address(self) -> str:
        return parse_email(parseaddr(self.sender)[1]) or ""
