"""Configurations for tests, written as an operator writes them."""

from pathlib import Path

from raccord.settings.configuration import Configuration
from raccord.settings.load import read

CONNECTIONS = """
[hubspot]
access_token = "pat-eu1-0000"
webhook_secret = "a-client-secret-of-hubspot"
[stripe]
api_key = "rk_test_0000"
"""
SLACK = """
[slack]
bot_token = "xoxb-0000"
channel = "C0BILLING"
webhook_secret = "a-signing-secret-of-slack"
"""


def configuration(directory: Path, toml: str = "", *, hubspot: str = "") -> Configuration:
    """Read a file of this content with a HubSpot and a Stripe connection, `hubspot` in the section of one."""
    file = directory / "raccord.toml"
    file.write_text(f"{toml}\n{CONNECTIONS.replace('[stripe]', f'{hubspot}[stripe]')}", "utf-8")
    return read(file)
