"""Slack, Web API through `slack_sdk` 3.47, and the buttons of Block Kit."""

from raccord.connectors.connection import Vendor
from raccord.connectors.messaging.port import Messenger
from raccord.connectors.messaging.slack.connector import connect
from raccord.connectors.messaging.slack.presses import presses
from raccord.connectors.messaging.slack.settings import SlackSettings

VENDOR: Vendor[Messenger] = Vendor(settings=SlackSettings, connect=connect, presses=presses)
"""The `Messenger` port on Slack."""
