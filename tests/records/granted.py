"""Samples of what a vendor hands out."""

from datetime import UTC, datetime, timedelta

from pydantic import SecretStr

from raccord.connectors.oauth import Granted, OAuthApp


def app_of(oauth_url: str = "https://acme.example/oauth", *, client_id: str = "client") -> OAuthApp:
    return OAuthApp(
        connection="acme",
        vendor="Acme",
        oauth_url=oauth_url,
        client_id=client_id,
        client_secret=SecretStr("secret"),
        redirect_url="http://127.0.0.1:8089/oauth/callback",
        lasts_unused=timedelta(days=90),
        scope="invoices customers",
    )


def granted(name: str, *, lasts: float = 3600) -> Granted:
    return Granted(
        access_token=SecretStr(f"access-{name}"),
        refresh_token=SecretStr(f"refresh-{name}"),
        ends_at=datetime.now(UTC) + timedelta(seconds=lasts),
    )
