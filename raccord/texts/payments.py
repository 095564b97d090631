"""How money that came in reads: in the messenger, and on the deal."""

from collections import Counter
from collections.abc import Iterator

from raccord.domain.desk.notice import Fact, Link, Notice
from raccord.domain.payment.news import Bulletin, News, NewsKind
from raccord.domain.payment.status import STATUS_NAMES, received, returned, status_of, sums
from raccord.domain.values.message import Day, Message, message
from raccord.domain.values.payment import InvoiceMoney, PaymentMeans
from raccord.texts.speech import called, say
from raccord.texts.voice import Voice

MOST_NAMED = 10
"""Of many news told at once, how many are named."""
_SIGNS = {
    NewsKind.PAID: "💶",
    NewsKind.PARTLY_PAID: "💶",
    NewsKind.OVERPAID: "💶",
    NewsKind.DISPUTE_WON: "✅",
}


_ADVICE = {
    NewsKind.OVERPAID: message("news.next.overpaid"),
    NewsKind.DISPUTED: message("news.next.disputed"),
    NewsKind.DISPUTE_LOST: message("news.next.dispute_lost"),
    NewsKind.REFUND_FAILED: message("news.next.refund_failed"),
    NewsKind.FAILED: message("news.next.failed"),
}
_TITLES = {
    NewsKind.PAID: "news.paid",
    NewsKind.PARTLY_PAID: "news.partly_paid",
    NewsKind.OVERPAID: "news.overpaid",
    NewsKind.REFUNDED: "news.refunded",
    NewsKind.REFUND_FAILED: "news.refund_failed",
    NewsKind.DISPUTED: "news.disputed",
    NewsKind.DISPUTE_WON: "news.dispute_won",
    NewsKind.DISPUTE_LOST: "news.dispute_lost",
    NewsKind.FAILED: "news.failed",
}
_KINDS = {
    NewsKind.PAID: message("news.kind.paid"),
    NewsKind.PARTLY_PAID: message("news.kind.partly_paid"),
    NewsKind.OVERPAID: message("news.kind.overpaid"),
    NewsKind.REFUNDED: message("news.kind.refunded"),
    NewsKind.REFUND_FAILED: message("news.kind.refund_failed"),
    NewsKind.DISPUTED: message("news.kind.disputed"),
    NewsKind.DISPUTE_WON: message("news.kind.dispute_won"),
    NewsKind.DISPUTE_LOST: message("news.kind.dispute_lost"),
    NewsKind.FAILED: message("news.kind.failed"),
}
MEANS = {
    PaymentMeans.CARD: message("means.card"),
    PaymentMeans.SEPA_DEBIT: message("means.sepa_debit"),
    PaymentMeans.BANK_TRANSFER: message("means.bank_transfer"),
    PaymentMeans.OUTSIDE: message("means.outside"),
    PaymentMeans.CREDIT_BALANCE: message("means.credit_balance"),
    PaymentMeans.OTHER: message("means.other"),
}


def news_notice(news: News, voice: Voice, finance: tuple[str, ...]) -> Notice:
    """Write one piece of news as a message without buttons; `finance` are e-mail addresses."""
    links = (
        Link(label=voice.say("link.deal"), url=news.deal_url),
        Link(label=voice.say("link.invoice"), url=news.invoice_url),
    )
    people = (news.owner_email, *(finance if news.kind.of_finance else ()))
    return Notice(
        title=f"{_SIGNS.get(news.kind, '⚠️')} {voice.test_mark}{voice.write(_title(news))}",
        facts=tuple(_facts(news, voice)),
        points=(voice.write(_ADVICE[news.kind]),) if news.kind in _ADVICE else (),
        links=tuple(link for link in links if link.url),
        people=tuple(dict.fromkeys(filter(None, people))),
        footer=voice.signature,
    )


def bulletin_notice(bulletin: Bulletin, voice: Voice, finance: tuple[str, ...]) -> Notice:
    """Write many news as one message: how many of each kind, what they come to, and the first of them."""
    news = bulletin.news
    counted = Counter(each.kind for each in news)
    graver_first = sorted(news, key=lambda each: list(NewsKind).index(each.kind))
    points = [voice.write(_in_bulletin(each)) for each in graver_first[:MOST_NAMED]]
    if more := len(news) - MOST_NAMED:
        points += [voice.say("points.more", count=more)] if more > 0 else []
    graver = any(each.kind.of_finance for each in news)
    return Notice(
        title=f"💶 {voice.test_mark}{voice.say('news.many', count=len(news))}",
        facts=tuple(_tally(kind, counted[kind], news, voice) for kind in NewsKind if counted[kind]),
        points=tuple(points),
        people=finance if graver else (),
        footer=voice.signature,
    )


def payment_details(every: tuple[InvoiceMoney, ...], language: str) -> str:
    """Say in a line for each invoice how it stands, for the deal's own field."""
    return "\n".join(say(_line(money), language) for money in every)


def _line(money: InvoiceMoney) -> Message:
    number, back = money.invoice.number or money.invoice.id, returned(money)
    status, came = STATUS_NAMES[status_of(money)], received(money)
    if not back.amount:
        return message("payment.line", number=number, status=status, received=came, due=money.due)
    return message(
        "payment.line_returned", number=number, status=status, received=came, due=money.due, returned=back
    )


def _title(news: News) -> Message:
    return message(_TITLES[news.kind], number=news.number, amount=news.amount)


def _in_bulletin(news: News) -> Message:
    return message("news.of_deal", title=_title(news), deal=news.deal_name or news.deal_id)


def _facts(news: News, voice: Voice) -> Iterator[Fact]:
    yield Fact(label=voice.say("label.deal"), value=called(news.deal_name, news.deal_id, news.deal_url))
    if news.customer:
        yield Fact(label=voice.say("label.customer"), value=news.customer)
    if news.owner_name:
        yield Fact(label=voice.say("label.salesperson"), value=news.owner_name)
    if news.paid_on and news.kind in (NewsKind.PAID, NewsKind.PARTLY_PAID, NewsKind.OVERPAID):
        yield Fact(label=voice.say("label.paid_on"), value=voice.write(Day(day=news.paid_on)))
    if news.means and news.kind is not NewsKind.FAILED:
        yield Fact(label=voice.say("label.means"), value=voice.write(MEANS[news.means]))
    if news.days_late is not None and news.kind in (NewsKind.PAID, NewsKind.OVERPAID):
        yield Fact(label=voice.say("label.against_due"), value=voice.write(_delay(news.days_late)))
    yield Fact(label=voice.say("label.still_due"), value=voice.write(news.due))


def _delay(days: int) -> Message:
    if days == 0:
        return message("news.on_the_day")
    return message("news.late" if days > 0 else "news.early", count=abs(days))


def _tally(kind: NewsKind, count: int, news: tuple[News, ...], voice: Voice) -> Fact:
    amounts = sums(each.amount for each in news if each.kind is kind)
    value = voice.say("news.tally", many=count, amounts=amounts)
    return Fact(label=voice.write(_KINDS[kind]), value=value)
