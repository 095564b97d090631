"""Two sides that people edit, and the merge between them, without any flow."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from raccord.domain.contact.agreed import Agreement, Pair, written
from raccord.domain.contact.answers import settled
from raccord.domain.contact.plan import Carrying, Doubt, Plan, changes_of, plan_of
from raccord.domain.desk.question import Answer, Choice
from raccord.domain.rules.contact import Standing
from raccord.domain.values.address import Address
from raccord.domain.values.details import Details, Field, Side, Sight
from tests.domain.samples import SIREN, SIRET, VAT
from tests.fakes.details import KeptInStep

LINKED = datetime(2026, 11, 20, 9, tzinfo=UTC)
ACME = Details(
    name="Acme",
    email="compta@acme.fr",
    phone="01 42 68 53 00",
    address=Address(line1="1 rue de la Paix", postal_code="75002", city="Paris", country="FR"),
    siren=SIREN,
    siret=SIRET,
    vat_number=VAT,
    language="fr",
)
NEWEST = dict.fromkeys(Field, Standing.NEWEST)


def says(**changes: object) -> Details:
    """Acme with some details changed."""
    return ACME.model_copy(update=changes)


class World:
    """One customer and its companies. `look` is what a flow does; it returns what was planned."""

    def __init__(self, *companies: str, standings: dict[Field, Standing] | None = None) -> None:
        self.now = LINKED
        self.crm, self.billing = KeptInStep(), KeptInStep()
        self.companies = companies or ("12",)
        self.standings = standings or NEWEST
        self.agreed: dict[str, dict[Field, Agreement]] = {}
        self.billing.holds("cus_1", ACME)
        for company in self.companies:
            self.crm.holds(company, ACME)

    def side(self, side: Side) -> KeptInStep:
        return self.crm if side is Side.CRM else self.billing

    def record(self, side: Side, company: str) -> str:
        return company if side is Side.CRM else "cus_1"

    def types(self, side: Side, **changes: object) -> None:
        """Let a person edit the customer or its first company, a minute after what happened last."""
        self.types_at(side, self.companies[0], changes)

    def types_at(self, side: Side, company: str, changes: dict[str, object]) -> None:
        """Let a person edit the customer or this company of its."""
        self.now += timedelta(minutes=1)
        fields = {Field(name) for name in changes}
        self.side(side).typed(self.record(side, company), self.now, source=says(**changes), fields=fields)

    def pairs(self) -> tuple[Pair, ...]:
        billing = self.billing.sight("cus_1")
        return tuple(
            Pair(
                company=company,
                since=LINKED,
                crm=self.crm.sight(company),
                billing=billing,
                agreed=self.agreed.get(company, {}),
                shared=frozenset((Side.BILLING,)) if len(self.companies) > 1 else frozenset(),
            )
            for company in self.companies
        )

    def look(self, answer: Callable[[Doubt], str | None] = lambda _: None) -> Plan:
        """Look once; `answer` says which option a person chooses, None to leave apart."""
        self.now += timedelta(minutes=3)
        pairs = {each.company: each for each in self.pairs()}
        plan = plan_of(tuple(pairs.values()), self.standings, self.now)
        for company, found in plan.agreed.items():
            self._remember(company, found)
        self._write(pairs, plan.writes)
        for doubt in plan.doubts:
            option = answer(doubt)
            choice = Choice.CHOOSE if option else Choice.SKIP
            done = settled(doubt, pairs, Answer(choice=choice, option=option or "", actor="cli:anne"))
            assert done
            for company, found in done.agreed.items():
                self._remember(company, found)
            self._write(pairs, (done.write,) if done.write else ())
        return plan

    def says(self, side: Side, company: str = "12") -> Details:
        return self.side(side).kept[self.record(side, company)].details

    def _write(self, pairs: dict[str, Pair], writes: Iterable[Carrying]) -> None:
        for carrying in writes:
            pair, target = pairs[carrying.company], carrying.origin.other
            id = self.record(target, carrying.company)
            self.side(target).put(id, changes_of(pair, carrying), self.now)
            self._written(pair, carrying, self.side(target).sight(id))

    def _written(self, pair: Pair, carrying: Carrying, after: Sight) -> None:
        done = {each: written(pair, each, carrying.origin, after, self.now) for each in carrying.fields}
        self._remember(pair.company, done)
        if carrying.origin is Side.CRM:
            for other in set(self.companies) - {pair.company}:
                known = self.agreed.get(other, {})
                theirs = {f: known[f].saying(Side.BILLING, a.billing) for f, a in done.items() if f in known}
                self._remember(other, theirs)

    def _remember(self, company: str, found: dict[Field, Agreement]) -> None:
        self.agreed[company] = self.agreed.get(company, {}) | found
