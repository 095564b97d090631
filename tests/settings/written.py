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
SMTP = """
[smtp]
base_url = "smtp://mail.hexalab.example"
username = "raccord"
password = "a-password"
sender = "Hexalab <bonjour@hexalab.example>"
"""
MAKE = """
[make]
vendor = "standard_webhooks"
base_url = "https://hook.make.example/1"
webhook_secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
"""
SHEETS = """
[sheets]
vendor = "google_sheets"
spreadsheet = "1abcdefghijklmnop"
key_file = "google.json"
"""
ALL_ROLES = (
    'messenger = "slack"\nmailer = "smtp"\noutbound = "make"\nreport_sinks = "sheets"\n'
    f"{SLACK}{SMTP}{MAKE}{SHEETS}"
)


PENNYLANE = """
[hubspot]
access_token = "pat-eu1-0000"
webhook_secret = "a-client-secret-of-hubspot"
[pennylane]
token = "a-token-of-pennylane"
"""


def configuration(directory: Path, toml: str = "", *, hubspot: str = "") -> Configuration:
    """Read a file of this content with a HubSpot and a Stripe connection, `hubspot` in the section of one."""
    file = directory / "raccord.toml"
    file.write_text(f"{toml}\n{CONNECTIONS.replace('[stripe]', f'{hubspot}[stripe]')}", "utf-8")
    return read(file)


def on_pennylane(directory: Path, toml: str = "") -> Configuration:
    """Read a file of this content with a HubSpot and a Pennylane connection."""
    file = directory / "raccord.toml"
    file.write_text(f'billing = "pennylane"\n{toml}\n{PENNYLANE}', "utf-8")
    return read(file)
