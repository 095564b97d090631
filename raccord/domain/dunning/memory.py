"""What is remembered of a customer who owes: what was sent, and what people said."""

import hashlib
from datetime import datetime
from enum import StrEnum

from raccord.domain.dunning.words import Word
from raccord.domain.payment.status import sums
from raccord.domain.rules.dunning import Tone
from raccord.domain.values.base import Value
from raccord.domain.values.money import Money


class Fate(StrEnum):
    """What became of a round's mail."""

    SENT = "sent"
    UNKNOWN = "unknown"
    """It may have left, and nobody can ask: it counts as sent until a person says otherwise."""
    NOT_SENT = "not_sent"
    """A person said that it did not arrive: no level is consumed."""
    SKIPPED = "skipped"
    """A person said that it need not leave: its levels are consumed, and nobody was reminded."""
    HELD = "held"
    """Test credentials: it was written and did not leave. It counts, so that a trial shows what live does."""


class Reached(Value):
    """A level that an invoice has reached: the number of the level in the policy, from 1; 0 is a notice."""

    invoice_id: str
    level: int


class Round(Value):
    """One mail to one customer about all that is overdue. `at` is when it left, aware."""

    key: str
    at: datetime
    level: int
    """The highest one in it, which gave it its tone."""
    tone: Tone
    reached: tuple[Reached, ...]
    """Each invoice in it, with the level that is consumed; lower ones are superseded."""
    owed: tuple[Money, ...] = ()
    """All that was overdue, one sum a currency."""
    charges: tuple[Money, ...] = ()
    """Penalties and indemnities that it named beside that, one sum a currency."""
    to: tuple[str, ...] = ()
    message_id: str = ""
    subject: str = ""
    """Of the mail, so that a later one can follow it in the same thread."""
    policy: str = ""
    """The fingerprint of the policy that was in force."""
    fate: Fate = Fate.SENT

    @property
    def counts(self) -> bool:
        return self.fate is not Fate.NOT_SENT

    @property
    def left(self) -> bool:
        """Whether it surely left, or would have where mails do."""
        return self.fate in (Fate.SENT, Fate.HELD)


class Memory(Value):
    """Rounds and words in the order of their instants, each once."""

    rounds: tuple[Round, ...] = ()
    words: tuple[Word, ...] = ()

    def with_(self, other: "Memory") -> "Memory":
        """Unite two memories of one customer. Of one round the later fate counts, where it is known."""
        rounds = {each.key: each for each in self.rounds}
        for each in other.rounds:
            known = rounds.get(each.key)
            rounds[each.key] = each if known is None or known.fate is Fate.UNKNOWN else known
        words = {each.id: each for each in (*self.words, *other.words)}
        return Memory(
            rounds=tuple(sorted(rounds.values(), key=lambda each: (each.at, each.key))),
            words=tuple(sorted(words.values(), key=lambda each: (each.at, each.id))),
        )

    @property
    def sent(self) -> tuple[Round, ...]:
        """The rounds that count."""
        return tuple(each for each in self.rounds if each.counts)

    def charged_since(self, instant: datetime) -> tuple[Money, ...]:
        """Return what mails since an aware instant named beside what is owed, the last of each invoice."""
        named: list[Money] = []
        told: set[str] = set()
        for each in (sent for sent in reversed(self.left) if sent.at >= instant):
            about = {reached.invoice_id for reached in each.reached}
            named += () if about & told else each.charges
            told |= about
        return sums(named)

    @property
    def left(self) -> tuple[Round, ...]:
        """The mails that left, or may have: none that a person left out."""
        return tuple(each for each in self.sent if each.fate is not Fate.SKIPPED)


def round_key(customer: str, reached: tuple[Reached, ...], again: int) -> str:
    """Name a round by its business: the customer (`<connection>:<id>`) and the levels that it consumes.

    `again` is how many rounds of these levels did not arrive before.
    """
    said = "|".join(sorted(f"{each.invoice_id}:{each.level}" for each in reached))
    return f"dun/{customer}/{hashlib.sha256(said.encode()).hexdigest()[:16]}/{again}"
