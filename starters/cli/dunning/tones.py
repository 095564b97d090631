"""How the tones of reminders are called."""

from collections.abc import Mapping

from raccord.domain.rules.dunning import Tone
from raccord.domain.values.message import Message, message

TONES: Mapping[Tone, Message] = {
    Tone.NOTICE: message("dunning.tone.notice"),
    Tone.COURTEOUS: message("dunning.tone.courteous"),
    Tone.FIRM: message("dunning.tone.firm"),
    Tone.LAST: message("dunning.tone.last"),
}
