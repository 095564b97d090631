"""A customer's year: what the flow does with a plan, with time that passes at once.

`Year` asks `planned`, reads everything again before a mail leaves, and lets time pass to the next look or the
next thing that happens. Every mail that leaves is judged by rules that are written down here once more, from
the promise to the user and not from the code.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from raccord.domain.dunning.calendar import public_holidays
from raccord.domain.dunning.memory import Fate, Memory, Reached, Round
from raccord.domain.dunning.plan import Due, Plan, planned
from raccord.domain.dunning.policy import DunningPolicy
from raccord.domain.dunning.stopped import stopped_by
from raccord.domain.dunning.words import Instalment, Word, WordKind, thanked
from raccord.domain.rules.dunning import Dunning, Tone
from raccord.domain.rules.modes import Mode
from raccord.domain.values.account import Account, OwedInvoice
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.money import Money

PARIS = ZoneInfo("Europe/Paris")
DAY = timedelta(days=1)
# As published for France; Easter Monday, Ascension and Whit Monday move.
OFF = {
    *("2026-01-01 2026-04-06 2026-05-01 2026-05-08 2026-05-14 2026-05-25 2026-07-14".split()),  # noqa: SIM905
    *("2026-08-15 2026-11-01 2026-11-11 2026-12-25 2027-01-01 2027-03-29".split()),  # noqa: SIM905
}
HOLIDAYS = public_holidays("FR", date(2026, 6, 1))
HARSHER = (Tone.NOTICE, Tone.COURTEOUS, Tone.FIRM, Tone.LAST)


def policy(**rules: Any) -> DunningPolicy:
    """Give the policy of a French company, with these rules."""
    return DunningPolicy(
        mode=Mode.LIVE,
        crm="hubspot",
        billing="stripe",
        mailer="smtp",
        rules=Dunning.model_validate(rules),
        holidays=HOLIDAYS,
    )


def here(said: str) -> datetime:
    """Return the instant of a moment in Paris: `2026-04-08 09:00`, or midnight at the beginning of a day."""
    return datetime.fromisoformat(said).replace(tzinfo=PARIS).astimezone(UTC)


def euros(amount: str, currency: str = "EUR") -> Money:
    return Money(amount=Decimal(amount), currency=currency)


def invoice(id_: str, due_on: str, amount: str = "1000.00", currency: str = "EUR") -> OwedInvoice:
    last = date.fromisoformat(due_on)
    owed = euros(amount, currency)
    return OwedInvoice(
        id=id_, number=f"F-{id_}", due=owed, total=owed, issued_on=last - DAY * 30, due_on=last
    )


BEGINS = here("2026-01-05")
ACME = Account(customer_id="cus_1", email="compta@acme.example", business=True)
NOTHING = Memory()


@dataclass
class Year:
    """One customer, from `now` on. Change it with its verbs, now or `at` a moment."""

    policy: DunningPolicy = field(default_factory=policy)
    now: datetime = BEGINS
    live_since: date | None = None
    account: Account = ACME
    memory: Memory = NOTHING
    mails: list[tuple[datetime, Due]] = field(default_factory=list)
    thanks: list[datetime] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)
    down: list[tuple[datetime, datetime]] = field(default_factory=list)
    foreseen: tuple[datetime | None, int | None] = (None, None)
    """When the next mail leaves and its level, as it was said at the last look."""
    _events: list[tuple[datetime, int, Callable[[], object]]] = field(default_factory=list)
    _just_before: list[Callable[[], object]] = field(default_factory=list)
    _ids: Any = field(default_factory=count)

    # What happens at the vendor.

    def owes(self, *invoices: OwedInvoice) -> "Year":
        every = (*self.account.invoices, *invoices)
        return self._account(invoices=tuple(sorted(every, key=lambda each: each.due_on)))

    def pays(self, id_: str, amount: str | None = None) -> "Year":
        """Take what is left of an invoice, or so much of it, as paid or credited."""
        left = self.invoice(id_).due.amount - Decimal(amount) if amount else Decimal(0)
        if left <= 0:
            return self._account(invoices=tuple(each for each in self.account.invoices if each.id != id_))
        return self.changes(id_, due=Money(amount=left, currency=self.invoice(id_).due.currency))

    def changes(self, id_: str, **fields: Any) -> "Year":
        changed = (
            each.model_copy(update=fields) if each.id == id_ else each for each in self.account.invoices
        )
        return self._account(invoices=tuple(changed))

    def customer(self, **fields: Any) -> "Year":
        return self._account(**fields)

    def invoice(self, id_: str) -> OwedInvoice:
        return next(each for each in self.account.invoices if each.id == id_)

    # What people say.

    def says(self, kind: str, until: str = "", **fields: Any) -> "Year":
        if until:
            fields["until"] = date.fromisoformat(until)
        if kind in {"promise", "instalments"}:
            plan = self.look()
            fields.setdefault("owed", plan.asked_for)
            fields.setdefault("invoices", tuple(each.id for each in plan.claimed or self.account.invoices))
        said = f"word-{next(self._ids)}"
        word = Word(id=said, kind=WordKind(kind), at=self.now, actor="cli:anne", **fields)
        self.memory = self.memory.with_(Memory(words=(word,)))
        return self

    def parts(self, *parts: tuple[str, str]) -> tuple[Instalment, ...]:
        return tuple(
            Instalment(due_on=date.fromisoformat(day), amount=euros(amount)) for day, amount in parts
        )

    def found(self, fate: Fate) -> "Year":
        """Say what became of the last mail."""
        last = self.memory.rounds[-1].model_copy(update={"fate": fate})
        others = self.memory.rounds[:-1]
        self.memory = Memory(rounds=(*others, last), words=self.memory.words)
        return self

    def forgets(self) -> "Year":
        self.memory = Memory()
        return self

    def rules(self, **rules: Any) -> "Year":
        self.policy = policy(**rules)
        return self

    def mode(self, mode: Mode) -> "Year":
        self.policy = self.policy.model_copy(update={"mode": mode})
        return self

    # Time.

    def at(self, moment: str, happens: Callable[[], object]) -> "Year":
        """Have something happen at a moment in Paris."""
        self._events.append((here(moment), next(self._ids), happens))
        self._events.sort()
        return self

    def is_looked_at(self, *moments: str) -> "Year":
        """Have everything looked at, as after a change that concerns nobody here."""
        for moment in moments:
            self.at(moment, lambda: None)
        return self

    def just_before_sending(self, happens: Callable[[], object]) -> "Year":
        """Have something happen after the next mail was planned, and before it leaves."""
        self._just_before.append(happens)
        return self

    def is_down(self, start: str, end: str) -> "Year":
        self.down.append((here(start), here(end)))
        return self

    def look(self) -> Plan:
        return planned(self.account, self.memory, self.policy, self.now, live_since=self.live_since)

    def passes(self, until: str) -> "Year":
        """Let time pass until a moment in Paris."""
        end = here(until)
        while self.now < end:
            self._happen()
            if self._is_down():
                self._sleep(min(over for start, over in self.down if start <= self.now < over), end)
            else:
                self._look_and_wait(end)
        return self

    def _look_and_wait(self, end: datetime) -> None:
        plan = self.look()
        self._thank(plan)
        judge_foresight(self, plan)
        if plan.due is not None and self.policy.mode is Mode.LIVE:
            self._send(plan.due)
            return
        if plan.due is not None:
            self._sleep(end, end)
            return
        judge_rest(self, plan)
        self.foreseen = (plan.next_at, plan.next_level)
        self._sleep(plan.next_at or end, end)

    def _sleep(self, wakes: datetime, end: datetime) -> None:
        following = [at for at, _, _ in self._events if at > self.now]
        self.now = min([wakes, end, *following])

    def _happen(self) -> None:
        while self._events and self._events[0][0] <= self.now:
            self._events.pop(0)[2]()
            self.foreseen = (None, None)

    def _is_down(self) -> bool:
        return any(start <= self.now < over for start, over in self.down)

    def _thank(self, plan: Plan) -> None:
        for word in plan.kept:
            self.thanks.append(self.now)
            self.memory = self.memory.with_(Memory(words=(thanked(word, self.now),)))

    def _send(self, due: Due) -> None:
        """Read everything again, as the sender does, and send what is still due."""
        self.foreseen = (None, None)
        changes, self._just_before = self._just_before, []
        for happens in changes:
            happens()
        again = self.look()
        if again.due != due or self.policy.mode is not Mode.LIVE:
            self.stopped.append(stopped_by(due, self.account, self.memory, again) or "put off")
            return
        judge(self, due)
        self.mails.append((self.now, due))
        left = Round(
            key=due.key,
            at=self.now,
            level=due.level,
            tone=due.tone,
            reached=due.reached,
            owed=again.owed,
            to=(self.account.email,),
        )
        self.memory = self.memory.with_(Memory(rounds=(left,)))
        assert self.look().due is None, "sends at once again"

    def _account(self, **fields: Any) -> "Year":
        self.account = self.account.model_copy(update=fields)
        return self

    # What is asserted.

    @property
    def said(self) -> list[str]:
        """Return the mails: instant in UTC, tone, and each invoice with its level."""
        return [f"{_utc(at)} {due.tone} {_levels(due)}" for at, due in self.mails]

    @property
    def why(self) -> str:
        """Return why the account is silent now."""
        silent = self.look().why
        return silent.why.value if silent else ""

    @property
    def next(self) -> str:
        """Return when it is looked at next, in UTC."""
        at = self.look().next_at
        return _utc(at) if at else "never"


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")


def _levels(due: Due) -> str:
    return " ".join(f"{each.invoice_id}{each.level}" for each in due.reached)


def judge_rest(year: Year, plan: Plan) -> None:
    """Assert that nobody is forgotten: who is not looked at again waits for a person, or for a change."""
    assert plan.next_at is None or plan.next_at > year.now, f"looks again at once: {plan.why}"
    if plan.next_at is not None:
        return
    if plan.why is not None and plan.why.why in _WAITS:
        assert plan.why.why != "paused" or plan.why.until is None
        return
    last = sum(level.day >= 0 for level in year.policy.rules.levels)
    for each in () if year.policy.rules.exceptions else year.account.invoices:
        contested = each.processing or each.disputed or _contested(year, each.id) or _left(year, each)
        carried = [was.level for was in _carried(year.memory.rounds) if was.invoice_id == each.id]
        assert contested or max(carried, default=0) >= last, f"forgets {each.id}: {plan.why}"


_WAITS = {
    *("nothing_open", "paused", "stopped", "insolvency", "collection", "excepted", "too_little"),
    *("no_address", "bounced", "backlog", "unknown", "customer_gone"),
}


def judge_foresight(year: Year, plan: Plan) -> None:
    """Assert that what was said of the next mail comes true where nothing happens meanwhile."""
    at, level = year.foreseen
    if at != year.now or level is None:
        return
    assert plan.due is not None, f"foresaw level {level}"
    assert plan.due.level == level


def judge(year: Year, due: Due) -> None:
    """Assert what holds for every mail of every customer."""
    assert {each.id for each in due.invoices} == {each.invoice_id for each in due.reached}
    _judge_hours(year)
    _judge_invoices(year, due)
    _judge_silence(year)
    rounds = [each for each in year.memory.rounds if each.fate is not Fate.NOT_SENT]
    arrived = _without_bounced(year, rounds)
    assert all(each.fate is not Fate.UNKNOWN for each in arrived), "writes though one mail is unknown"
    _judge_gap(year, arrived)
    _judge_levels(year, due, arrived)
    _judge_tone(due, arrived)
    _judge_last(year, due, arrived)


def _judge_hours(year: Year) -> None:
    if year.policy.clock != BusinessClock():
        return
    moment = year.now.astimezone(PARIS)
    assert moment.weekday() in year.policy.rules.weekdays
    assert year.policy.rules.on_holidays or moment.date().isoformat() not in OFF
    assert year.policy.rules.sends_at <= moment.time() < year.policy.rules.sends_until


def _judge_invoices(year: Year, due: Due) -> None:
    today = year.policy.clock.date_of(year.now)
    owed = {each.id: each for each in year.account.invoices}
    for each in due.invoices:
        assert owed[each.id] == each, "names an amount that is not owed"
        assert not each.disputed
        assert not each.processing
        assert not _contested(year, each.id)
        assert not _left(year, each)
        assert (each.due_on < today) == (due.tone is not Tone.NOTICE)


def _without_bounced(year: Year, rounds: list[Round]) -> list[Round]:
    """Leave out of each bounce that a person told of the mail before it to that address."""
    lost = set()
    for word in year.memory.words:
        if word.actor == "raccord":
            continue
        to = [
            each.key
            for each in year.memory.rounds
            if each.at < word.at and word.address.casefold() in each.to
        ]
        lost |= set(to[-1:]) if word.kind is WordKind.BOUNCED else set()
    return [each for each in rounds if each.key not in lost]


def _judge_gap(year: Year, rounds: list[Round]) -> None:
    if rounds:
        days = year.policy.clock.date_of(year.now) - year.policy.clock.date_of(rounds[-1].at)
        assert days >= DAY * year.policy.rules.gap, "two mails inside the gap"


def _judge_levels(year: Year, due: Due, rounds: list[Round]) -> None:
    for each in due.reached:
        carried = [was.level for was in _carried(rounds) if was.invoice_id == each.invoice_id]
        assert each.level >= max(carried, default=0), "a level below one that was sent"
    reminders = [each for each in rounds if each.level and each.fate is not Fate.SKIPPED]
    open_ = {each.id for each in year.account.invoices}
    if not open_ & {each.invoice_id for each in _carried(reminders)}:
        second = [each for each in year.policy.rules.levels if each.day >= 0][:2][-1]
        assert HARSHER.index(due.tone) <= HARSHER.index(second.tone), "a first contact above level 2"


def _judge_tone(due: Due, rounds: list[Round]) -> None:
    """Softer than before only where all that was spoken of then is paid."""
    open_ = {each.id for each in due.invoices}
    for sent in rounds:
        if sent.fate is not Fate.SKIPPED and open_ & {each.invoice_id for each in sent.reached}:
            assert HARSHER.index(due.tone) >= HARSHER.index(sent.tone), "softer than before"


def _judge_last(year: Year, due: Due, rounds: list[Round]) -> None:
    """A last reminder is about what came to it, and is repeated only after a promise or a person's word."""
    after = [level for level in year.policy.rules.levels if level.day >= 0]
    pressed = any(word.kind in {"promise", "instalments", "remind"} for word in year.memory.words)
    told = {each.invoice_id for sent in rounds if sent.tone is Tone.LAST for each in sent.reached}
    heard = {each.invoice_id for each in _carried(sent for sent in rounds if sent.level)}
    for each in due.reached:
        carried = max((was.level for was in _carried(rounds) if was.invoice_id == each.invoice_id), default=0)
        assert pressed or carried < len(after), "what was told all is told again"
        if due.tone is Tone.LAST and after[:2][-1].tone is not Tone.LAST:
            assert each.invoice_id in heard, "a last reminder is the first of an invoice"
        if due.tone is Tone.LAST and each.invoice_id not in told:
            assert after[each.level - 1].tone is Tone.LAST, "a last reminder of what is not so late"


