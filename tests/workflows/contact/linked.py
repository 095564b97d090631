"""A house whose customer is linked with a company of the CRM, and the people who edit either."""

from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio.client import WorkflowHandle

from activities.policies import Policies
from raccord.domain.rules.contact import ContactRules
from raccord.domain.rules.modes import Mode
from raccord.domain.values.details import Details, Field, Side
from raccord.domain.values.subject import Subject, SubjectKind
from raccord.temporal.flows import CONTACT_SYNC, Changed, wake
from tests.domain.contact.world import ACME, says
from tests.fakes.details import KeptInStep
from tests.workflows.house import House

CUSTOMER, COMPANY = "cus_1", "12"
SUBJECT = Subject(kind=SubjectKind.CUSTOMER, connection="stripe", id=CUSTOMER)
FLOW = CONTACT_SYNC.id_of(SUBJECT)


class Pairs:
    """A customer and its company `12`, which say the same until somebody types."""

    def __init__(self, home: House) -> None:
        self.home = home
        self._doing: list[Any] = []
        self._now: datetime | None = None
        self._typed_at = datetime.min.replace(tzinfo=UTC)

    def side(self, side: Side) -> KeptInStep:
        return self.home.crm if side is Side.CRM else self.home.billing

    async def begin(self, mode: Mode = Mode.LIVE, *, link: bool = True, **rules: Any) -> None:
        """Start the workers; `rules` are other than the settings' own."""
        self._doing = await self.home.work()
        self.rule(mode, **rules)
        await self.pass_time()
        for side, id in ((Side.BILLING, CUSTOMER), (Side.CRM, COMPANY)):
            self.side(side).holds(id, ACME)
            self.side(side).clock = self._clock
        if link:
            await self.link(COMPANY)

    async def link(self, company: str, customer: str = CUSTOMER) -> None:
        identity = f"crm:{company}/{customer}"
        await self.home.records.links.link_customer(identity, "stripe", customer, f"hubspot:{company}")
        await self.pass_time()

    async def pass_time(self, duration: timedelta = timedelta(minutes=1)) -> None:
        await self.home.pass_time(duration)
        self._now = await self.home.now()

    def rule(self, mode: Mode, **rules: Any) -> None:
        """Let another mode, and other rules, be in force, as after a restart."""
        for owner in self._doing:
            if isinstance(owner, Policies):
                changed = {"mode": mode, "rules": ContactRules(**rules)}
                vars(owner)["_contact"] = vars(owner)["_contact"].model_copy(update=changed)

    async def types(self, side: Side, id: str = "", **changes: Any) -> None:
        """Let a person edit, a minute after what happened last."""
        await self.pass_time()
        self.types_now(side, id, **changes)

    def types_now(self, side: Side, id: str = "", **changes: Any) -> None:
        """Let a person edit, while something else happens."""
        record = id or (COMPANY if side is Side.CRM else CUSTOMER)
        fields = {Field(name) for name in changes}
        self._typed_at = max(self._clock(), self._typed_at + timedelta(seconds=1))
        self.side(side).typed(record, self._typed_at, source=says(**changes), fields=fields)

    async def wake(self, key: str = "event", *, thorough: bool = False) -> WorkflowHandle[Any, Any]:
        return await wake(self.home.client, CONTACT_SYNC, SUBJECT, Changed(key=key, thorough=thorough))

    async def look(self) -> dict[str, Any]:
        """Tell the flow of a change, and return its end."""
        await self.wake()
        return await self.home.end(FLOW, skip=timedelta(seconds=31))

    def says(self, side: Side, id: str = "") -> Details:
        return self.side(side).kept[id or (COMPANY if side is Side.CRM else CUSTOMER)].details

    async def audited(self) -> list[dict[str, Any]]:
        """Return the writes that the audit has, each with what it replaced."""
        return [
            row
            async for row in self.home.records.audit.export()
            if row["effect"] == "contact.write" and row["kind"] == "intent"
        ]

    def _clock(self) -> datetime:
        assert self._now
        return self._now
