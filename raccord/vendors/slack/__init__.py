"""Slack, Web API through `slack_sdk` 3.47, and the buttons of Block Kit."""

from raccord.connectors.connection import Kind, Vendor
from raccord.connectors.messenger import Messenger
from raccord.vendors.slack.connector import connect
from raccord.vendors.slack.presses import presses
from raccord.vendors.slack.settings import SlackSettings

MESSENGER: Vendor[Messenger] = Vendor(settings=SlackSettings, connect=connect, presses=presses)
ROLES = {Kind.MESSENGER: MESSENGER}