def _judge_silence(year: Year) -> None:
    today = year.policy.clock.date_of(year.now)
    held: dict[WordKind, date | None] = {}
    for word in year.memory.words:
        if word.kind is WordKind.RESUME:
            held.clear()
        elif word.kind in {WordKind.PAUSE, WordKind.STOP, WordKind.COLLECTION, WordKind.INSOLVENCY}:
            held[word.kind] = word.until
    assert all(until is not None and until < today for until in held.values()), "speaks to who is left alone"
    promises = [each for each in year.memory.words if each.kind in {"promise", "instalments"}]
    if promises and promises[-1].kind is WordKind.PROMISE:
        assert (promises[-1].until or today) < today, "speaks before the promised day is over"


def _contested(year: Year, invoice_id: str) -> bool:
    about = [each for each in year.memory.words if each.invoice_id == invoice_id and each.kind != "seen_to"]
    return bool(about) and about[-1].kind is WordKind.DISPUTE


def _left(year: Year, owed: OwedInvoice) -> bool:
    """Whether a person said that nobody is reminded of what was late by then, and nothing else since."""
    said = [each for each in year.memory.words if each.kind in {"left_alone", "approved", "remind"}]
    if any(each.kind != "left_alone" for each in said) or not said:
        return False
    return owed.due_on < said[-1].at.astimezone(PARIS).date()


def _carried(rounds: Iterable[Round]) -> list[Reached]:
    return [reached for sent in rounds for reached in sent.reached]
