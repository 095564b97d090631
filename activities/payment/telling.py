"""Telling news of payments once, each by itself or many in one message."""

from datetime import UTC, datetime

from temporalio import activity

from activities.effects import Effects
from activities.messaging.announcing import BEFORE, Announcer
from raccord.connectors.messenger import Messenger
from raccord.domain.payment.news import Bulletin, News
from raccord.records.records import Records
from raccord.texts.payments import bulletin_notice, news_notice
from raccord.texts.voice import Voice


class NewsActivities:
    def __init__(self, records: Records) -> None:
        self._records = records

    @activity.defn(name="payment.news")
    async def untold(self) -> tuple[News, ...]:
        """Return the oldest news that nobody was told yet."""
        return await self._records.payments.news()

    @activity.defn(name="payment.news_told")
    async def told(self, keys: tuple[str, ...]) -> None:
        """Remember that these were told."""
        await self._records.payments.told_news(keys, datetime.now(UTC))


class NewsMessages:
    """`finance`: e-mail addresses of those who hear of refunds, disputes and overpayments."""

    def __init__(
        self, messenger: Messenger, voice: Voice, effects: Effects, finance: tuple[str, ...]
    ) -> None:
        self._announcer = Announcer(messenger, effects)
        self._voice = voice
        self._finance = finance

    @activity.defn(name="payment.post_news")
    async def post(self, news: News) -> None:
        """Post one piece of news, once."""
        notice = news_notice(news, self._voice, self._finance)
        since, ref = news.at - BEFORE, f"paid.{news.key}"
        await self._announcer.post(notice, ref=ref, about=news.invoice_id, since=since)

    @activity.defn(name="payment.post_bulletin")
    async def post_bulletin(self, bulletin: Bulletin) -> None:
        """Post many in one message, once."""
        notice = bulletin_notice(bulletin, self._voice, self._finance)
        since = bulletin.at - BEFORE
        await self._announcer.post(notice, ref=bulletin.ref, about="payments", since=since)
