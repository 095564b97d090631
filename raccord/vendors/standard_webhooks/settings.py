"""The section of `raccord.toml` for one endpoint that takes events."""

from pydantic import SecretStr, field_validator

from raccord.connectors.connection import ConnectionSettings
from raccord.vendors.standard_webhooks.signing import key_of


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
