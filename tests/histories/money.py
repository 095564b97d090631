"""Record the histories of the flows about money, from runs in one process with skipped time."""

from datetime import date, timedelta
from pathlib import Path

from raccord.connectors.errors import Permanent
from raccord.domain.desk.question import Choice
from raccord.domain.rules.modes import Mode
from raccord.domain.service.backfill import Backfilling
from raccord.domain.values.invoice import InvoiceState
from raccord.domain.values.parties import CustomerIdentity, IdentityKind
from raccord.sealing import KeyRing
from tests.domain.payment.money import money, payment, received
from tests.domain.samples import invoice
from tests.front_door.stack import until
from tests.workflows.house import REF, House, house
from tests.workflows.payment.test_payment_received import by_hand, of_the_deal

HERE = Path(__file__).parent
NAMESPACE = "raccord-histories"


async def about_money(directory: Path) -> None:
    directory.mkdir(parents=True)
    keys = KeyRing.load(HERE / "keys.json")
    async with house(directory, keys=keys, sealed_for=NAMESPACE) as home:
        home.billing.money["in_1"] = of_the_deal(payment())
        home.billing.money["in_9"] = by_hand(payment())
        await home.work(Mode.SHADOW, more='[rollout]\npipelines = ["pilots"]')
        await _paid(home, "in_1", "outside_rollout")
        home.set_mode(Mode.SHADOW)
        await _known_customer(home)
        await _paid(home, "in_1", "shadow", key="shadow")
        await _paid(home, "in_9", "problems")
        await _placed_in_shadow(home)
        home.set_mode(Mode.LIVE)
        await _shown_and_told(home)
        await _given_up(home)
        await _asked(home)
        await _placed(home)
        await _filled_in(home)


async def _shown_and_told(home: House) -> None:
    await _paid(home, "in_1", "shown", key="live")
    await until(lambda: _told(home, 1), what="the news are told")
    await _save(home, "payment-news", "payment-news")
    home.billing.money["in_2"] = money(of=invoice(InvoiceState.DRAFT, id="in_2"))
    await _paid(home, "in_2", "not_issued")
    home.billing.money["in_3"] = of_the_deal(payment(), id="in_3", deal="404")
    await _paid(home, "in_3", "deal_gone")


async def _given_up(home: House) -> None:
    """What the vendor refuses, a person does by hand."""
    home.billing.money["in_1"] = of_the_deal()
    home.crm.fail(Permanent("This property is read-only."), "write_payment")
    await home.tell_of_money("in_1", key="taken back")
    await home.answer(await home.question(), Choice.CANCEL)
    _must_be("closed", (await home.end("payment/stripe/in_1"))["ending"])
    home.crm.heal()
    await _save(home, "payment/stripe/in_1", "payment-closed")
    home.billing.payments["pi_6"] = received(id="pi_6")
    home.billing.fail(Permanent("The API key lacks a permission."), "read_payment")
    await home.place("pi_6")
    await home.answer(await home.question(), Choice.CANCEL)
    await _placed_as(home, "pi_6", "closed")
    home.billing.heal()


async def _asked(home: House) -> None:
    await home.tell_of_money("in_9", key="live")
    await home.answer(await home.question("whose_invoice"), Choice.SKIP)
    await home.end("payment/stripe/in_9")
    await _save(home, "payment/stripe/in_9", "payment-of_no_deal")


async def _placed_in_shadow(home: House) -> None:
    home.billing.payments["pi_5"] = received(id="pi_5")
    home.billing.money["in_5"] = money(of=invoice(id="in_5", number="F-5"))
    await home.place("pi_5")
    await _placed_as(home, "pi_5", "problems")


async def _placed(home: House) -> None:
    home.billing.money["in_5"] = money(of=invoice(id="in_5", number="F-5"))
    waiting = {id: received(id=id) for id in ("pi_8", "pi_9")}
    nobodys = {"pi_4": received("5", id="pi_4", customer_id=""), "pi_7": received("0", id="pi_7")}
    home.billing.payments |= waiting | nobodys
    for id, choice, option, name in (
        ("pi_9", Choice.CHOOSE, "in_5", "placed"),
        ("pi_8", Choice.SKIP, "", "for_no_invoice"),
    ):
        home.billing.money["in_5"] = money(of=invoice(id="in_5", number="F-5"))
        await home.place(id)
        await until(lambda: _waits(home), what="finance is asked")
        await home.answer((await home.records.waiting.list())[0], choice, option)
        await _placed_as(home, id, name)
    for id, name in (("pi_7", "not_received"), ("pi_4", "not_ours")):
        await home.place(id)
        await _placed_as(home, id, name)


async def _placed_as(home: House, payment: str, name: str) -> None:
    found = await home.end(f"placed/stripe/{payment}")
    _must_be(name, found["ending"])
    await _save(home, f"placed/stripe/{payment}", f"payment-placed-{name}")


async def _filled_in(home: House) -> None:
    for dry in (True, False):
        wanted = Backfilling(since=date(2026, 1, 1), dry=dry)
        handle = await home.started("Backfill", wanted, id=f"backfill/{int(not dry)}")
        await handle.result()
    await _save(home, "backfill/1", "backfill")


async def _paid(home: House, id: str, name: str, *, key: str = "event") -> None:
    _must_be(name, (await home.pay(id, key=key))["ending"])
    await _save(home, f"payment/stripe/{id}", f"payment-{name}")


def _must_be(ending: str, found: str) -> None:
    if found != ending:
        raise RuntimeError(f"{ending} ended as {found}")


async def _told(home: House, count: int) -> bool:
    await home.pass_time(timedelta(seconds=15))
    ended = await home.flow("payment-news").describe()
    return len(home.messenger.messages) >= count and ended.close_time is not None


async def _waits(home: House) -> bool:
    await home.pass_time(timedelta(seconds=10))
    return bool(await home.records.waiting.list())


async def _known_customer(home: House) -> None:
    company = home.crm.deals[REF.id].companies[0]
    identity = CustomerIdentity(kind=IdentityKind.CRM, value=company.id)
    await home.records.links.link_customer(identity.reference, "stripe", "cus_1", f"hubspot:{company.id}")


async def _save(home: House, flow: str, name: str) -> None:
    history = await home.flow(flow).fetch_history()
    (HERE / "recorded" / f"{name}.json").write_text(history.to_json() + "\n")
