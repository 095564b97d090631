"""How an outage reads in the messenger."""

from datetime import datetime, tzinfo

from raccord.domain.desk.notice import Fact, Notice
from raccord.domain.service.outage import Look, OutageCause, Report, Watch
from raccord.domain.values.message import Message, Moment, Quote, message
from raccord.texts.speech import say
from raccord.texts.voice import Voice


def report_notice(report: Report, voice: Voice, zone: tzinfo) -> Notice:
    """Write one report as a message; times in the company's zone."""
    look, over = report.look, report.until is not None
    waiting = "outage.flows_waited" if over else "outage.flows_waiting"
    money = " + ".join(voice.write(amount) for amount in look.amounts)
    points = []
    if look.said and not over:
        points.append(voice.say("outage.said", quote=Quote(quote=look.said)))
    if not over:
        points.append(voice.say("outage.nothing_lost"))
    return Notice(
        title=f"{'✅' if over else '⚠️'} {voice.test_mark}{voice.write(_title(report, zone))}",
        facts=(
            Fact(label=voice.say(waiting), value=voice.write(look.flows)),
            Fact(label=voice.say("label.net_amount"), value=money or "0"),
        ),
        points=tuple(points),
        footer=voice.signature,
    )


def watch_markdown(watch: Watch, look: Look, language: str) -> str:
    """Write what is known of an outage while it lasts."""
    state = message("watch.answers" if look.quiet else _STATES[look.cause], connection=watch.connection)
    waiting = message("watch.waiting_for_nothing", count=look.flows)
    if look.amounts:
        waiting = message("watch.waiting", count=look.flows, amounts=look.amounts)
    told = message("watch.told" if watch.alerted else "watch.not_told")
    points = [waiting, told]
    if look.said:
        points.insert(0, message("outage.said", quote=Quote(quote=look.said)))
    listed = "\n".join(f"- {say(point, language)}" for point in points)
    return f"**{say(state, language)}**\n\n{listed}"


_STATES = {
    OutageCause.DOWN: "vendor.down",
    OutageCause.CREDENTIALS: "vendor.credentials",
    OutageCause.PERMISSION: "vendor.permission",
    OutageCause.PARTLY: "vendor.partly",
}
_TITLES = {
    OutageCause.DOWN: "outage.down",
    OutageCause.CREDENTIALS: "outage.credentials",
    OutageCause.PERMISSION: "outage.permission",
    OutageCause.PARTLY: "outage.partly",
}


def _title(report: Report, zone: tzinfo) -> Message:
    def local(instant: datetime) -> Moment:
        return Moment(moment=instant.astimezone(zone))

    connection, since = report.connection, local(report.since)
    if report.until:
        return message("outage.over", connection=connection, until=local(report.until))
    return message(_TITLES[report.look.cause], connection=connection, since=since)
