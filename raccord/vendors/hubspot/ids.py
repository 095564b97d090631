"""How HubSpot writes the ids of its records."""

from raccord.connectors.capabilities import IdShape
from raccord.connectors.webhooks import HintKind

RECORD_ID = IdShape(pattern="[0-9]{1,19}", said="a number, like 9001000123, as the record's page shows it")
IDS = dict.fromkeys((HintKind.DEAL, HintKind.COMPANY, HintKind.CONTACT), RECORD_ID)
