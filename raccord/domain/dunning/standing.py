"""What counts now of all that people said about a customer."""

from datetime import date

from raccord.domain.dunning.words import Word, WordKind
from raccord.domain.values.base import Value

_HOLDS = (WordKind.STOP, WordKind.INSOLVENCY, WordKind.COLLECTION, WordKind.PAUSE)
"""What silences a whole account until a person takes it back, the gravest first."""


_DISPUTES = (WordKind.DISPUTE, WordKind.SETTLED)
_ANOTHER_STORY = (WordKind.PROMISE, WordKind.INSTALMENTS, WordKind.RESUME)
"""What begins anew what a person saw to."""


class Standing(Value):
    """What counts on a day. Words stand in the order of their instants."""

    words: tuple[Word, ...]
    today: date

    @property
    def hold(self) -> Word | None:
        """Return what silences the whole account; a pause with a day lasts until that day is over."""
        said = {word.kind: word for word in self._since_resumed if word.kind in _HOLDS}
        pause = said.get(WordKind.PAUSE)
        if pause and pause.until and pause.until < self.today:
            del said[WordKind.PAUSE]
        return next((said[kind] for kind in _HOLDS if kind in said), None)

    @property
    def asked(self) -> Word | None:
        """Return the last word that the customer shall be reminded."""
        return self._last(WordKind.REMIND)

    @property
    def approved(self) -> bool:
        """Whether a person wants this customer reminded, however long it had been late."""
        return any(word.kind in (WordKind.APPROVED, WordKind.REMIND) for word in self.words)

    @property
    def left_alone(self) -> Word | None:
        """Return the word that this customer is not to be reminded of what was late by then."""
        return None if self.approved else self._last(WordKind.LEFT_ALONE)

    def dispute_of(self, invoice_id: str) -> Word | None:
        """Return the word by which an invoice is contested, unless that is settled."""
        about = [word for word in self.words if word.invoice_id == invoice_id and word.kind in _DISPUTES]
        return about[-1] if about and about[-1].kind is WordKind.DISPUTE else None

    def seen_to(self, invoice_id: str) -> bool:
        """Whether a person sees to an invoice, and neither it nor the account was spoken of since."""
        about = [each for each in self.words if each.invoice_id == invoice_id or each.kind in _ANOTHER_STORY]
        return bool(about) and about[-1].kind is WordKind.SEEN_TO

    def bounced_from(self, address: str) -> Word | None:
        """Return the word that a mail did not arrive at an address."""
        words = (word for word in self._since_resumed if word.kind is WordKind.BOUNCED)
        return next((word for word in words if word.address.casefold() == address.casefold()), None)

    def thanked(self, promise: Word) -> bool:
        """Whether that is done with, also where nobody was to be thanked."""
        return any(word.id == f"thanked/{promise.id}" for word in self.words)

    @property
    def _since_resumed(self) -> tuple[Word, ...]:
        resumed = [at for at, word in enumerate(self.words) if word.kind is WordKind.RESUME]
        return self.words[resumed[-1] + 1 :] if resumed else self.words

    def _last(self, kind: WordKind) -> Word | None:
        return next((word for word in reversed(self.words) if word.kind is kind), None)
