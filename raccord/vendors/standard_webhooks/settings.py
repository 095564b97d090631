"""The section of `raccord.toml` for one endpoint that takes events, or for one sender of them."""

from datetime import timedelta
from typing import Self

from pydantic import SecretStr, field_validator

from raccord.connectors.connection import ConnectionSettings
from raccord.domain.values.base import Duration
from raccord.vendors.standard_webhooks.signing import key_of, new_secret


class EndpointSettings(ConnectionSettings):
    """One endpoint: `base_url` is its whole address, and the secrets are ours and its.

    While `previous_webhook_secret` lasts, each event carries both signatures.
    """

    vendor: str = "standard_webhooks"
    webhook_secret: SecretStr

    @field_validator("webhook_secret", "previous_webhook_secret")
    @classmethod
    def _is_a_key(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None:
            key_of(secret.get_secret_value().encode())
        return secret


class SenderSettings(EndpointSettings):
    """Who may tell us of events: the secret is all that is needed, as nothing is called."""

    base_url: str = "https://nobody.invalid"
    timeout: Duration = timedelta(seconds=1)

    def with_unknown_secrets(self) -> Self:
        """Return these settings with other secrets, spelt as this scheme spells keys."""
        names = [name for name in ("webhook_secret", "previous_webhook_secret") if getattr(self, name)]
        return self.model_copy(update={name: SecretStr(new_secret()) for name in names})
