"""How Pipedrive writes the ids of its records."""

from raccord.connectors.capabilities import IdShape
from raccord.connectors.webhooks import HintKind
from raccord.domain.values.message import message

RECORD_ID = IdShape(pattern="[0-9]{1,19}", said=message("pipedrive.record_id"))
IDS = dict.fromkeys((HintKind.DEAL, HintKind.COMPANY, HintKind.CONTACT), RECORD_ID)
