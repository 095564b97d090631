"""What a connection's section says where a person agrees, instead of entering a token."""

from datetime import timedelta
from typing import ClassVar, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_core import PydanticCustomError

from raccord.connectors.connection import LOOPBACK, ConnectionSettings
from raccord.connectors.oauth import OAuthApp
from raccord.domain.values.base import Unfit

NO_CREDENTIALS, TWO_CREDENTIALS = "no_credentials", "two_credentials"
"""Kinds of the two mistakes; the token's field goes with them."""


class OAuthSettings(ConnectionSettings):
    """A token that is entered, or an application of one's own to which a person agrees. Not both."""

    entered: ClassVar[str]
    client_id: str = Field(default="", pattern=r"^[!-~]*$", max_length=255)
    """Of the application that the vendor registered, where no token is entered: `raccord connect` then."""
    client_secret: SecretStr | None = None
    """The application's."""
    oauth_url: str
    """What the vendor's `/authorize` and `/token` are below."""
    redirect_url: str = "http://127.0.0.1:8089/oauth/callback"
    """Where the vendor sends whoever agreed, to the letter as it is registered there. `raccord connect`
    listens there where that is this machine; elsewhere it has the address pasted."""

    @field_validator("oauth_url", "redirect_url")
    @classmethod
    def _travels_encrypted(cls, url: str) -> str:
        parts = urlsplit(url)
        here = parts.scheme == "http" and parts.hostname in LOOPBACK
        if not parts.hostname or not (parts.scheme == "https" or here) or parts.query or parts.fragment:
            raise Unfit("unfit.oauth_address")
        return url

    @field_validator("oauth_url")
    @classmethod
    def _goes_before_a_path(cls, url: str) -> str:
        return url.rstrip("/")

    @model_validator(mode="after")
    def _has_one_way_in(self) -> Self:
        entered, client = getattr(self, self.entered) is not None, bool(self.client_id)
        if entered and client:
            raise _mistake(TWO_CREDENTIALS, self.entered)
        if not entered and not (client and self.client_secret):
            raise _mistake(NO_CREDENTIALS, self.entered)
        return self

    def app(
        self,
        connection: str,
        vendor: str,
        *,
        lasts_unused: timedelta,
        scope: str = "",
        basic: bool = False,
    ) -> OAuthApp | None:
        """Return the application; None where a token is entered."""
        if not self.client_id or self.client_secret is None:
            return None
        return OAuthApp(
            connection=connection,
            vendor=vendor,
            oauth_url=self.oauth_url,
            client_id=self.client_id,
            client_secret=self.client_secret,
            redirect_url=self.redirect_url,
            lasts_unused=lasts_unused,
            scope=scope,
            basic=basic,
        )


def _mistake(kind: str, entered: str) -> PydanticCustomError:
    return PydanticCustomError(kind, "either {entered}, or client_id and client_secret", {"entered": entered})
